#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/core/run_data.h"
#include "shakedown/core/sample.h"
#include "shakedown/models/manifest.h"

namespace shakedown::models {

/// One utterance. Two-view models read both views; others read `perturbed` only.
struct Request {
  const Sample& perturbed;
  const Sample& clean;
  /// Models whose rows are dialogues: neighbours of one number are the utterances of one row. Others make a row of
  /// each request.
  std::size_t dialogue = 0;
};

/// rows x columns numbers, row-major, one row a request.
struct Predictions {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
};

/// A forward call was refused the memory that it asked for. Its message names the batch size to try.
class OutOfMemory : public Error {
 public:
  explicit OutOfMemory(const std::string& message) : Error(ErrorKind::kModel, message) {}
};

struct LoadOptions {
  std::string device = "cpu";  ///< "cpu" or "cuda[:n]"
  int threads_per_call = 1;
};

/// What the golden outputs inside a file showed; differences are in the label unit.
struct ExportCheck {
  std::size_t rows = 0, within = 0;  ///< golden rows; those within 1e-5 of what PyTorch gave
  double largest = 0;
  std::vector<Warning> warnings;  ///< export_differs
};
/// "export verified: 8/8 within 1e-5", or "export differs: 7/8 within 1e-5, greatest difference 0.0001"
[[nodiscard]] std::string describe(const ExportCheck& check);

/// A TorchScript checkpoint as a black box; knows nothing of perturbations, suites or metrics.
class Model {
 public:
  virtual ~Model() = default;
  [[nodiscard]] virtual const Manifest& manifest() const = 0;
  [[nodiscard]] virtual const std::filesystem::path& file() const = 0;
  /// One forward call. Thread-safe. @throws Error(kModel) naming the input at fault, OutOfMemory
  [[nodiscard]] virtual Predictions predict(std::span<const Request> batch) const = 0;
  /// The same in two halves, so that the call itself can be timed: build the arguments, then run them. run() may be
  /// asked again, by one thread at a time; a model that writes into its arguments then meets what it wrote.
  class Prepared {
   public:
    virtual ~Prepared() = default;
    [[nodiscard]] virtual Predictions run() = 0;
  };
  [[nodiscard]] virtual std::unique_ptr<Prepared> prepare(std::span<const Request> batch) const = 0;
  /// Golden rows by the manifest inside the file; nothing where it holds no golden outputs.
  /// @throws Error(kModel) when an answer is more than 1e-3 off, naming the row, or the golden file is damaged
  [[nodiscard]] virtual std::optional<ExportCheck> check_export() const = 0;
};

/// Loads the models that `path` names: a model.yaml (one model a training seed) or a TorchScript file with
/// its manifest inside or with recognisable argument names. LibTorch is opened here and not before.
/// @throws Error(kModel) for files that are no TorchScript (a state_dict, a truncated zip, a newer version)
[[nodiscard]] std::vector<std::unique_ptr<Model>> load(const std::filesystem::path& path, const LoadOptions& options);

/// forward()'s arguments (name, type) and a manifest to start from, for `inspect MODEL.pt`.
struct Inspection {
  std::vector<std::pair<std::string, std::string>> arguments;
  std::string returns;
  std::string manifest;  ///< YAML to save beside the file: the one inside it, else a proposal
  bool embedded = false;
  std::optional<ExportCheck> check;
};
[[nodiscard]] Inspection inspect(const std::filesystem::path& file);

/// What probing the model on real samples showed; also written to RunHeader::probes and warnings.
struct ProbeReport {
  /// Largest differences: "repeat", "state" (A, B, A), "batch_size" (of a fixed batch: place in it), "padding",
  /// "complete_view"; beside them "spread", the outputs' standard deviation. What was not measured is absent.
  std::map<std::string, double> measures;
  std::vector<Warning> warnings;  ///< padding_sensitive, sees_complete_view
  std::size_t columns = 1;        ///< outputs a sample
};
/// Probes on up to a few rows (samples, or runs of samples of one group where rows are dialogues): A, B, A again;
/// repeated calls; three batch sizes; padding; complete view.
/// @throws Error(kModel) when the model is not deterministic or stateful, with the usual causes
[[nodiscard]] ProbeReport probe(const Model& model, std::span<const Sample> samples, std::size_t batch_size);

/// The task when the manifest has none: one output means regression, convention of the data, first
/// regression label, primary mae. @throws Error(kUsage) with the lines to add for several outputs
[[nodiscard]] Task derive_task(const Manifest& manifest, std::size_t columns, const std::string& data_convention,
                               const std::vector<std::string>& label_names);

/// LibTorch and BLAS versions and kernels, for the environment block.
[[nodiscard]] std::map<std::string, std::string> environment();

}  // namespace shakedown::models
