#include "paired_tests.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>

#include "shakedown/core/rng.h"

namespace shakedown::metrics {
namespace {

constexpr double kRounding = 1e-12;  ///< of the largest sum: sums that differ by less are one
constexpr std::size_t kMostExactRanks = 50;

/// Every sign vector but for one overall sign, each differing from the one before in one group (Gray code).
double all_flips(std::span<const double> sums, double observed) {
  const std::size_t count = std::size_t{1}
                            << (sums.size() - 1);  // the last group keeps its sign: sums come in +/- pairs
  std::vector<double> signs(sums.size(), 1.0);
  double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
  std::size_t hits = std::abs(sum) >= observed ? 1 : 0;
  for (std::size_t step = 1; step < count; ++step) {
    const auto group = static_cast<std::size_t>(__builtin_ctzll(step));
    signs[group] = -signs[group];
    sum += 2 * signs[group] * sums[group];
    hits += std::abs(sum) >= observed ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(count);
}

/// Signs are drawn 64 at a time.
double random_flips(std::span<const double> sums, double observed, std::uint64_t seed) {
  constexpr std::size_t kBits = 64;
  const Stream stream = Rng({seed, "metrics.sign_flip", 1, 0, "", 0}).stream("signs");
  std::size_t hits = 0;
  for (std::size_t draw = 0; draw < kRandomFlips; ++draw) {
    double sum = 0;
    for (std::size_t first = 0; first < sums.size(); first += kBits) {
      std::uint64_t bits = stream.bits(first / kBits, draw);
      for (std::size_t group = first; group < std::min(sums.size(), first + kBits); ++group, bits >>= 1U)
        sum += static_cast<double>(static_cast<int>(bits & 1U) * 2 - 1) * sums[group];
    }
    hits += std::abs(sum) >= observed ? 1 : 0;
  }
  return static_cast<double>(1 + hits) / static_cast<double>(1 + kRandomFlips);
}

/// P(W+ <= w) for signed ranks 1 to n without ties, by counting subsets of each sum.
double exact_rank_cdf(std::size_t n, std::size_t w) {
  std::vector<double> ways(n * (n + 1) / 2 + 1, 0.0);
  ways[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = ways.size() - 1; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  }
  const double below = std::accumulate(ways.begin(), ways.begin() + static_cast<std::ptrdiff_t>(w) + 1, 0.0);
  return below / std::exp2(static_cast<double>(n));
}

/// Means over samples of one number a sample.
bool is_mean_over_samples(const MetricSpec& metric) {
  return metric.name == "mae" || metric.name == "brier" || metric.name == "nll" || metric.name.starts_with("acc") ||
         metric.name.starts_with("top");
}

/// The metric of every row by itself; nothing for rows that it leaves out.
std::vector<std::optional<double>> row_scores(const Sums& sums, std::size_t rows) {
  std::vector<std::optional<double>> scores;
  std::vector<double> own(sums.width);
  for (std::size_t row = 0; row < rows; ++row) {
    std::fill(own.begin(), own.end(), 0.0);
    sums.add(row, own.data());
    scores.push_back(sums.finish(own.data()).value);
  }
  return scores;
}

}  // namespace

double sign_flip_p(std::span<const double> sums, std::uint64_t seed) {
  double largest = 0;
  for (const double sum : sums) largest += std::abs(sum);
  if (largest == 0) return 1;
  const double observed = std::abs(std::accumulate(sums.begin(), sums.end(), 0.0)) - kRounding * largest;
  return sums.size() <= kMostExactGroups ? all_flips(sums, observed) : random_flips(sums, observed, seed);
}

double mcnemar_p(std::size_t baseline_only, std::size_t candidate_only) {
  const std::size_t differing = baseline_only + candidate_only;
  if (differing == 0) return 1;
  const boost::math::binomial fair(static_cast<double>(differing), 0.5);
  return std::min(1.0, 2 * boost::math::cdf(fair, static_cast<double>(std::min(baseline_only, candidate_only))));
}

double wilcoxon_p(std::span<const double> differences) {
  std::vector<double> kept;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(kept), [](double x) { return x != 0; });
  if (kept.empty()) return 1;
  std::sort(kept.begin(), kept.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  const auto n = static_cast<double>(kept.size());
  double positive = 0, tied = 0;
  for (std::size_t first = 0; first < kept.size();) {
    std::size_t last = first;
    while (last < kept.size() && std::abs(kept[last]) == std::abs(kept[first])) ++last;
    const double rank = static_cast<double>(first + last + 1) / 2, count = static_cast<double>(last - first);
    for (std::size_t at = first; at < last; ++at) positive += kept[at] > 0 ? rank : 0;
    tied += count * count * count - count;
    first = last;
  }
  const double smaller = std::min(positive, n * (n + 1) / 2 - positive);
  if (tied == 0 && kept.size() <= kMostExactRanks && kept.size() == differences.size())
    return std::min(1.0, 2 * exact_rank_cdf(kept.size(), static_cast<std::size_t>(smaller)));
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - tied / 48;
  const double z = (smaller - n * (n + 1) / 4) / std::sqrt(variance);
  return std::min(1.0, 2 * boost::math::cdf(boost::math::normal(), z));
}

std::optional<PairedTest> paired_test(const Pairing& pairing, const CellPair& pair, const MetricSpec& metric,
                                      std::uint64_t seed) {
  if (!is_mean_over_samples(metric) || !metric.sums) return std::nullopt;
  const RunView& view = pairing.baseline();
  Scored before{view.columns(), {}, {}}, after = before;
  for (const auto& [a, b] : pair.rows) {
    const auto& left = view.outcome(pair.baseline, a).outputs;
    const auto& right = pairing.candidate_outputs(pair, a, b);
    before.outputs.insert(before.outputs.end(), left.begin(), left.end());
    after.outputs.insert(after.outputs.end(), right.begin(), right.end());
    before.labels.push_back(view.label(a));
  }
  after.labels = before.labels;
  const auto left = row_scores(metric.sums(before, pairing.task()), before.rows());
  const auto right = row_scores(metric.sums(after, pairing.task()), after.rows());
  std::map<int, double> by_group;
  std::vector<double> differences;
  bool binary = metric.higher_is_better;
  for (std::size_t row = 0; row < left.size(); ++row) {
    if (!left[row] && !right[row]) continue;  // the metric leaves this label out
    if (!left[row] || !right[row]) return std::nullopt;
    differences.push_back(*right[row] - *left[row]);
    binary = binary && (differences.back() == 0 || std::abs(differences.back()) == 1);
    by_group[view.group(pair.rows[row].first)] += differences.back();
  }
  if (by_group.size() < kFewestGroups) return std::nullopt;
  if (by_group.size() == differences.size() && binary) {
    const auto count = [&](double of) {
      return static_cast<std::size_t>(std::count(differences.begin(), differences.end(), of));
    };
    return PairedTest{mcnemar_p(count(-1.0), count(1.0)), "McNemar, exact"};
  }
  if (by_group.size() == differences.size()) return PairedTest{wilcoxon_p(differences), "Wilcoxon signed ranks"};
  std::vector<double> sums;
  for (const auto& [group, sum] : by_group) sums.push_back(sum);
  return PairedTest{sign_flip_p(sums, seed), sums.size() <= kMostExactGroups ? "sign-flip of groups, exact"
                                                                             : "sign-flip of groups, 9,999 draws"};
}

}  // namespace shakedown::metrics
