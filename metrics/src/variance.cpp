#include "variance.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

struct Replicates {
  std::vector<double> differences;
  double weight = 0;  ///< of all of them
};

double variance(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0, sum = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / (n - 1);
}

}  // namespace

std::optional<double> replicate_share(const Pairing& pairing, const Question& question, const Measure& measure,
                                      std::optional<double> limit) {
  if (question.worst) return std::nullopt;
  const StandardError error = standard_error(ask(pairing, question, measure, limit).difference);
  if (!error.value || *error.value == 0) return std::nullopt;
  std::map<std::string, Replicates> by_cell;
  for (const auto& [at, weight] : question.cells) {
    const CellPair& pair = pairing.cells()[at];
    const CellRow& row = pairing.row(pair);
    const Test test = ask(pairing, about_cell(pairing, pair), measure, limit);
    if (!test.difference.value) return std::nullopt;
    Replicates& own = by_cell[row.family + "@" + row.axis + "=" + (row.level ? format_number(*row.level) : "")];
    own.differences.push_back(*test.difference.value);
    own.weight += weight;
  }
  double sum = 0;
  bool any = false;
  for (const auto& [cell, own] : by_cell) {
    if (own.differences.size() < 2) continue;
    any = true;
    sum += own.weight * own.weight * variance(own.differences) / static_cast<double>(own.differences.size());
  }
  if (!any) return std::nullopt;
  return std::min(1.0, sum / (*error.value * *error.value));
}

std::string what_narrows(const std::optional<double>& replicate_share) {
  if (!replicate_share) return "";
  const double percent = 100 * *replicate_share;
  if (*replicate_share > 0.5) {
    return fmt::format(
        "{:.0f} % of the variance comes from the draws of replicates: more replicates would narrow the interval most",
        percent);
  }
  return fmt::format(
      "{:.0f} % of the variance comes from the draws of replicates: more samples in new groups would narrow the "
      "interval most",
      percent);
}

}  // namespace shakedown::metrics
