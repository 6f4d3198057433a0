#include "text/recognition.h"

#include <string_view>
#include <utility>

#include "sentiment_words.h"
#include "shakedown/media/scripts.h"
#include "shakedown/media/text.h"
#include "text/english.h"

namespace shakedown::perturb {
ScoredUnits scored_units(const Transcript& transcript) {
  ScoredUnits scored;
  const auto spans = media::segment_words(transcript.text, transcript.language);
  scored.words = lower_words(transcript, spans);
  const auto add = [&](std::string unit, std::size_t begin, std::size_t end, std::size_t word) {
    scored.units.push_back(std::move(unit));
    scored.begin.push_back(begin);
    scored.end.push_back(end);
    scored.word.push_back(word);
  };
  for (std::size_t w = 0; w < spans.size(); ++w) {
    const auto [begin, end] = spans[w];
    const std::string_view written = std::string_view(transcript.text).substr(begin, end - begin);
    if (!media::is_unspaced(written)) {
      add(scored.words[w], begin, end, w);
      continue;
    }
    for (const auto& character : media::characters(written)) {
      add(std::string(written.substr(character.begin, character.end - character.begin)), begin + character.begin,
          begin + character.end, w);
    }
  }
  return scored;
}

Recognition compare(ScoredUnits reference, const Transcript& hypothesis) {
  Recognition recognition{std::move(reference), scored_units(hypothesis), {}};
  recognition.alignment = align(recognition.reference.units, recognition.hypothesis.units);
  return recognition;
}

void count_errors(Effect& effect, const Recognition& recognition) {
  const ScoredUnits& said = recognition.reference;
  const Alignment& found = recognition.alignment;
  const auto rate = [&](const std::string& name, double taken, double eligible) {
    effect.measures[name + ".taken"] = taken;
    effect.measures[name + ".eligible"] = eligible;
  };
  const auto units = static_cast<double>(said.size());
  rate("error_rate", static_cast<double>(found.errors()), units);
  rate("substitutions", static_cast<double>(found.substitutions), units);
  rate("deletions", static_cast<double>(found.deletions), units);
  rate("insertions", static_cast<double>(found.insertions), units);

  std::vector<bool> lost(said.words.size(), false);
  std::size_t unit = 0;
  for (const char operation : found.operations) {
    if (operation == 'I') continue;
    if (operation != 'C') lost[said.word[unit]] = true;
    ++unit;
  }
  double polar = 0, polar_lost = 0;
  for (std::size_t w = 0; w < said.words.size(); ++w) {
    if (polarity(said.words[w]) == 0) continue;
    ++polar;
    polar_lost += lost[w] ? 1 : 0;
  }
  rate("sentiment_word_errors", polar_lost, polar);
}

LabelEffect effect_of_misrecognition(const ModelReads& reads) {
  const bool heard = reads.forms.has(Form::kWaveform) || reads.forms.has(Form::kAudioFeatures);
  return heard ? LabelEffect::kInvariant : LabelEffect::kUnknowable;
}

}  // namespace shakedown::perturb
