#include "history.h"

#include <cmath>

#include "shakedown/core/hash.h"

namespace shakedown::runners {
namespace {

/// Grows by one utterance at a time.
struct Past {
  std::size_t applied = 0, unchanged = 0, ineligible = 0, others = 0;
  std::string reason;  ///< of the first that could not be done
  Dose sum;
  double realised = 0, effective = 0;
  std::size_t measured = 0, measured_effective = 0;
  Hasher decisions, media;

  void add(const Outcome& outcome) {
    switch (outcome.state) {
      case State::kApplied: ++applied; break;
      case State::kUnchanged: ++unchanged; break;
      case State::kIneligible: ++ineligible; break;
      case State::kSkipped:
      case State::kFailed:
        ++others;
        if (reason.empty()) reason = outcome.reason;
        break;
    }
    sum.taken += outcome.dose.taken;
    sum.eligible += outcome.dose.eligible;
    sum.total += outcome.dose.total;
    sum.changed += outcome.dose.changed;
    sum.beyond += outcome.dose.beyond;
    if (!std::isnan(outcome.dose.realised)) realised += outcome.dose.realised, ++measured;
    if (!std::isnan(outcome.dose.effective)) effective += outcome.dose.effective, ++measured_effective;
    decisions.add(outcome.decisions.text());
    media.add(outcome.media.text());
  }

  [[nodiscard]] Dose dose() const {
    Dose dose = sum;
    if (measured > 0) dose.realised = realised / static_cast<double>(measured);
    if (measured_effective > 0) dose.effective = effective / static_cast<double>(measured_effective);
    return dose;
  }

  void describe(Outcome& outcome) const {
    outcome.reason.clear();
    if (applied > 0) {
      outcome.state = State::kApplied;
    } else if (unchanged > 0) {
      outcome.state = State::kUnchanged;
    } else if (others > 0) {
      outcome.state = State::kSkipped;
      outcome.reason = "no earlier utterance could be changed: " + reason;
    } else {
      outcome.state = State::kIneligible;
      outcome.reason = ineligible > 0 ? "nothing to take in earlier utterances" : "no earlier utterance";
    }
  }
};

}  // namespace

std::vector<Outcome> of_history(const std::vector<Outcome>& own, const std::vector<std::size_t>& row_starts) {
  std::vector<Outcome> outcomes;
  for (std::size_t r = 0; r + 1 < row_starts.size(); ++r) {
    Past past;
    for (std::size_t i = row_starts[r]; i < row_starts[r + 1]; ++i) {
      Outcome outcome = own[i];
      if (outcome.state != State::kFailed || !outcome.outputs.empty()) {
        past.describe(outcome);
        outcome.dose = past.dose();
        outcome.measures.clear();
        outcome.direction = 0;
        outcome.decisions = past.decisions.finish();
        outcome.media = past.media.finish();
      }
      outcomes.push_back(std::move(outcome));
      past.add(own[i]);
    }
  }
  return outcomes;
}

}  // namespace shakedown::runners
