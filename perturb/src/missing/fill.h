#pragma once

#include <memory>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"

namespace shakedown::perturb {

/// What stands in the place of a lost step of a feature sequence.
struct Fill {
  std::string with = "zero";  ///< zero, mean, hold or noise

  [[nodiscard]] static std::vector<std::string> choices() { return {"zero", "mean", "hold", "noise"}; }

  /// `whole` with the rows of `lost` (ascending) replaced. zero: 0; mean: the mean of each feature over the
  /// corpus; hold: the last row that was not lost, 0 before the first one and for values that are not finite; noise:
  /// normal with each feature's mean and standard deviation. @throws Error(kUsage) when the corpus has no statistics of
  /// `form`
  [[nodiscard]] std::shared_ptr<Sequence> apply(const Shared<Sequence>& whole, const std::vector<std::size_t>& lost,
                                                Form form, const Corpus& corpus, const Stream& stream) const;
};

/// `whole` with the rows of `lost` set to zero, without a copy.
[[nodiscard]] std::shared_ptr<Sequence> zeroed(const Shared<Sequence>& whole, const std::vector<std::size_t>& lost);

/// Statistics of `form`, one entry a dimension. @throws Error(kUsage) when there are none
[[nodiscard]] Shared<FeatureStatistics> statistics_for(const Corpus& corpus, Form form, std::size_t dims);

}  // namespace shakedown::perturb
