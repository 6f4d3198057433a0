#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {

/// A run as scoring reads it: labels as numbers, groups as indices, which samples of a cell count.
/// Refers to the run, which must outlive it.
class RunView {
 public:
  /// @throws Error(kData) for labels that are missing or unknown, outputs of the wrong length
  explicit RunView(const RunData& run);

  [[nodiscard]] const RunData& run() const { return *run_; }
  [[nodiscard]] const Task& task() const { return run_->header.task; }
  [[nodiscard]] std::size_t samples() const { return labels_.size(); }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t group_count() const { return group_count_; }
  [[nodiscard]] double label(std::size_t sample) const { return labels_[sample]; }
  [[nodiscard]] const std::vector<double>& labels() const { return labels_; }
  [[nodiscard]] int group(std::size_t sample) const { return groups_[sample]; }

  /// Every sample has an outcome in this cell.
  [[nodiscard]] bool complete(std::size_t cell) const { return run_->outcomes[cell].size() == samples(); }
  [[nodiscard]] const Outcome& outcome(std::size_t cell, std::size_t sample) const {
    return run_->outcomes[cell][sample];
  }
  /// Why a sample of a cell cannot be scored; nothing when it can. A prediction that is not finite is a failure.
  [[nodiscard]] std::optional<std::string> failure(std::size_t cell, std::size_t sample) const;
  /// Samples of a complete cell that can be scored, in run order.
  [[nodiscard]] std::vector<std::size_t> scored(std::size_t cell) const;
  /// Those that can be scored in both cells.
  [[nodiscard]] std::vector<std::size_t> scored_in_both(std::size_t a, std::size_t b) const;

  [[nodiscard]] Scored gather(std::size_t cell, const std::vector<std::size_t>& rows) const;
  [[nodiscard]] std::vector<int> groups_of(const std::vector<std::size_t>& rows) const;

 private:
  const RunData* run_;
  std::size_t columns_ = 1, group_count_ = 0;
  std::vector<double> labels_;
  std::vector<int> groups_;
};

}  // namespace shakedown::metrics
