// What a speech recogniser makes of an utterance: words that sound alike are taken for each other, short unstressed
// ones are lost, a few are heard that nobody said. Errors come in runs, and in some utterances far more than in others:
// independent errors at the same rate leave almost no utterance exact, where real recognisers leave every sixth to
// fourteenth.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/asr_plan.h"
#include "text/english.h"
#include "text/pronunciation.h"
#include "text/recognition.h"
#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

// What recognisers put where nothing was said.
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 14> kHeard = {{{"the", 6},
                                                                                {"a", 6},
                                                                                {"and", 5},
                                                                                {"to", 4},
                                                                                {"it", 4},
                                                                                {"of", 3},
                                                                                {"in", 3},
                                                                                {"you", 3},
                                                                                {"i", 3},
                                                                                {"is", 3},
                                                                                {"that", 2},
                                                                                {"so", 2},
                                                                                {"he", 1},
                                                                                {"was", 1}}};

// Written in full and as it is spoken: the first word takes the second along.
struct Reduction {
  std::string_view first, second, spoken;
};
constexpr std::array<Reduction, 16> kReductions = {{{"going", "to", "gonna"},
                                                    {"want", "to", "wanna"},
                                                    {"got", "to", "gotta"},
                                                    {"kind", "of", "kinda"},
                                                    {"sort", "of", "sorta"},
                                                    {"out", "of", "outta"},
                                                    {"let", "me", "lemme"},
                                                    {"i", "am", "i'm"},
                                                    {"it", "is", "it's"},
                                                    {"that", "is", "that's"},
                                                    {"do", "not", "don't"},
                                                    {"did", "not", "didn't"},
                                                    {"is", "not", "isn't"},
                                                    {"you", "are", "you're"},
                                                    {"they", "are", "they're"},
                                                    {"i", "have", "i've"}}};

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

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    if (config_.rate <= 0) return Effect::unchanged("the error rate is 0");
    if (auto why = not_english(before); !why.empty()) return Effect::skipped(std::move(why));
    const auto spans = media::segment_words(before.text, before.language);
    if (spans.empty()) return Effect::ineligible("no words");
    const auto words = lower_words(before, spans);
    const auto plan = plan_errors(config_, words, difficulty(sample, rng), rng);

    Effect effect;
    for (std::size_t i = 0; i < plan.size(); ++i)
      if (plan[i] != AsrError::kNone) effect.decisions.push_back(static_cast<std::int64_t>(i));
    const auto edits = edits_of(before, spans, words, plan, rng);
    effect.touched = touched_by(edits);
    Transcript after = rewrite(before, edits);
    if (config_.plain) {
      after = plain(after);
      effect.touched = {{0, static_cast<double>(before.text.size())}};
    }
    if (after.text == before.text) return Effect::unchanged("every word was recognised");
    count_errors(effect, compare(before, after));
    sample.transcript = std::make_shared<const Transcript>(std::move(after));
    return effect;
  }

  // By alignment of the words, in lower case: substitutions, deletions and insertions over the words spoken.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect&) const override {
    const Recognition found = compare(*before.transcript, *after.transcript);
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

  // True when `word` stands near word `i`: put there, it would be found as that other word.
  static bool nearby(const std::vector<std::string>& words, std::size_t i, std::string_view word) {
    constexpr std::size_t kReach = 3;
    for (std::size_t j = i < kReach ? 0 : i - kReach; j < std::min(words.size(), i + kReach + 1); ++j)
      if (words[j] == word) return true;
    return false;
  }

  // What is heard instead of word `i`; "" when nothing sounds like it.
  static std::string misheard(const std::vector<std::string>& words, std::size_t i, const Stream& stream) {
    const auto& near = Pronunciations::installed().near(words[i]);
    std::uint64_t all = 0;
    for (const SoundsLike& each : near) all += nearby(words, i, each.word) ? 0 : each.weight;
    if (all == 0) return "";
    std::uint64_t ticket = stream.below(all, i);
    for (const SoundsLike& each : near) {
      if (nearby(words, i, each.word)) continue;
      if (ticket < each.weight) return each.word;
      ticket -= each.weight;
    }
    return "";
  }

  static std::string inserted(const std::vector<std::string>& words, std::size_t i, const Stream& stream) {
    std::uint64_t all = 0;
    for (const auto& [word, weight] : kHeard) all += nearby(words, i, word) ? 0 : weight;
    if (all == 0) return "";
    std::uint64_t ticket = stream.below(all, i);
    for (const auto& [word, weight] : kHeard) {
      if (nearby(words, i, word)) continue;
      if (ticket < weight) return std::string(word);
      ticket -= weight;
    }
    return "";
  }

  static std::vector<Edit> edits_of(const Transcript& before, const std::vector<media::WordSpan>& spans,
                                    const std::vector<std::string>& words, const std::vector<AsrError>& plan,
                                    const Rng& rng) {
    const Stream heard = rng.stream("heard"), extra = rng.stream("extra");
    std::vector<Edit> edits;
    std::vector<std::size_t> deleted;
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const auto [begin, end] = spans[i];
      if (plan[i] == AsrError::kDeleted) {
        deleted.push_back(i);
      } else if (plan[i] == AsrError::kSubstituted) {
        std::string word = reduced(words, plan, i);
        if (word.empty()) word = misheard(words, i, heard);
        if (word.empty()) {
          deleted.push_back(i);
        } else {
          edits.push_back(
              {begin, end, cased_like(std::move(word), std::string_view(before.text).substr(begin, end - begin))});
        }
      } else if (plan[i] != AsrError::kNone) {
        const std::string word = cased_like(inserted(words, i, extra), "");
        if (word.empty()) continue;
        if (plan[i] == AsrError::kInsertedBefore) {
          edits.push_back({begin, begin, word + " "});
        } else {
          edits.push_back({end, end, " " + word});
        }
      }
    }
    const auto removals = removal_of(before.text, spans, deleted);
    edits.insert(edits.end(), removals.begin(), removals.end());
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    return edits;
  }

  // "going" where "to" is lost as well: gonna.
  static std::string reduced(const std::vector<std::string>& words, const std::vector<AsrError>& plan, std::size_t i) {
    if (i + 1 >= words.size() || plan[i + 1] != AsrError::kDeleted) return "";
    for (const Reduction& each : kReductions) {
      if (words[i] == each.first && words[i + 1] == each.second && !nearby(words, i, each.spoken))
        return std::string(each.spoken);
    }
    return "";
  }

  // As most recognisers print: words in lower case between single spaces.
  static Transcript plain(const Transcript& text) {
    std::vector<Edit> edits;
    std::size_t at = 0;
    const auto spans = media::segment_words(text.text, text.language);
    const auto words = lower_words(text, spans);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      edits.push_back({at, spans[i].begin, i == 0 ? "" : " "});
      edits.push_back({spans[i].begin, spans[i].end, words[i]});
      at = spans[i].end;
    }
    edits.push_back({at, text.text.size(), ""});
    return rewrite(text, edits);
  }

  Config config_;
};

PerturbationSpec spec() {
  using Config = AsrErrors::Config;
  return Schema<AsrErrors>("text.asr_error", Modality::kText,
                           "Errors of a speech recogniser at a given word error rate: words that sound alike, lost "
                           "function words, words that nobody said; in runs, and in some utterances far more than in "
                           "others. English only: other languages are skipped and counted.")
      .source(
          "Error rates, mixes, runs and spread: transcripts of CMU-MOSI by three recognisers, Wu et al., SWRM, "
          "Findings of ACL 2022. Pronunciations and frequencies: CMU dictionary and language model of Debian's "
          "pocketsphinx-en-us. Random-effects probit for the utterances: this project.")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("rate", &Config::rate, "word", {.min = 0, .max = .9},
              "Word error rate: substitutions, deletions and insertions over the words spoken, over the corpus.")
      .choice("recogniser", &Config::recogniser, {"custom", "iflytek", "ibm", "speechbrain"},
              "Mix, runs and spread of a real recogniser (their rates on CMU-MOSI were .239, .297, .351).")
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
      .dose({.parameter = "rate", .unit = "word", .identity = 0, .ladder = {.05, .1, .2, .3, .45}, .fraction = true})
      .label_effect([](const Config&, const ModelReads& reads) { return effect_of_misrecognition(reads); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_asr_error, shakedown::perturb::spec);
