#pragma once

#include <vector>

#include "shakedown/core/rng.h"

namespace shakedown::perturb {

/// How the errors of a recogniser are distributed over the units of an utterance: words, characters of Chinese.
struct AsrModel {
  double rate = 0.2;         ///< errors per spoken unit, over a corpus; below 1
  double deletions = 0.33;   ///< share of the errors
  double insertions = 0.14;  ///< share of the errors; the rest are substitutions
  double spread = 0.34;      ///< variance of the utterances' difficulty over that of all, on the probit scale; below 1
  double burst = 0.2;        ///< correlation of the difficulty of neighbouring units; below 1
  double content = 0.85;     ///< chance of a stressed unit to be hit over that of an unstressed one
};

/// What becomes of one unit.
enum class AsrError {
  kNone,
  kSubstituted,
  kDeleted,
  kInsertedBefore,  ///< the unit stays, another one stands before it
  kInsertedAfter
};

/// The errors of one utterance. Utterances differ: the expected rate of one is a probit-normal variable whose mean is
/// `rate`, its quantile is `difficulty` (uniform in (0, 1) over the corpus), and as many units are hit as that rate
/// rounded at random says. Which ones: the first of one ranking of the units, in which neighbours are correlated and
/// the stressed ones stand behind. Nested in `rate`. A run of errors never holds a deletion beside an insertion, which
/// together would be a substitution.
[[nodiscard]] std::vector<AsrError> plan_errors(const AsrModel& model, const std::vector<bool>& unstressed,
                                                double difficulty, const Rng& rng);

}  // namespace shakedown::perturb
