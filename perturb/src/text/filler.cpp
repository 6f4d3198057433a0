// The speaker hesitates: fillers come between words and the recogniser writes them down. Nothing is lost. The fillers
// carry no sentiment ("like" and "well" are left out for that reason); "uh" and "um" are by far the most frequent.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/read_words.h"
#include "text/rewrite.h"

namespace shakedown::perturb {
namespace {

struct Filler {
  std::string_view text;
  std::uint64_t weight;
};
constexpr std::array<Filler, 6> kEnglish = {
    {{"uh", 6}, {"um", 6}, {"you know", 3}, {"I mean", 2}, {"er", 1}, {"hmm", 1}}};
constexpr std::array<Filler, 5> kChinese = {{{"\xE5\x97\xAF", 4},                // en
                                             {"\xE5\x91\x83", 4},                // e
                                             {"\xE9\x82\xA3\xE4\xB8\xAA", 3},    // nage
                                             {"\xE5\xB0\xB1\xE6\x98\xAF", 2},    // jiushi
                                             {"\xE8\xBF\x99\xE4\xB8\xAA", 1}}};  // zhege

template <std::size_t n>
std::string_view drawn(const std::array<Filler, n>& fillers, const Stream& stream, std::size_t gap) {
  std::uint64_t all = 0;
  for (const auto& filler : fillers) all += filler.weight;
  std::uint64_t ticket = stream.below(all, gap);
  for (const auto& filler : fillers) {
    if (ticket < filler.weight) return filler.text;
    ticket -= filler.weight;
  }
  return fillers.back().text;
}

bool writes_without_spaces(const Transcript& transcript) {
  return transcript.language.starts_with("zh");
}

// Gap i lies before word i + 1. Words that are joined by a hyphen or the like have none.
std::vector<bool> gaps_of(const Transcript& transcript, const std::vector<media::WordSpan>& words) {
  std::vector<bool> gaps;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto between = std::string_view(transcript.text).substr(words[i - 1].end, words[i].begin - words[i - 1].end);
    gaps.push_back(writes_without_spaces(transcript) || between.ends_with(' ') || between.ends_with('\t'));
  }
  return gaps;
}

class Fillers final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
  };

  explicit Fillers(const Config& config) : fraction_(config.fraction) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    const auto words = media::segment_words(before.text, before.language);
    const auto gaps = gaps_of(before, words);
    if (count_eligible(gaps) == 0) return Effect::ineligible("no gap between two words");
    const auto taken = take_each(rng.stream("text"), gaps, fraction_);
    if (taken.empty()) return Effect::unchanged("no gap was drawn");

    const Stream which = rng.stream("filler");
    Effect effect;
    std::vector<Edit> edits;
    for (const std::size_t gap : taken) {
      const std::size_t at = words[gap + 1].begin;
      if (writes_without_spaces(before)) {
        edits.push_back({at, at, std::string(drawn(kChinese, which, gap))});
      } else {
        edits.push_back({at, at, std::string(drawn(kEnglish, which, gap)) + " "});
      }
      effect.decisions.push_back(static_cast<std::int64_t>(gap));
    }
    effect.touched = touched_by(edits);
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  // Counted on the output: the words of before are found again in order, and gaps that hold more now are counted.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const auto words = media::segment_words(before.transcript->text, before.transcript->language);
    const auto gaps = gaps_of(*before.transcript, words);
    Dose dose;
    dose.total = static_cast<double>(gaps.size());
    dose.eligible = static_cast<double>(count_eligible(gaps));
    dose.taken = static_cast<double>(decided_among(effect, gaps.size()).size());
    const std::string &old_text = before.transcript->text, &new_text = after.transcript->text;
    std::size_t from = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::size_t gap_begin = i == 0 ? 0 : words[i - 1].end;
      const auto stretch = std::string_view(old_text).substr(gap_begin, words[i].end - gap_begin);
      if (std::string_view(new_text).substr(from).starts_with(stretch)) {
        from += stretch.size();
        continue;
      }
      const auto word = std::string_view(old_text).substr(words[i].begin, words[i].end - words[i].begin);
      const auto found = new_text.find(word, from + (words[i].begin - gap_begin));
      if (found == std::string::npos) return dose;
      ++dose.changed;
      from = found + word.size();
    }
    return with_shares(dose);
  }

 private:
  double fraction_;
};

PerturbationSpec spec() {
  return Schema<Fillers>("text.filler", Modality::kText,
                         "Hesitations between words: uh, um, you know; in Chinese the usual filled pauses. Nothing is "
                         "lost.")
      .source(
          "Filled pauses: Clark and Fox Tree, Cognition 84, 2002; Zhao and Jurafsky, DiSS 2005 (Mandarin). Choice of "
          "fillers and their weights: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Fillers::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a gap between two words gets a filler.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_filler, shakedown::perturb::spec);
