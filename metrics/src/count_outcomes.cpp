#include <algorithm>
#include <cmath>

#include "cell_scoring.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

/// Mean, least and largest of what was added; nothing of nothing. NaN means "does not apply".
struct Range {
  double sum = 0;
  std::size_t n = 0;
  std::optional<double> min, max;
  void add(double x) {
    if (std::isnan(x)) return;
    sum += x;
    ++n;
    min = std::min(min.value_or(x), x);
    max = std::max(max.value_or(x), x);
  }
  [[nodiscard]] std::optional<double> mean() const {
    const double value = n > 0 ? sum / static_cast<double>(n) : 0.0;
    return n > 0 && !std::isnan(value) ? std::optional(value) : std::nullopt;
  }
};

std::optional<double> ratio(double part, double whole) {
  return whole > 0 ? std::optional(part / whole) : std::nullopt;
}

/// Fractions are corpus-level: every unit that could be hit counts, in all samples that were perturbed at all.
/// Physical doses are means over the samples that were changed.
DoseSummary dose_of(const RunView& view, std::size_t cell) {
  const bool fraction = view.run().cells[cell].dose.fraction;
  Range realised, effective;
  double taken = 0, eligible = 0, total = 0, changed = 0, beyond = 0;
  for (std::size_t sample = 0; sample < view.samples(); ++sample) {
    const Outcome& outcome = view.outcome(cell, sample);
    if (outcome.state == State::kFailed || outcome.state == State::kSkipped) continue;
    const Dose& dose = outcome.dose;
    taken += dose.taken;
    eligible += dose.eligible;
    total += dose.total;
    changed += dose.changed;
    beyond += dose.beyond;
    if (fraction) {
      if (dose.eligible > 0) realised.add(dose.taken / dose.eligible);
    } else if (outcome.state == State::kApplied) {
      realised.add(dose.realised);
      effective.add(dose.effective);
    }
  }
  DoseSummary summary{realised.mean(), realised.min, realised.max, effective.mean(), {}, 0.0};
  if (fraction) {
    summary.mean = ratio(taken, eligible);
    summary.effective = ratio(changed, eligible);
    summary.of_all = ratio(taken, total);
  }
  summary.beyond = ratio(beyond, taken + beyond).value_or(0.0);
  return summary;
}

std::map<std::string, double> mean_measures(const RunView& view, std::size_t cell) {
  std::map<std::string, Range> ranges;
  for (std::size_t sample = 0; sample < view.samples(); ++sample) {
    const Outcome& outcome = view.outcome(cell, sample);
    // A draw that took nothing has measures where a share of 0 counts.
    if (outcome.state != State::kApplied && outcome.state != State::kUnchanged) continue;
    for (const auto& [name, value] : outcome.measures) ranges[name].add(value);
  }
  std::map<std::string, double> means;
  for (const auto& [name, range] : ranges) {
    if (const auto mean = range.mean()) means[name] = *mean;
  }
  pool(means);
  return means;
}

}  // namespace

double weak_limit(const RunHeader& header) {
  const auto found = header.settings.find("weak_limit");
  return found == header.settings.end() ? 0.1 : parse_number(found->second).value_or(0.1);
}

CellResult count_outcomes(const RunView& view, std::size_t cell) {
  CellResult result;
  result.cell = view.run().cells[cell];
  for (std::size_t sample = 0; sample < view.samples(); ++sample) {
    const Outcome& outcome = view.outcome(cell, sample);
    const auto failure = view.failure(cell, sample);
    const State state = failure ? State::kFailed : outcome.state;
    switch (state) {
      case State::kApplied: ++result.applied; break;
      case State::kUnchanged: ++result.unchanged; break;
      case State::kIneligible: ++result.ineligible; break;
      case State::kSkipped: ++result.skipped; break;
      case State::kFailed: ++result.failed; break;
    }
    ++result.n;
    const std::string& reason = failure ? *failure : outcome.reason.str();
    if (state != State::kApplied && !reason.empty()) ++result.reasons[reason];
  }
  result.weak = static_cast<double>(result.skipped) > weak_limit(view.run().header) * static_cast<double>(result.n);
  const bool as_stored = result.cell.reference.empty() || result.cell.id == result.cell.reference;
  if (result.cell.clean() && as_stored) return result;  // what it measures are its samples, for slices
  result.dose = dose_of(view, cell);
  result.measures = mean_measures(view, cell);
  return result;
}

}  // namespace shakedown::metrics
