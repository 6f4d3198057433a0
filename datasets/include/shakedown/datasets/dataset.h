#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/run_data.h"
#include "shakedown/core/sample.h"

namespace shakedown::datasets {

/// Told by a data set whose media file a thread is about to open. A runner that survives dying decoders
/// implements it.
class DecodeWatch {
 public:
  virtual ~DecodeWatch() = default;
  /// The clip of sample `index` is in work until the handle is destroyed. Nests. Thread-safe.
  /// @throws Error(kData) to refuse a clip that is known to be fatal
  [[nodiscard]] virtual std::shared_ptr<void> enter(std::size_t index) const = 0;
};

/// How to open a data set. Values here win over data.yaml.
struct OpenOptions {
  std::string split = "test";
  std::size_t memory_bytes = std::size_t{4} << 30;  ///< bounds what one clip may decode to
  const DecodeWatch* watch = nullptr;               ///< must outlive the data set
};

/// One split of a data set. Opening reads labels, ids and shapes only; load() decodes one sample.
/// Thread-safe.
class Dataset {
 public:
  virtual ~Dataset() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual const SampleInfo& info(std::size_t index) const = 0;
  /// @throws Error(kData) naming the clip when it cannot be read
  [[nodiscard]] virtual Sample load(std::size_t index) const = 0;
  /// shape_of() of the sample, found without decoding it where the format tells. @throws Error(kData) as load()
  [[nodiscard]] virtual SampleShape shape(std::size_t index) const { return shape_of(load(index)); }
  /// What is said in the sample, found without decoding it where the format tells; null where there is no transcript.
  /// @throws Error(kData) as load()
  [[nodiscard]] virtual Shared<Transcript> transcript(std::size_t index) const { return load(index).transcript; }
  /// Forms that samples of this split have (at least some of them).
  [[nodiscard]] virtual Forms forms() const = 0;
  /// Over valid, finite frames of the train split, of this split where there is none; null without the form.
  [[nodiscard]] virtual Shared<FeatureStatistics> statistics(Form form) const = 0;

  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string format() const = 0;      ///< "mmsa", "media", "meld"
  [[nodiscard]] virtual std::string convention() const = 0;  ///< mosi, mosei, sims, ... "" when not stated
  [[nodiscard]] virtual std::vector<std::string> label_names() const = 0;
  [[nodiscard]] virtual std::vector<InputFile> files() const = 0;  ///< with SHA-256, all that were read to open it
  [[nodiscard]] virtual std::vector<std::string> notes()
      const = 0;  ///< what was odd: counts of -inf, NaN, zero rows, made ids
  /// Shape and range facts for `inspect --data`, as ordered name -> text.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> facts() const = 0;
  [[nodiscard]] virtual std::vector<Warning> warnings() const = 0;  ///< nonfinite_input, few_groups, ...
  /// Blocks of columns that data.yaml names, else those of the layout that the number of columns stands for.
  [[nodiscard]] virtual std::vector<ColumnBlock> columns() const { return {}; }
  /// What is known of the columns of each feature form, one clause: a layout, or why there is none.
  [[nodiscard]] virtual std::map<Form, std::string> layouts() const { return {}; }
};

/// Opens `path`: a data.yaml, a feature pickle, or a media folder (label.csv or a MELD CSV inside).
/// @throws Error(kData) for unreadable or hostile files, repeated ids (names two), an empty split, arrays
/// of different length, missing labels; Error(kUsage) for a wrong key in data.yaml
[[nodiscard]] std::unique_ptr<Dataset> open(const std::filesystem::path& path, const OpenOptions& options = {});

/// The formats that open() reads, with one line each, for `shakedown list formats`.
struct FormatInfo {
  std::string name, doc;
};
[[nodiscard]] std::vector<FormatInfo> formats();

}  // namespace shakedown::datasets
