#include <algorithm>
#include <cmath>
#include <numeric>

#include "conventions.h"
#include "specs.h"

namespace shakedown::metrics {
namespace {

/// Rows by rising value, cut into runs of equal values, which share their mean rank.
struct Order {
  std::vector<std::size_t> rows, run_ends;

  explicit Order(const std::vector<double>& values) : rows(values.size()) {
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    for (std::size_t at = 1; at <= rows.size(); ++at) {
      if (at == rows.size() || values[rows[at]] != values[rows[at - 1]]) run_ends.push_back(at);
    }
  }

  /// Calls take(row, rank) for every row with a weight, ranks 1..n; a row of weight 2 is two tied ones.
  template <class Take>
  void ranks(std::span<const double> weights, Take&& take) const {
    double before = 0;
    std::size_t begin = 0;
    for (const std::size_t end : run_ends) {
      double tied = 0;
      for (std::size_t at = begin; at < end; ++at) tied += weights[rows[at]];
      const double rank = before + (tied + 1) / 2;
      for (std::size_t at = begin; at < end; ++at) {
        if (weights[rows[at]] > 0) take(rows[at], rank);
      }
      before += tied;
      begin = end;
    }
  }
};

std::vector<double> clipped(std::vector<double> values, bool clip) {
  if (clip) std::transform(values.begin(), values.end(), values.begin(), clip_unit);
  return values;
}

}  // namespace

MetricSpec spearman_metric(const Task& task) {
  const bool clip = is_sims(task);
  MetricSpec spec;
  spec.name = "spearman";
  spec.definition = "Spearman rank correlation: Pearson correlation of the ranks, ties sharing their mean rank";
  if (clip) spec.definition += "; both clipped to [-1, 1] first";
  spec.lowest = -1.0;
  // Sorted once; with any weights the ranks follow in one pass.
  spec.weighted = [clip](const Scored& scored, const Task&) -> OnWeights {
    return [by_p = Order(clipped(scored.outputs, clip)),
            by_y = Order(clipped(scored.labels, clip))](std::span<const double> weights) -> Value {
      std::vector<double> rank_p(weights.size());
      double n = 0, pp = 0, yy = 0, py = 0;
      by_p.ranks(weights, [&](std::size_t row, double rank) {
        rank_p[row] = rank;
        pp += weights[row] * rank * rank;
        n += weights[row];
      });
      by_y.ranks(weights, [&](std::size_t row, double rank) {
        yy += weights[row] * rank * rank;
        py += weights[row] * rank * rank_p[row];
      });
      if (n < 1) return {{}, "no samples"};
      const double square = n * (n + 1) / 2 * (n + 1) / 2;
      if (yy <= square) return {{}, "constant labels"};
      if (pp <= square) return {{}, "constant predictions"};
      return {std::clamp((py - square) / std::sqrt((pp - square) * (yy - square)), -1.0, 1.0), {}};
    };
  };
  compute_from_weights(spec);
  spec.floor = zero_floor;
  return spec;
}

}  // namespace shakedown::metrics
