#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/core/effect.h"
#include "shakedown/core/sample.h"
#include "shakedown/perturb/perturbation.h"
#include "text/alignment.h"

namespace shakedown::perturb {

/// A transcript as recognition is scored: the words after ICU's rules in lower case, punctuation left out, the
/// apostrophe a straight one; of words in Han, Kana, Thai, Lao, Khmer or Burmese, which no spaces divide, the
/// characters. Numbers stay as they are written.
struct ScoredUnits {
  std::vector<std::string> units;
  std::vector<std::size_t> begin, end;  ///< bytes of the transcript, one each a unit
  std::vector<std::size_t> word;        ///< which word a unit belongs to, from 0
  std::vector<std::string> words;       ///< in lower case
  [[nodiscard]] std::size_t size() const { return units.size(); }
};
[[nodiscard]] ScoredUnits scored_units(const Transcript& transcript);

/// What was said and what was recognised, unit by unit.
struct Recognition {
  ScoredUnits reference, hypothesis;
  Alignment alignment;
};
[[nodiscard]] Recognition compare(ScoredUnits reference, const Transcript& hypothesis);

/// Adds the measures error_rate, substitutions, deletions and insertions over the units said, and
/// sentiment_word_errors, the share of sentiment words that were not recognised; each to be pooled over the corpus.
void count_errors(Effect& effect, const Recognition& recognition);

/// What wrong words do to the label: nothing while the sound can be heard beside them.
[[nodiscard]] LabelEffect effect_of_misrecognition(const ModelReads& reads);

}  // namespace shakedown::perturb
