// The speaker hesitates: fillers come between words and the recogniser writes them down. Nothing is lost. The fillers
// carry no sentiment ("like" and "well" are left out for that reason); "uh" and "um" are by far the most frequent.
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/read_words.h"
#include "text/rewrite.h"
#include "text/scripts.h"

namespace shakedown::perturb {
namespace {

struct Filler {
  std::string_view text;
  std::uint64_t weight;
};
// What hesitating speakers of a language say, and what stands between it and a word.
struct Fillers {
  std::string_view space;
  std::vector<Filler> all;
};
const Fillers kEnglish = {" ", {{"uh", 6}, {"um", 6}, {"you know", 3}, {"I mean", 2}, {"er", 1}, {"hmm", 1}}};
const Fillers kChinese = {"", {{"嗯", 4}, {"呃", 4}, {"那个", 3}, {"就是", 2}, {"这个", 1}}};

// Null for a language whose fillers are not known.
const Fillers* fillers_of(const Transcript& transcript) {
  const Tongue tongue = tongue_of(transcript);
  return tongue == Tongue::kEnglish ? &kEnglish : tongue == Tongue::kMandarin ? &kChinese : nullptr;
}

std::string_view drawn(const Fillers& fillers, const Stream& stream, std::size_t gap) {
  std::uint64_t all = 0;
  for (const auto& filler : fillers.all) all += filler.weight;
  std::uint64_t ticket = stream.below(all, gap);
  for (const auto& filler : fillers.all) {
    if (ticket < filler.weight) return filler.text;
    ticket -= filler.weight;
  }
  return fillers.all.back().text;
}

// Gap i lies before word i + 1. Words that are joined by a hyphen or the like have none.
std::vector<bool> gaps_of(const Transcript& transcript, const std::vector<media::WordSpan>& words) {
  const Fillers* const fillers = fillers_of(transcript);
  std::vector<bool> gaps;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto between = std::string_view(transcript.text).substr(words[i - 1].end, words[i].begin - words[i - 1].end);
    const bool anywhere = fillers != nullptr && fillers->space.empty();
    gaps.push_back(anywhere || between.ends_with(' ') || between.ends_with('\t'));
  }
  return gaps;
}

class Hesitation final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
  };

  explicit Hesitation(const Config& config) : fraction_(config.fraction) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    const Fillers* const fillers = fillers_of(before);
    if (fillers == nullptr)
      return Effect::skipped(named_language(before) + ", and fillers are known of English and Chinese");
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
      edits.push_back({at, at, std::string(drawn(*fillers, which, gap)).append(fillers->space)});
      effect.decisions.push_back(static_cast<std::int64_t>(gap));
    }
    effect.touched = touched_by(edits);
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  // Counted on the output: the words of before are found again in order, with the fillers between them.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const auto words = media::segment_words(before.transcript->text, before.transcript->language);
    const auto gaps = gaps_of(*before.transcript, words);
    Dose dose;
    dose.total = static_cast<double>(gaps.size());
    dose.eligible = static_cast<double>(count_eligible(gaps));
    dose.taken = static_cast<double>(decided_among(effect, gaps.size()).size());
    const Fillers* const fillers = fillers_of(*before.transcript);
    if (fillers == nullptr) return dose;
    const std::string &old_text = before.transcript->text, &new_text = after.transcript->text;
    // Where the words so far may end in the new text, with how many fillers: "you know" may be said or a filler.
    std::map<std::size_t, double> ends = {{0, 0}};
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::size_t gap_begin = i == 0 ? 0 : words[i - 1].end, gap = words[i].begin - gap_begin;
      const auto stretch = std::string_view(old_text).substr(gap_begin, words[i].end - gap_begin);
      std::map<std::size_t, double> next;
      for (const auto& [end, count] : ends) {
        const auto rest = std::string_view(new_text).substr(end);
        if (rest.starts_with(stretch)) next.emplace(end + stretch.size(), count);
        if (!rest.starts_with(stretch.substr(0, gap))) continue;
        for (const Filler& filler : fillers->all) {
          const auto said = std::string(filler.text).append(fillers->space).append(stretch.substr(gap));
          if (rest.substr(gap).starts_with(said)) next.emplace(end + gap + said.size(), count + 1);
        }
      }
      if (next.empty()) break;
      ends = std::move(next);
    }
    dose.changed = ends.rbegin()->second;
    return with_shares(dose);
  }

 private:
  double fraction_;
};

PerturbationSpec spec() {
  return Schema<Hesitation>(
             "text.filler", Modality::kText,
             "Hesitations between words: uh, um, you know; in Chinese the usual filled pauses. Nothing is "
             "lost. Samples in other languages are skipped and counted.")
      .version(2)
      .source(
          "Filled pauses: Clark and Fox Tree, Cognition 84, 2002; Zhao and Jurafsky, DiSS 2005 (Mandarin). Choice of "
          "fillers and their weights: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Hesitation::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that a gap between two words gets a filler.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_filler, shakedown::perturb::spec);
