#include "text/ear.h"

#include <algorithm>

#include "text/mandarin.h"
#include "text/pronunciation.h"
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
  const std::string named = named_language(transcript);
  switch (tongue_of(transcript)) {
    case Tongue::kEnglish: return {english_ear(), ""};
    case Tongue::kMandarin: return {mandarin_ear(is_traditional(transcript.text)), ""};
    case Tongue::kUnspaced:
      return {nullptr, named + " and it is written without spaces: of such only Chinese (zh) has recogniser errors"};
    case Tongue::kUnknown: return {nullptr, named + " and its letters are not Latin: name it in data.yaml"};
    case Tongue::kSpaced: break;
  }
  const std::string voice = Speech::installed().voice_for(transcript.language);
  if (voice.empty()) return {nullptr, named + ", which espeak-ng cannot read aloud"};
  return {foreign_ear(transcript.language, voice, corpus), ""};
}

Needs vocabularies() {
  const auto english = Pronunciations::installed_folder(), chinese = Mandarin::installed_folder();
  Needs needs;
  needs.data = {{"dictionary", english / Pronunciations::kDictionary},
                {"frequencies", english / Pronunciations::kLanguageModel},
                {"chinese", chinese / Mandarin::kVocabulary},
                {"pinyin", chinese / Mandarin::kReadings},
                {"voices", Speech::installed().folder()}};
  return needs;
}

}  // namespace shakedown::perturb
