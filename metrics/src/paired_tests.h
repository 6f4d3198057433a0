#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pairing.h"

/// Two-sided tests of "no difference between two checkpoints", for metrics that are means over samples.
namespace shakedown::metrics {

/// Up to here all 2^K ways to flip the signs of K groups are counted; beyond, kRandomFlips are drawn.
inline constexpr std::size_t kMostExactGroups = 20;
inline constexpr std::size_t kRandomFlips = 9999;

/// Sign-flip permutation of whole groups: the share of all sign vectors whose |sum| is at least that observed. `sums`
/// holds each group's sum of differences. Drawn flips count the observed one too, (1 + hits) / (1 + draws), and follow
/// from `seed`.
[[nodiscard]] double sign_flip_p(std::span<const double> sums, std::uint64_t seed);

/// McNemar's exact test: `baseline_only` and `candidate_only` samples that one of the two alone has right.
[[nodiscard]] double mcnemar_p(std::size_t baseline_only, std::size_t candidate_only);

/// Wilcoxon's signed-rank test, zeros left out: exact for at most 50 differences without ties, else the normal
/// approximation with the variance corrected for ties, as SciPy has it. 1 where nothing differs.
[[nodiscard]] double wilcoxon_p(std::span<const double> differences);

struct PairedTest {
  double p_value = 1;
  std::string name;  ///< "sign-flip of groups, exact", "McNemar, exact", "Wilcoxon signed ranks"
};

/// The test that fits a cell: where each group has one sample McNemar for right and wrong, else Wilcoxon; with larger
/// groups the sign flip. Nothing for metrics that are no mean over samples, with fewer groups than a verdict needs, or
/// where a sample has no finite score.
[[nodiscard]] std::optional<PairedTest> paired_test(const Pairing& pairing, const CellPair& pair,
                                                    const MetricSpec& metric, std::uint64_t seed);

}  // namespace shakedown::metrics
