#include <algorithm>
#include <cmath>
#include <numeric>

#include "specs.h"

namespace shakedown::metrics {
namespace {

/// Rows by rising value; runs of equal values get their mean rank.
std::vector<std::size_t> order_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

/// Calls take(row, rank) for every kept row, ranks 1..n with ties sharing their mean.
template <class Take>
void for_ranks(const std::vector<double>& values, const std::vector<std::size_t>& order,
               const std::vector<char>& dropped, Take&& take) {
  double before = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double tied = 0;
    for (; end < order.size() && values[order[end]] == values[order[begin]]; ++end) tied += dropped[order[end]] ? 0 : 1;
    const double rank = before + (tied + 1) / 2;
    for (std::size_t at = begin; at < end; ++at) {
      if (!dropped[order[at]]) take(order[at], rank);
    }
    before += tied;
    begin = end;
  }
}

}  // namespace

MetricSpec spearman_metric() {
  MetricSpec spec;
  spec.name = "spearman";
  spec.definition = "Spearman rank correlation: Pearson correlation of the ranks, ties sharing their mean rank";
  spec.lowest = -1.0;
  // Sorted once; with any rows dropped the ranks follow in one pass.
  spec.subset = [](const Scored& scored, const Task&) -> OnSubset {
    return [&scored, by_p = order_of(scored.outputs),
            by_y = order_of(scored.labels)](const std::vector<char>& dropped) -> Value {
      std::vector<double> rank_p(scored.rows());
      double n = 0, pp = 0, yy = 0, py = 0;
      for_ranks(scored.outputs, by_p, dropped, [&](std::size_t row, double rank) {
        rank_p[row] = rank;
        pp += rank * rank;
        n += 1;
      });
      for_ranks(scored.labels, by_y, dropped, [&](std::size_t row, double rank) {
        yy += rank * rank;
        py += rank * rank_p[row];
      });
      if (n < 1) return {{}, "no samples"};
      const double square = n * (n + 1) / 2 * (n + 1) / 2;
      if (yy <= square) return {{}, "constant labels"};
      if (pp <= square) return {{}, "constant predictions"};
      return {std::clamp((py - square) / std::sqrt((pp - square) * (yy - square)), -1.0, 1.0), {}};
    };
  };
  spec.compute = [subset = spec.subset](const Scored& scored, const Task& task) {
    return subset(scored, task)(std::vector<char>(scored.rows(), 0));
  };
  spec.floor = zero_floor;
  return spec;
}

}  // namespace shakedown::metrics
