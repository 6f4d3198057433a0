#include <algorithm>
#include <cmath>
#include <numeric>

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

  /// Calls take(row, rank) for every kept row, ranks 1..n.
  template <class Take>
  void ranks(const std::vector<char>& dropped, Take&& take) const {
    std::size_t before = 0, begin = 0;
    for (const std::size_t end : run_ends) {
      std::size_t tied = end - begin;
      for (std::size_t at = begin; at < end; ++at) tied -= static_cast<std::size_t>(dropped[rows[at]]);
      const double rank = static_cast<double>(before) + static_cast<double>(tied + 1) / 2;
      for (std::size_t at = begin; at < end; ++at) {
        if (!dropped[rows[at]]) take(rows[at], rank);
      }
      before += tied;
      begin = end;
    }
  }
};

}  // namespace

MetricSpec spearman_metric() {
  MetricSpec spec;
  spec.name = "spearman";
  spec.definition = "Spearman rank correlation: Pearson correlation of the ranks, ties sharing their mean rank";
  spec.lowest = -1.0;
  // Sorted once; with any rows dropped the ranks follow in one pass.
  spec.subset = [](const Scored& scored, const Task&) -> OnSubset {
    return [by_p = Order(scored.outputs), by_y = Order(scored.labels)](const std::vector<char>& dropped) -> Value {
      std::vector<double> rank_p(dropped.size());
      double n = 0, pp = 0, yy = 0, py = 0;
      by_p.ranks(dropped, [&](std::size_t row, double rank) {
        rank_p[row] = rank;
        pp += rank * rank;
        n += 1;
      });
      by_y.ranks(dropped, [&](std::size_t row, double rank) {
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
