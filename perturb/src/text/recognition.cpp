#include "text/recognition.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "sentiment_words.h"
#include "shakedown/media/text.h"
#include "text/english.h"

namespace shakedown::perturb {
namespace {

// Of a word, by its first letter: scripts that are written without spaces, by their blocks in UTF-8.
bool is_unspaced(std::string_view word) {
  struct Block {
    std::string_view first, last;
  };
  constexpr std::array<Block, 7> kBlocks = {{{"\xE0\xB8\x80", "\xE0\xBB\xBF"},            // Thai, Lao
                                             {"\xE1\x80\x80", "\xE1\x82\x9F"},            // Burmese
                                             {"\xE1\x9E\x80", "\xE1\x9F\xBF"},            // Khmer
                                             {"\xE3\x81\x80", "\xE3\x87\xBF"},            // Kana
                                             {"\xE3\x90\x80", "\xE9\xBF\xBF"},            // Han
                                             {"\xEF\xA4\x80", "\xEF\xAB\xBF"},            // Han, compatibility
                                             {"\xF0\xA0\x80\x80", "\xF0\xB3\x8E\xAF"}}};  // Han beyond 16 bits
  return std::any_of(kBlocks.begin(), kBlocks.end(), [&](const Block& block) {
    const auto letter = word.substr(0, block.first.size());
    return letter >= block.first && letter <= block.last;
  });
}

}  // namespace

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
    if (!is_unspaced(written)) {
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

Recognition compare(const Transcript& reference, const Transcript& hypothesis) {
  Recognition recognition{scored_units(reference), scored_units(hypothesis), {}};
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
