// What a speech recogniser makes of an utterance: words that sound alike are taken for each other, short unstressed
// ones are lost, a few are heard that nobody said. Errors come in runs, and in some utterances far more than in others:
// independent errors at the same rate leave almost no utterance exact, where real recognisers leave every sixth to
// fourteenth.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/media/scripts.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/asr_plan.h"
#include "text/ear.h"
#include "text/english.h"
#include "text/recognition.h"
#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

struct Preset {
  std::string_view name;
  double deletions, insertions, spread, burst, content;
};
// Fitted to the transcripts that three recognisers gave of CMU-MOSI (docs/text.md has both beside each other).
constexpr std::array<Preset, 3> kPresets = {
    {{"iflytek", .47, .24, .37, .6, .65}, {"ibm", .41, .2, .33, .5, .65}, {"speechbrain", .27, .19, .33, .5, 1}}};

class AsrErrors final : public Perturbation {
 public:
  struct Config : AsrModel {
    std::string recogniser = "custom";
    bool plain = false;
  };

  explicit AsrErrors(Config config) : config_(std::move(config)) {
    for (const Preset& preset : kPresets) {
      if (config_.recogniser != preset.name) continue;
      const AsrModel standard;
      if (config_.deletions != standard.deletions || config_.insertions != standard.insertions ||
          config_.spread != standard.spread || config_.burst != standard.burst || config_.content != standard.content) {
        throw Error(ErrorKind::kUsage, "recogniser: " + config_.recogniser +
                                           " sets deletions, insertions, spread, burst and content itself; to give one "
                                           "of them, leave recogniser at custom");
      }
      config_.deletions = preset.deletions;
      config_.insertions = preset.insertions;
      config_.spread = preset.spread;
      config_.burst = preset.burst;
      config_.content = preset.content;
    }
    if (config_.deletions + config_.insertions > 1)
      throw Error(ErrorKind::kUsage, "deletions and insertions are shares of the errors: together at most 1");
  }

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    if (config_.rate <= 0) return Effect::unchanged("the error rate is 0");
    const auto [ear, why] = ear_for(before, corpus);
    if (!ear) return Effect::skipped(why);
    ScoredUnits said = scored_units(before);
    if (said.size() == 0) return Effect::ineligible("no words");
    std::vector<bool> unstressed;
    for (const std::string& unit : said.units) unstressed.push_back(ear->is_unstressed(unit));
    const auto plan = plan_errors(config_, unstressed, difficulty(sample, rng), rng);

    Effect effect;
    for (std::size_t i = 0; i < plan.size(); ++i)
      if (plan[i] != AsrError::kNone) effect.decisions.push_back(static_cast<std::int64_t>(i));
    const auto edits = edits_of(before, said, *ear, plan, rng);
    effect.touched = touched_by(edits);
    Transcript after = rewrite(before, edits);
    if (config_.plain) {
      after = plain(after);
      effect.touched = {{0, static_cast<double>(before.text.size())}};
    }
    if (after.text == before.text) return Effect::unchanged("every word was recognised");
    count_errors(effect, compare(std::move(said), after));
    sample.transcript = std::make_shared<const Transcript>(std::move(after));
    return effect;
  }

  // By alignment of the words, in lower case, or characters: substitutions, deletions and insertions over those spoken.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect&) const override {
    const Recognition found = compare(scored_units(*before.transcript), *after.transcript);
    Dose dose;
    dose.total = dose.eligible = static_cast<double>(found.reference.size());
    dose.taken = dose.changed = std::min(dose.total, static_cast<double>(found.alignment.errors()));
    return with_shares(dose);
  }

 private:
  // Where this utterance stands among those of the split: evenly spread over them (a Kronecker sequence with a shift
  // that the cell draws), so that the rate is met closely in small splits too.
  static double difficulty(const Sample& sample, const Rng& rng) {
    StreamKey key = rng.key();
    key.sample_id.clear();
    const double place =
        Rng(key).stream("utterances").uniform(0) + static_cast<double>(sample.index) * (std::numbers::phi - 1);
    return place - std::floor(place);
  }

  static std::vector<Edit> edits_of(const Transcript& before, const ScoredUnits& said, const Ear& ear,
                                    const std::vector<AsrError>& plan, const Rng& rng) {
    const Stream heard = rng.stream("heard"), extra = rng.stream("extra");
    std::vector<Edit> edits;
    std::vector<std::size_t> deleted;
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const std::size_t begin = said.begin[i], end = said.end[i];
      if (plan[i] == AsrError::kDeleted) {
        deleted.push_back(i);
      } else if (plan[i] == AsrError::kSubstituted) {
        std::string unit = ear.instead(said, plan, i, heard);
        if (unit.empty()) {
          deleted.push_back(i);
        } else {
          edits.push_back(
              {begin, end, cased_like(std::move(unit), std::string_view(before.text).substr(begin, end - begin))});
        }
      } else if (plan[i] != AsrError::kNone) {
        const std::string unit = cased_like(ear.extra(said, i, extra), "");
        if (unit.empty()) continue;
        const std::string space = media::is_unspaced(unit) ? "" : " ";
        if (plan[i] == AsrError::kInsertedBefore) {
          edits.push_back({begin, begin, unit + space});
        } else {
          edits.push_back({end, end, space + unit});
        }
      }
    }
    std::vector<media::WordSpan> spans;
    for (std::size_t i = 0; i < said.size(); ++i) spans.push_back({said.begin[i], said.end[i]});
    const auto removals = removal_of(before.text, spans, deleted);
    edits.insert(edits.end(), removals.begin(), removals.end());
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    return edits;
  }

  // As most recognisers print: lower case, single spaces between words, none between characters of Chinese.
  static Transcript plain(const Transcript& text) {
    std::vector<Edit> edits;
    std::size_t at = 0;
    const ScoredUnits printed = scored_units(text);
    for (std::size_t i = 0; i < printed.size(); ++i) {
      const bool apart = i > 0 && !(media::is_unspaced(printed.units[i - 1]) && media::is_unspaced(printed.units[i]));
      edits.push_back({at, printed.begin[i], apart ? " " : ""});
      edits.push_back({printed.begin[i], printed.end[i], printed.units[i]});
      at = printed.end[i];
    }
    edits.push_back({at, text.text.size(), ""});
    return rewrite(text, edits);
  }

  Config config_;
};

PerturbationSpec spec() {
  using Config = AsrErrors::Config;
  return Schema<AsrErrors>("text.asr_error", Modality::kText,
                           "Errors of a speech recogniser at a given error rate: words that sound alike, lost function "
                           "words, words that nobody said; in runs, and in some utterances far more than in others. "
                           "By word, in Chinese by character. English, Chinese, and what espeak-ng reads aloud and is "
                           "written with spaces; samples in other languages are skipped and counted.")
      .version(2)
      .source(
          "Error rates, mixes, runs and spread: transcripts of CMU-MOSI by three recognisers, Wu et al., SWRM, "
          "Findings of ACL 2022. Pronunciations and frequencies: CMU dictionary and language model of Debian's "
          "pocketsphinx-en-us; rime-essay, rime-data-luna-pinyin and ICU's Han-Latin for Chinese; espeak-ng for words "
          "outside them. Random-effects probit for the utterances: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number(
          "rate", &Config::rate, "word", {.min = 0, .max = .9},
          "Word error rate, in Chinese character error rate: substitutions, deletions and insertions over the words "
          "or characters spoken, over the corpus.")
      .choice("recogniser", &Config::recogniser, {"custom", "iflytek", "ibm", "speechbrain"},
              "Mix, runs and spread of a real recogniser of English (their rates on CMU-MOSI were .239, .297, .351); "
              "on other languages the same per word or character.")
      .number("deletions", &Config::deletions, "", {.min = 0, .max = 1}, "Share of the errors that are deletions.")
      .number("insertions", &Config::insertions, "", {.min = 0, .max = 1},
              "Share of the errors that are insertions; what is left are substitutions.")
      .number("spread", &Config::spread, "", {.min = 0, .max = .95},
              "How unlike the utterances are: 0 all alike; share of the variance of difficulty on the probit scale.")
      .number("burst", &Config::burst, "", {.min = 0, .max = .95},
              "Correlation of the difficulty of neighbouring words, which makes runs.")
      .number("content", &Config::content, "", {.min = .1, .max = 1},
              "Chance of a content word to be hit over that of a function word.")
      .flag("plain", &Config::plain, "Lower case without punctuation, as most recognisers print.")
      .needs([](const Config&) { return vocabularies(); })
      .dose({.parameter = "rate", .unit = "word", .identity = 0, .ladder = {.05, .1, .2, .3, .45}, .fraction = true})
      .label_effect([](const Config&, const ModelReads& reads) { return effect_of_misrecognition(reads); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_asr_error, shakedown::perturb::spec);
