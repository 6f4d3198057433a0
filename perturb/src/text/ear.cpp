#include "text/ear.h"

#include <algorithm>

#include "text/mandarin.h"
#include "text/scripts.h"
#include "text/speech.h"

namespace shakedown::perturb {

bool stands_near(const ScoredUnits& said, std::size_t i, std::string_view word) {
  constexpr std::size_t kReach = 3;
  for (std::size_t j = i < kReach ? 0 : i - kReach; j < std::min(said.size(), i + kReach + 1); ++j)
    if (said.units[j] == word) return true;
  return false;
}

std::string draw_unheard(const std::vector<Candidate>& candidates, const ScoredUnits& said, std::size_t i,
                         const Stream& stream) {
  std::uint64_t all = 0;
  for (const Candidate& each : candidates) all += stands_near(said, i, each.text) ? 0 : each.weight;
  if (all == 0) return "";
  std::uint64_t ticket = stream.below(all, i);
  for (const Candidate& each : candidates) {
    if (stands_near(said, i, each.text)) continue;
    if (ticket < each.weight) return std::string(each.text);
    ticket -= each.weight;
  }
  return "";
}

FoundEar ear_for(const Transcript& transcript, const Corpus& corpus) {
  const Scripts scripts = scripts_of(transcript.text);
  const std::string& language = transcript.language;
  const std::string named = language.empty() ? "its language is unknown" : "its language is '" + language + "'";
  if (is_mandarin(language) || (language.empty() && scripts.han && !scripts.other_unspaced))
    return {mandarin_ear(is_traditional(transcript.text)), ""};
  if (scripts.han || scripts.other_unspaced)
    return {nullptr, named + " and it is written without spaces: of such only Chinese (zh) has recogniser errors"};
  if (is_english(language) || (language.empty() && !scripts.beyond_latin)) return {english_ear(), ""};
  if (language.empty()) return {nullptr, named + " and its letters are not Latin: name it in data.yaml"};
  const std::string voice = Speech::installed().voice_for(language);
  if (voice.empty()) return {nullptr, named + ", which espeak-ng cannot read aloud"};
  return {foreign_ear(language, voice, corpus), ""};
}

}  // namespace shakedown::perturb
