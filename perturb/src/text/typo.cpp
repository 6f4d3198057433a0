// Words are mistyped, as people type in chats and captions: two letters swapped, the middle shuffled, a neighbouring
// key hit, a letter repeated or left out. First and last letter stay where that is possible, so that a reader still
// knows the word. Words of four letters or more of an alphabet; a word with a digit or an apostrophe stays.
#include <algorithm>
#include <array>
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

namespace shakedown::perturb {
namespace {

using Letters = std::vector<std::string>;  // of one word; a letter may be several bytes

constexpr std::size_t kShortest = 4;
constexpr std::array<std::string_view, 5> kKinds = {"swap", "shuffle", "keyboard", "repeat", "omit"};

// Draws of one word: kind, place, key, then one for each letter of a shuffle.
enum Draw : std::uint64_t { kKind, kPlace, kKey, kFirstRank };

std::string joined(const Letters& letters) {
  std::string word;
  for (const auto& letter : letters) word += letter;
  return word;
}

// Keys beside a key of the US QWERTY keyboard, in the same row.
std::string_view neighbours(char key) {
  for (const std::string_view row : {"qwertyuiop", "asdfghjkl", "zxcvbnm"}) {
    const auto at = row.find(key);
    if (at == std::string_view::npos) continue;
    const std::size_t first = at == 0 ? 0 : at - 1;
    return row.substr(first, std::min(at + 1, row.size() - 1) - first + 1);
  }
  return "";
}

bool swap_letters(Letters& letters, const Stream& stream, std::size_t word) {
  std::vector<std::size_t> places;  // inside the word first; at its ends where nothing else differs
  for (std::size_t i = 1; i + 2 < letters.size(); ++i)
    if (letters[i] != letters[i + 1]) places.push_back(i);
  if (places.empty()) {
    for (const std::size_t i : {std::size_t{0}, letters.size() - 2})
      if (letters[i] != letters[i + 1]) places.push_back(i);
  }
  if (places.empty()) return false;
  const std::size_t at = places[stream.below(places.size(), word, kPlace)];
  std::swap(letters[at], letters[at + 1]);
  return true;
}

bool shuffle_middle(Letters& letters, const Stream& stream, std::size_t word) {
  std::vector<std::pair<double, std::string>> ranked;
  for (std::size_t i = 1; i + 1 < letters.size(); ++i)
    ranked.emplace_back(stream.uniform(word, kFirstRank + i), letters[i]);
  std::sort(ranked.begin(), ranked.end());
  const Letters before = letters;
  for (std::size_t i = 0; i < ranked.size(); ++i) letters[i + 1] = ranked[i].second;
  return letters != before || swap_letters(letters, stream, word);
}

bool hit_neighbour(Letters& letters, const Stream& stream, std::size_t word) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if (letters[i].size() == 1 && !neighbours(static_cast<char>(letters[i][0] | 0x20)).empty()) places.push_back(i);
  if (places.empty()) return swap_letters(letters, stream, word);
  char& key = letters[places[stream.below(places.size(), word, kPlace)]][0];
  const bool capital = key >= 'A' && key <= 'Z';
  const char lower = static_cast<char>(key | 0x20);
  std::string keys(neighbours(lower));
  keys.erase(keys.find(lower), 1);
  const char hit = keys[stream.below(keys.size(), word, kKey)];
  key = capital ? static_cast<char>(hit & ~0x20) : hit;
  return true;
}

void repeat_letter(Letters& letters, const Stream& stream, std::size_t word) {
  const auto at = stream.below(letters.size(), word, kPlace);
  letters[at] += letters[at];
}

void omit_letter(Letters& letters, const Stream& stream, std::size_t word) {
  const auto at = 1 + stream.below(letters.size() - 2, word, kPlace);
  letters.erase(letters.begin() + static_cast<std::ptrdiff_t>(at));
}

// A word always comes out changed: of equal letters, one is repeated.
void mistype(Letters& letters, std::string_view kind, const Stream& stream, std::size_t word) {
  bool done = true;
  if (kind == "swap") done = swap_letters(letters, stream, word);
  if (kind == "shuffle") done = shuffle_middle(letters, stream, word);
  if (kind == "keyboard") done = hit_neighbour(letters, stream, word);
  if (kind == "omit") omit_letter(letters, stream, word);
  if (kind == "repeat" || !done) repeat_letter(letters, stream, word);
}

struct Word {
  media::WordSpan span;
  Letters letters;  ///< empty when the word is not eligible
};

std::vector<Word> words_of(const Transcript& transcript) {
  const auto characters = media::characters(transcript.text);
  std::vector<Word> words;
  std::size_t next = 0;
  for (const auto& span : media::segment_words(transcript.text, transcript.language)) {
    Word word{span, {}};
    while (next < characters.size() && characters[next].begin < span.begin) ++next;
    bool plain = true;
    for (; next < characters.size() && characters[next].end <= span.end; ++next) {
      plain = plain && characters[next].alphabetic;
      word.letters.push_back(
          transcript.text.substr(characters[next].begin, characters[next].end - characters[next].begin));
    }
    if (!plain || word.letters.size() < kShortest) word.letters.clear();
    words.push_back(std::move(word));
  }
  return words;
}

std::vector<bool> eligible_of(const std::vector<Word>& words) {
  std::vector<bool> eligible;
  for (const Word& word : words) eligible.push_back(!word.letters.empty());
  return eligible;
}

class Typo final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.1;
    std::string kind = "mixed";
  };

  explicit Typo(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Transcript& before = *sample.transcript;
    auto words = words_of(before);
    const auto eligible = eligible_of(words);
    if (count_eligible(eligible) == 0) return Effect::ineligible("no word of four letters or more");
    const auto taken = take_each(rng.stream("text"), eligible, config_.fraction);
    if (taken.empty()) return Effect::unchanged("no word was drawn");

    const Stream how = rng.stream("how");
    Effect effect;
    std::vector<Edit> edits;
    for (const std::size_t i : taken) {
      const std::string_view kind = config_.kind == "mixed" ? kKinds[how.below(kKinds.size(), i, kKind)] : config_.kind;
      mistype(words[i].letters, kind, how, i);
      edits.push_back({words[i].span.begin, words[i].span.end, joined(words[i].letters)});
      effect.decisions.push_back(static_cast<std::int64_t>(i));
    }
    effect.touched = touched_by(edits);
    sample.transcript = std::make_shared<const Transcript>(rewrite(before, edits));
    return effect;
  }

  // From the two texts: words that read differently now.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    const auto words = words_of(*before.transcript);
    const auto now = media::segment_words(after.transcript->text, after.transcript->language);
    Dose dose;
    dose.total = static_cast<double>(words.size());
    dose.eligible = static_cast<double>(count_eligible(eligible_of(words)));
    dose.taken = static_cast<double>(decided_among(effect, words.size()).size());
    for (std::size_t i = 0; i < std::min(words.size(), now.size()); ++i) {
      const auto [begin, end] = words[i].span;
      if (before.transcript->text.compare(begin, end - begin, after.transcript->text, now[i].begin,
                                          now[i].end - now[i].begin) != 0)
        ++dose.changed;
    }
    return with_shares(dose);
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<Typo>(
             "text.typo", Modality::kText,
             "Words of four letters or more are mistyped: letters swapped, the middle shuffled, a neighbouring "
             "key hit, a letter repeated or left out.")
      .source("Belinkov and Bisk, ICLR 2018; the five kinds: Liang et al., MultiBench, NeurIPS 2021")
      .reads({Form::kTranscript})
      .writes({Form::kTranscript})
      .number("fraction", &Typo::Config::fraction, "", {.min = 0, .max = 1},
              "Probability that an eligible word is mistyped.")
      .choice("kind", &Typo::Config::kind, {"mixed", "swap", "shuffle", "keyboard", "repeat", "omit"},
              "mixed: each of the five with the same probability. Keys are those of a US QWERTY keyboard.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_typo, shakedown::perturb::spec);
