// Punctuation and capitals go, as most recognisers print none. A unit is one mark outside of words or one capital
// letter; marks inside words (don't, 3.5) belong to the word and stay. A mark that alone stood between two words leaves
// a space; one between spaces takes one of them along.
#include <string>
#include <vector>

#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/read_words.h"
#include "text/rewrite.h"

namespace shakedown::perturb {
namespace {

using Character = media::Character;
using Kind = Character::Kind;

// Indices into `characters` of what may go, in order.
std::vector<std::size_t> units_of(const Transcript& transcript, const std::vector<Character>& characters) {
  const auto words = media::segment_words(transcript.text, transcript.language);
  std::vector<std::size_t> units;
  std::size_t word = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    while (word < words.size() && words[word].end <= characters[i].begin) ++word;
    const bool inside = word < words.size() && words[word].begin <= characters[i].begin;
    if (characters[i].capital || (characters[i].kind == Kind::kPunctuation && !inside)) units.push_back(i);
  }
  return units;
}

class Unpunctuate final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
  };

  explicit Unpunctuate(const Config& config) : fraction_(config.fraction) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    const auto characters = media::characters(before.text);
    const auto units = units_of(before, characters);
    if (units.empty()) return Effect::ineligible("no punctuation and no capitals");
    const auto taken = take_each(rng.stream("text"), eligible_units(units.size()), fraction_);
    if (taken.empty()) return Effect::unchanged("no mark was drawn");

    std::vector<bool> gone(characters.size(), false);
    for (const std::size_t unit : taken) gone[units[unit]] = characters[units[unit]].kind == Kind::kPunctuation;
    Effect effect;
    std::vector<Edit> edits;
    for (const std::size_t unit : taken) {
      edits.push_back(edit(before, characters, gone, units[unit]));
      effect.decisions.push_back(static_cast<std::int64_t>(unit));
    }
    effect.touched = touched_by(edits);
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  // From the two texts: units that are there no longer.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const auto count = [](const Transcript& transcript) {
      return static_cast<double>(units_of(transcript, media::characters(transcript.text)).size());
    };
    Dose dose;
    dose.total = dose.eligible = count(*before.transcript);
    dose.taken = static_cast<double>(decided_among(effect, static_cast<std::size_t>(dose.total)).size());
    dose.changed = dose.eligible - count(*after.transcript);
    return with_shares(dose);
  }

 private:
  static Edit edit(const Transcript& transcript, const std::vector<Character>& characters,
                   const std::vector<bool>& gone, std::size_t i) {
    const auto [begin, end] = std::pair(characters[i].begin, characters[i].end);
    if (characters[i].capital)
      return {begin, end, media::lower_case(transcript.text.substr(begin, end - begin), transcript.language)};
    // What stands around the run of marks that goes.
    std::size_t first = i, last = i;
    while (first > 0 && gone[first - 1]) --first;
    while (last + 1 < gone.size() && gone[last + 1]) ++last;
    const bool starts = first == 0, ends = last + 1 == gone.size();
    const auto is = [&](std::size_t at, Kind kind) { return characters[at].kind == kind; };
    const bool space_before = starts || is(first - 1, Kind::kSpace), space_after = !ends && is(last + 1, Kind::kSpace);
    if (i == first && space_before && space_after) return {begin, end + bytes(characters[last + 1], first == last), ""};
    const auto spelled = [&](std::size_t at) { return characters[at].alphabetic || is(at, Kind::kDigit); };
    if (i == first && !starts && !ends && spelled(first - 1) && spelled(last + 1)) return {begin, end, " "};
    return {begin, end, ""};
  }
  // A space is taken along by a mark that stands beside it; within a longer run it stays.
  static std::size_t bytes(const Character& space, bool alone) { return alone ? space.end - space.begin : 0; }

  double fraction_;
};

PerturbationSpec spec() {
  return Schema<Unpunctuate>("text.unpunctuate", Modality::kText,
                             "Punctuation goes and capitals become small letters, as recognisers print text.")
      .source(
          "Transcripts normalised as in LibriSpeech "
          "(Panayotov et al., ICASSP 2015)")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Unpunctuate::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a mark or a capital goes.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_unpunctuate, shakedown::perturb::spec);
