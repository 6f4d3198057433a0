#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown {

/// Per-dimension statistics of one feature form over valid, finite frames.
struct FeatureStatistics {
  std::vector<double> mean, standard_deviation;  ///< one entry a dimension
  std::string split;                             ///< which split they were taken from
};

/// What is known of a sample without decoding it.
struct SampleInfo {
  std::string id, group, speaker;
  std::map<std::string, Label> labels;
  std::map<std::string, std::string> metadata;
};

/// The read-only view of the whole split that a perturbation has beside its sample. It is always the
/// whole split in file order: --limit, --only, --shard and --resume never change it. Thread-safe.
class Corpus {
 public:
  virtual ~Corpus() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual const SampleInfo& info(std::size_t index) const = 0;
  /// Indices sorted by id: donors are drawn by position in this order.
  [[nodiscard]] virtual const std::vector<std::size_t>& by_id() const = 0;
  /// Another clip, decoded on demand through a bounded cache. @throws Error(kData) when it cannot be read
  [[nodiscard]] virtual Sample load(std::size_t index) const = 0;
  /// Statistics of a feature form (embedding, audio or vision features); nothing where the data has no such form.
  [[nodiscard]] virtual Shared<FeatureStatistics> statistics(Form form) const = 0;
  /// The sample of the same id in a data set that was corrupted and re-extracted elsewhere (cells of
  /// `external`); nothing when that data has no such id. `data` is the path as the suite resolved it.
  [[nodiscard]] virtual std::optional<Sample> external(const std::string& data, const std::string& id) const = 0;
};

}  // namespace shakedown
