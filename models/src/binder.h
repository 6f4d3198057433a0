#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backend.h"
#include "front_end.h"
#include "grid.h"
#include "kept_tensors.h"
#include "shakedown/models/model.h"
#include "source.h"

namespace shakedown::models {

/// How requests become rows: one each, or dialogues padded to `utterances`.
struct RowRule {
  bool dialogues = false;
  std::optional<std::size_t> utterances = {};
};

/// Makes rows of a source of its own instead of those that the front end makes of a request's samples.
using RowMaker = std::function<Row(const std::string& base, const Request& request, bool complete)>;

/// Tensors of one call and what their rows were written from, by the address of their memory.
struct Held {
  std::shared_ptr<KeptTensors> owner;
  const std::byte* memory = nullptr;
  std::vector<HeldRow> rows;
};

/// Turns samples into forward()'s arguments as the manifest says. Immutable, thread-safe.
class Binder {
 public:
  /// @throws Error(kData) when a vocabulary cannot be read
  explicit Binder(const std::vector<InputSpec>& inputs) : Binder(inputs, RowRule{}) {}
  Binder(const std::vector<InputSpec>& inputs, RowRule rule);

  /// Where each request stands. @throws Error(kData) for a dialogue longer than rows are
  [[nodiscard]] Grid grid(std::span<const Request> batch) const;

  /// One value an argument, of the rows that the requests make.
  /// @throws Error(kData) for a form that a sample lacks, Error(kUsage) for a manifest that does not fit the data
  /// With `held`, tensors of earlier calls are written over where they are another's, and what the new ones hold is
  /// told: see take_back().
  [[nodiscard]] std::vector<Value> bind(std::span<const Request> batch, const RowMaker& maker = {},
                                        std::vector<Held>* held = nullptr) const;
  /// The arguments of bind() when their call is done; those that the model left as they were are kept.
  static void take_back(std::vector<Value>& values, std::vector<Held>& held);

 private:
  struct Leaf {
    InputSpec spec;
    Source source;
    InputSpec values;                  ///< of the input whose steps a derived one describes; `spec` itself for values
    const SourceInfo* info = nullptr;  ///< of `values`
    DType dtype = DType::kFloat32;
    std::shared_ptr<const FrontEnd> front_end;
    std::shared_ptr<KeptTensors> kept;  ///< of feature sequences that may be kept
    bool two_views = false;             ///< both views of this source are read: they get one number of steps
  };
  struct Node {
    Leaf leaf;
    std::vector<Node> items;  ///< not empty: a tuple
  };
  class Batch;

  [[nodiscard]] Node compile(const InputSpec& spec, const std::vector<InputSpec>& inputs,
                             std::map<const InputSpec*, std::shared_ptr<const FrontEnd>>& front_ends) const;
  [[nodiscard]] static Value bind(const Node& node, Batch& batch);

  std::vector<Node> nodes_;
  RowRule rule_;
};

/// "float32 [32, 50, 74]", "None", "(float32 [32, 50, 74], int64 [32])": what a value looks like.
[[nodiscard]] std::string describe(const Value& value);
/// Inputs as a reader of the manifest knows them: "audio.features float32 [32, 50, 74]; audio.lengths int64 [32]".
[[nodiscard]] std::string describe(const std::vector<InputSpec>& inputs, const std::vector<Value>& values);
[[nodiscard]] std::string_view dtype_name(DType dtype);

}  // namespace shakedown::models
