#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown {

struct Yardstick;

/// What happened to one sample in one cell. Every sample of a cell ends in exactly one of these.
enum class State {
  kApplied,     ///< the input was changed
  kUnchanged,   ///< the draw took nothing
  kIneligible,  ///< there was nothing to take (no eligible word)
  kSkipped,     ///< could not be done (silence has no SNR, no face found)
  kFailed       ///< decoding, perturbing or predicting raised an error
};
[[nodiscard]] std::string_view state_name(State state);
/// @throws Error(kInternal) for a name that state_name() never gives
[[nodiscard]] State state_from_name(std::string_view name);

/// A dose measured on the output. Physical doses fill `realised`; fractions fill the counts, from which
/// the corpus-level dose is sum(taken) / sum(eligible). NaN where it does not apply.
struct Dose {
  double realised = std::numeric_limits<double>::quiet_NaN();   ///< in the dose's unit, this sample
  double effective = std::numeric_limits<double>::quiet_NaN();  ///< the part of it that really changed values
  double taken = 0, eligible = 0, total = 0;                    ///< units hit, that could be hit, that exist
  double changed = 0;                                           ///< units hit whose values really changed
  double beyond = 0;                                            ///< units hit that lie beyond what the model takes
};

/// What a perturbation really did; it never passes its input on in silence.
struct Effect {
  State state = State::kApplied;
  std::string reason;         ///< one clause; required for skipped and ineligible
  std::vector<Span> touched;  ///< in the unit of the form written: seconds, frames, steps or bytes
  /// By-products worth showing ("clipped_share", "donors"). A rate that is to be pooled over the corpus is given as
  /// two, see pool().
  std::map<std::string, double> measures;
  int direction = 0;                    ///< directional cells: way that the prediction should move
  std::vector<std::int64_t> decisions;  ///< what was decided: positions, donors, offsets; equal on every machine

  Shared<Yardstick> yardstick = {};  ///< for measure(), which does not see the corpus; not stored
  /// What measure() finds on the whole sample, from an apply() that has to find it anyway: measure() is then asked
  /// only where a model or a window takes less of the sample.
  std::optional<Dose> dose = {};

  static Effect unchanged(std::string why = {}) { return {State::kUnchanged, std::move(why), {}, {}, 0, {}, {}}; }
  static Effect ineligible(std::string why) { return {State::kIneligible, std::move(why), {}, {}, 0, {}, {}}; }
  static Effect skipped(std::string why) { return {State::kSkipped, std::move(why), {}, {}, 0, {}, {}}; }
};

/// Puts `name` = taken / eligible in the place of each pair "name.taken", "name.eligible": of one sample, or of sums or
/// means over samples, where it makes the corpus-level rate. Nothing eligible: no `name`.
void pool(std::map<std::string, double>& measures);

/// How a cell is scored; see docs/catalogue.md.
enum class LabelEffect { kInvariant, kUnknowable, kDirectional, kDiagnostic };
[[nodiscard]] std::string_view label_effect_name(LabelEffect effect);
[[nodiscard]] LabelEffect label_effect_from_name(std::string_view name);
/// The weakest class of a composition: diagnostic, then unknowable, directional, invariant.
[[nodiscard]] LabelEffect weakest(LabelEffect a, LabelEffect b);

}  // namespace shakedown
