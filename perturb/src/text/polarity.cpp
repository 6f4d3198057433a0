#include "text/polarity.h"

#include "text/clause.h"

namespace shakedown::perturb {

int text_polarity(std::string_view text, const std::string& language) {
  int sum = 0;
  for (const Token& token : tokens_of(text, language, Lexicon::builtin(language))) {
    sum += token.negated() ? -token.polarity : token.polarity;
  }
  return sum;
}

int direction_of_change(const Transcript& before, const Transcript& after) {
  const int change = text_polarity(after.text, after.language) - text_polarity(before.text, before.language);
  return change > 0 ? 1 : change < 0 ? -1 : 0;
}

}  // namespace shakedown::perturb
