#include "findings.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "aggregates.h"

namespace shakedown::metrics {
namespace {

constexpr double kManyHarmfulFlips = 0.05;  ///< share of samples
constexpr double kCollapsedSpread = 0.01;   ///< of the labels' standard deviation
constexpr double kHollowDose = 0.8;         ///< effective below this share of realised: much was missing already
constexpr double kDilutedShare = 0.3;       ///< of samples with nothing to take or that could not be perturbed
constexpr double kFalseAlarm = 0.05;
constexpr double kRounding = 1e-9;  ///< a gain or an error below this is none

using Applies = std::function<bool(const ScoredCell&)>;

/// Raises `id` for the cells for which `applies` holds; nothing when there are none.
void raise(std::vector<Warning>& into, const std::string& id, const std::string& message,
           const std::vector<ScoredCell>& cells, const Applies& applies) {
  Warning warning{id, message, {}};
  for (const ScoredCell& cell : cells) {
    if (applies(cell)) warning.cells.push_back(cell.result.cell.id);
  }
  if (!warning.cells.empty()) into.push_back(std::move(warning));
}

double spread(const std::vector<double>& values) {
  double mean = 0, sum = 0;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) mean += value / n;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / n);
}

/// Nearly one and the same answer for everyone, on labels that differ.
bool collapsed(const RunView& view, const ScoredCell& cell) {
  if (cell.result.cell.label_effect == LabelEffect::kDiagnostic) return false;
  const Scored scored = view.gather(cell.index, view.scored(cell.index));
  if (scored.rows() < 2 || std::set<double>(scored.labels.begin(), scored.labels.end()).size() < 2) return false;
  if (view.task().kind == Task::Kind::kRegression) {
    return spread(scored.outputs) < kCollapsedSpread * spread(scored.labels);
  }
  const int first = decision(scored.output(0), scored.columns, view.task());
  for (std::size_t row = 1; row < scored.rows(); ++row) {
    if (decision(scored.output(row), scored.columns, view.task()) != first) return false;
  }
  return true;
}

/// Worse than the best constant answer, beyond the interval where there is one.
bool below_floor(const ScoredCell& cell, const MetricSpec& primary) {
  const LabelEffect effect = cell.result.cell.label_effect;
  if (effect != LabelEffect::kInvariant || cell.metrics.empty()) return false;
  const Score& score = cell.result.metrics.at(primary.name);
  if (!score.value || !score.floor) return false;
  const auto& best_end = primary.higher_is_better ? score.high : score.low;
  return primary.gain(*score.floor, best_end.value_or(*score.value)) < 0;
}

/// Taken away, not exchanged: a donor puts other evidence in its place.
bool removes_evidence(const CellRow& cell) {
  if (cell.label_effect == LabelEffect::kUnknowable) return true;
  if (cell.parts.size() != 1 || cell.parts.front().perturbation != "missing.modality") return false;
  const auto by = cell.parts.front().params.find("by");
  return by == cell.parts.front().params.end() || by->second == "fill";
}

const ScoredCell* reference_of(const std::vector<ScoredCell>& cells, const ScoredCell& cell) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const ScoredCell& other) {
    return other.result.cell.id == cell.result.cell.reference;
  });
  return found == cells.end() || cell.result.cell.clean() ? nullptr : &*found;
}

/// Gain over the reference in units of its standard error, as a one-sided p value; 1 where undefined. A gain that is
/// the same whichever group is left out has an interval of width 0, which excludes 0: its p value is 0.
double p_of_gain(const ScoredCell& cell, const ScoredCell& reference, const MetricSpec& metric, std::size_t at) {
  const double sign = metric.higher_is_better ? 1.0 : -1.0;
  const std::pair<const Jackknifed*, double> parts[] = {{&cell.metrics[at], sign}, {&reference.metrics[at], -sign}};
  const Jackknifed gain = weighted_sum(parts);
  const StandardError error = standard_error(gain);
  if (!error.value || *gain.value <= kRounding) return 1.0;
  if (*error.value <= kRounding) return 0.0;
  return t_cdf(-*gain.value / *error.value, static_cast<double>(error.groups - 1));
}

/// A metric that improves when evidence is removed, beyond chance over everything looked at.
void add_rises(const std::vector<ScoredCell>& cells, const std::vector<MetricSpec>& metrics,
               std::vector<Warning>& into) {
  struct Test {
    const ScoredCell* cell;
    const MetricSpec* metric;
  };
  std::vector<Test> tests;
  std::vector<double> p_values;
  for (const ScoredCell& cell : cells) {
    const ScoredCell* reference = reference_of(cells, cell);
    if (reference == nullptr || cell.metrics.empty() || !removes_evidence(cell.result.cell)) continue;
    for (std::size_t at = 0; at < metrics.size(); ++at) {
      tests.push_back({&cell, &metrics[at]});
      p_values.push_back(p_of_gain(cell, *reference, metrics[at], at));
    }
  }
  const std::vector<double> adjusted = holm(p_values);
  std::set<std::string> names;
  Warning warning{"metric_rises_without_input", "", {}};
  for (std::size_t at = 0; at < tests.size(); ++at) {
    if (adjusted[at] > kFalseAlarm) continue;
    names.insert(tests[at].metric->name);
    const std::string& id = tests[at].cell->result.cell.id;
    if (warning.cells.empty() || warning.cells.back() != id) warning.cells.push_back(id);
  }
  if (warning.cells.empty()) return;
  warning.message = fmt::format(
      "Removing evidence improves {}: read these metrics beside their floors, they do not measure understanding here.",
      fmt::join(names, ", "));
  into.push_back(std::move(warning));
}

}  // namespace

std::vector<Warning> find_warnings(const RunView& view, const std::vector<ScoredCell>& cells,
                                   const std::vector<MetricSpec>& metrics) {
  const MetricSpec& primary = metrics.front();
  std::vector<Warning> warnings;
  if (view.group_count() < kFewestGroups) {
    warnings.push_back({"few_groups",
                        fmt::format("The data has {}; no interval and no verdict is given below {}.",
                                    count_of(view.group_count(), "group"), kFewestGroups),
                        {}});
  }
  raise(warnings, "collapsed", "Nearly one and the same answer is given for every sample.", cells,
        [&](const ScoredCell& cell) { return collapsed(view, cell); });
  raise(warnings, "below_floor", fmt::format("{} is worse than the best constant answer's.", primary.name), cells,
        [&](const ScoredCell& cell) { return below_floor(cell, primary); });
  add_rises(cells, metrics, warnings);
  raise(warnings, "net_gain_with_flips",
        fmt::format("{} does not fall although {:.0f} % or more of the decisions turn from right to wrong: the mean "
                    "hides them.",
                    primary.name, 100 * kManyHarmfulFlips),
        cells, [&](const ScoredCell& cell) {
          const ScoredCell* reference = reference_of(cells, cell);
          const auto harmful = cell.result.flips.find("harmful");
          if (reference == nullptr || cell.metrics.empty() || harmful == cell.result.flips.end()) return false;
          const auto &now = cell.metrics.front().value, &before = reference->metrics.front().value;
          return now && before && harmful->second.value.value_or(0) >= kManyHarmfulFlips &&
                 primary.gain(*before, *now) >= 0;
        });
  raise(warnings, "already_missing",
        fmt::format("Less than {:.0f} % of the units hit really changed: much was missing or empty before.",
                    100 * kHollowDose),
        cells, [](const ScoredCell& cell) {
          const DoseSummary& dose = cell.result.dose;
          return cell.result.cell.dose.fraction && dose.mean && dose.effective && *dose.mean > 0 &&
                 *dose.effective < kHollowDose * *dose.mean;
        });
  raise(warnings, "diluted",
        fmt::format("More than {:.0f} % of the samples had nothing to take or could not be perturbed and enter as they "
                    "were; metrics_applied leaves them out.",
                    100 * kDilutedShare),
        cells, [](const ScoredCell& cell) {
          const CellResult& result = cell.result;
          return static_cast<double>(result.ineligible + result.skipped) >
                 kDilutedShare * static_cast<double>(result.n);
        });
  raise(warnings, "beyond_valid_dose",
        "The dose is beyond where a person would still give the label; these cells stay out of the means.", cells,
        [](const ScoredCell& cell) { return !cell.result.cell.valid; });
  raise(warnings, "seen_in_training",
        "The model was trained with these perturbations; means are split into seen and unseen.", cells,
        [&](const ScoredCell& cell) { return seen_in_training(cell.result.cell, view.run().header.trained_with); });
  return warnings;
}

std::vector<Warning> warnings_of(const RunView& view) {
  const std::vector<MetricSpec> metrics = metrics_for(view.task());
  Floors floors(view, metrics);
  std::vector<ScoredCell> cells;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell) {
    if (view.complete(cell)) cells.push_back(score_cell(view, cell, metrics, floors));
  }
  std::vector<Warning> warnings = view.run().header.warnings;
  for (Warning& warning : find_vacuous(view, cells)) warnings.push_back(std::move(warning));
  for (Warning& warning : find_warnings(view, cells, metrics)) warnings.push_back(std::move(warning));
  return warnings;
}

}  // namespace shakedown::metrics
