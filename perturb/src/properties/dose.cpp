// The dose: nothing at the identity, more harm with more of it, and as much of it as was asked for.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "cross/lag.h"
#include "properties/subject.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb {
namespace {

// A claim about one of the doses of a perturbation, made about each of them.
using DoseCheck = std::string(const Subject&, const ParamMap& variant, const DoseSpec&);
template <DoseCheck check>
std::string at_each_dose(const Subject& subject) {
  for (const ParamMap& variant : subject.dosed_variants()) {
    const std::string why = check(subject, variant, subject.spec.dose_at(variant));
    if (!why.empty()) return variant.empty() ? why : describe(subject.spec, variant) + ": " + why;
  }
  return "";
}

std::string identity(const Subject& subject, const ParamMap& variant, const DoseSpec& dose) {
  if (dose.parameter.empty()) return "";
  const ParamMap params = subject.at_dose(dose.identity, variant);
  for (const bool told : {true, false}) {
    Part part = subject.part(params);
    part.identity = told;  // once as the runner does it, once leaving it to the perturbation
    for (const Sample& sample : subject.samples) {
      const Applied applied = subject.apply(sample, part);
      Sample result = applied.sample;
      const Forms lost = sample.present() - result.present();
      if (!lost.empty() && told) return fmt::format("{} loses {}", sample.id, lost.describe());
      Sample clean = sample;
      for (const Form form : lost.list()) clean.remove(form);  // made stale by a write of equal content
      if (content_of(clean) != content_of(result)) return fmt::format("{} changes", sample.id);
    }
  }
  return "";
}

// How far a part takes a sample: by their difference or, where signals cannot be subtracted, by the distance that
// correlation finds or the dose measured.
double harm(const Subject& subject, const DoseSpec& dose, const Sample& sample, const Part& part) {
  const Applied applied = subject.apply(sample, part);
  if (dose.warps) {
    const double realised = measure_part(applied, {part}, 0, {}, 1, 0).realised;
    return std::isfinite(realised) ? std::abs(realised - dose.identity) : 0;
  }
  if (!dose.displaces) return damage(sample, applied.sample);
  if (!sample.waveform || !applied.sample.waveform) return 0;
  return std::abs(static_cast<double>(lag_between(*sample.waveform, *applied.sample.waveform).value_or(0)));
}

std::string monotone(const Subject& subject, const ParamMap& variant, const DoseSpec& dose) {
  if (dose.ladder.empty()) return "";
  double previous = 0, first = 0;
  for (std::size_t severity = 1; severity <= dose.ladder.size(); ++severity) {
    const Part part = subject.part(subject.at_severity(static_cast<double>(severity), variant));
    double sum = 0;
    for (const Sample& sample : subject.samples) sum += harm(subject, dose, sample, part);
    if (severity == 1) first = sum;
    if (!(sum >= previous * (1 - 1e-9))) {
      return fmt::format("severity {} does {} after {}", severity, format_number(sum), format_number(previous));
    }
    previous = sum;
  }
  return previous > first ? "" : fmt::format("severity 1 and the last do the same, {}", format_number(first));
}

// Residuals of independent draws are zero on average: within four standard errors of their sum.
struct Residuals {
  double sum = 0, squares = 0, largest = 0;
  void add(double residual) {
    sum += residual;
    squares += residual * residual;
    largest = std::max(largest, std::abs(residual));
  }
  [[nodiscard]] bool zero_mean() const { return std::abs(sum) <= 4 * std::sqrt(squares) + 1e-9; }
};

// A dose that apply() tells by the way is the one that measure() finds.
bool told_as_measured(const Part& part, const Applied& applied) {
  const Effect& effect = applied.effects.front();
  if (!effect.dose) return true;
  const Dose measured = part.perturbation->measure(applied.stages[0], applied.stages[1], effect);
  const auto numbers = [](const Dose& dose) {
    return std::array{dose.realised, dose.effective, dose.taken, dose.eligible, dose.total, dose.changed, dose.beyond};
  };
  const auto told = numbers(*effect.dose), found = numbers(measured);
  return std::equal(told.begin(), told.end(), found.begin(),
                    [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
}

std::string realised(const Subject& subject, const ParamMap& variant, const DoseSpec& dose) {
  const bool random = dose.fraction || dose.tolerance == 0;
  for (const double requested : dose.ladder) {
    const Part part = subject.part(subject.at_dose(requested, variant));
    Residuals residuals;
    double shares = 0, eligible = 0;
    std::size_t measured = 0;
    for (const Sample& sample : subject.samples) {
      for (int replicate = 0; replicate < (random ? subject.replicates : 1); ++replicate) {
        const Applied applied = subject.apply(sample, part, 1, replicate);
        const State state = applied.effects.front().state;
        if (state == State::kSkipped || state == State::kIneligible) continue;
        if (!told_as_measured(part, applied)) return sample.id + ": apply() tells another dose than measure()";
        const Dose got = measure_part(applied, {part}, 0, {}, 1, replicate);
        ++measured;
        if (dose.fraction) {
          if (got.changed > got.taken || got.taken > got.eligible || got.eligible > got.total) {
            return fmt::format("{}: changed {} of taken {} of eligible {} of {}", sample.id, got.changed, got.taken,
                               got.eligible, got.total);
          }
          residuals.add(got.taken - requested * got.eligible);
          shares += got.taken;
          eligible += got.eligible;
        } else if (random) {
          residuals.add(got.realised - requested);
        } else if (!(std::abs(got.realised - requested) <= dose.tolerance)) {
          return fmt::format("{}: {} instead of {} {}", sample.id, format_number(got.realised),
                             format_number(requested), dose.unit);
        }
      }
    }
    if (measured == 0) return "it could not be applied to any sample";
    // A count rounded in each of three modalities is exact and off by half a unit in each.
    const bool rounded = dose.fraction && residuals.largest <= 1.5 + 1e-9;
    if (random && !rounded && !residuals.zero_mean()) {
      return dose.fraction ? fmt::format("{} instead of {} over the corpus", format_number(shares / eligible),
                                         format_number(requested))
                           : fmt::format("off {} by {} on average", format_number(requested),
                                         format_number(residuals.sum / static_cast<double>(measured)));
    }
  }
  return "";
}

std::string nested(const Subject& subject, const ParamMap& variant, const DoseSpec& dose) {
  if (!dose.fraction) return "";
  for (const Sample& sample : subject.samples) {
    std::multiset<std::int64_t> previous;
    for (const double requested : dose.ladder) {
      const Applied applied = subject.apply(sample, subject.part(subject.at_dose(requested, variant)));
      const auto& decisions = applied.effects.front().decisions;
      const std::multiset<std::int64_t> taken(decisions.begin(), decisions.end());
      if (!std::includes(taken.begin(), taken.end(), previous.begin(), previous.end())) {
        return fmt::format("{}: {} does not take all that a smaller dose takes", sample.id, format_number(requested));
      }
      previous = taken;
    }
  }
  return "";
}

}  // namespace

std::vector<Property> dose_properties() {
  return {{"returns the input bit for bit at the identity", at_each_dose<identity>},
          {"does more damage at every severity", at_each_dose<monotone>},
          {"realises the dose it was asked for", at_each_dose<realised>},
          {"nests what it takes: all of a smaller dose and more", at_each_dose<nested>}};
}

}  // namespace shakedown::perturb
