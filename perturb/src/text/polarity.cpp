#include "text/polarity.h"

namespace shakedown::perturb {

int polarity_of(const std::vector<Token>& tokens) {
  int sum = 0;
  for (const Token& token : tokens) sum += token.negated() ? -token.polarity : token.polarity;
  return sum;
}

int text_polarity(const Transcript& transcript) {
  return polarity_of(tokens_of(transcript.text, transcript.language, Lexicon::builtin(transcript.language)));
}

int direction_of_change(int before, const Transcript& after) {
  const int change = text_polarity(after) - before;
  return change > 0 ? 1 : change < 0 ? -1 : 0;
}

}  // namespace shakedown::perturb
