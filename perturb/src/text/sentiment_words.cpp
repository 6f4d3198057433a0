#include "sentiment_words.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "text/lexicon.h"

namespace shakedown::perturb {
namespace {

using WordSet = std::unordered_set<std::string_view>;

// clang-format off
constexpr std::string_view kNegators[] = {
    "aint", "arent", "barely", "cannot", "cant", "couldnt", "didnt", "doesnt", "dont", "few", "hadnt", "hardly",
    "hasnt", "havent", "isnt", "lack", "lacked", "lacking", "lacks", "little", "nah", "neither", "never", "no",
    "nobody", "none", "nope", "nor", "not", "nothing", "nowhere", "rarely", "scarcely", "seldom", "shouldnt",
    "unless", "wasnt", "werent", "without", "wont", "wouldnt",
};

constexpr std::string_view kNegatorsHan[] = {
    "不", "没", "没有", "无", "非", "未", "别", "勿", "莫", "毫无", "并非", "从不", "从未", "绝不", "不是", "不会",
    "不能", "不要", "不用", "不可", "未必", "很少", "几乎", "难以", "无法",
};
// clang-format on

bool is_ascii(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Sign of the listed word that `word` is a form of, or is derived from: endings are taken off one after the other
// with the spelling changes that they bring (y to i, dropped e, doubled consonant).
int sign_of_stem(const Lexicon& lexicon, std::string_view word, int depth) {
  static constexpr std::string_view kInflections[] = {"'s", "s", "es", "ed", "ing", "er", "est", "ly", "ness"};
  static constexpr std::string_view kDerivations[] = {
      "ers",   "or",      "ors",  "ful",  "fulness", "ment", "ments",   "ation",  "ion",   "ions",
      "ous",   "ousness", "y",    "ish",  "able",    "ably", "ability", "ive",    "ively", "ity",
      "ities", "ist",     "ism",  "ic",   "al",      "ally", "ence",    "ances",  "ance",  "ize",
      "ise",   "en",      "some", "ship", "dom",     "ster", "ling",    "hearted"};
  constexpr std::size_t kShortestStem = 3, kShortestDerived = 5;
  constexpr int kMostEndings = 3;
  std::string spelled;
  const auto with = [&](std::string_view stem, char last) {
    spelled.assign(stem);
    spelled += last;
    return lexicon.sign(spelled);
  };
  const auto without = [&](std::string_view ending, std::size_t shortest) {
    if (!word.ends_with(ending) || word.size() < ending.size() + shortest) return 0;
    const std::string_view stem = word.substr(0, word.size() - ending.size());
    int sign = with(stem, 'e');
    const bool career = stem.back() == 'e' && ending.front() == 'e';  // "career" is no form of "care"
    if (!career) {
      const std::string_view shorter = stem.substr(0, stem.size() - 1);
      if (sign == 0) sign = lexicon.sign(stem);
      if (sign == 0 && stem.back() == shorter.back()) sign = lexicon.sign(shorter);
      if (sign == 0 && stem.back() == 'i') sign = with(shorter, 'y');
      if (sign == 0 && shortest == kShortestDerived) sign = with(stem, 'y');
    }
    if (sign == 0 && depth < kMostEndings && stem.size() >= kShortestDerived)
      sign = sign_of_stem(lexicon, stem, depth + 1);
    return sign;
  };
  for (const std::string_view ending : kInflections) {
    if (const int sign = without(ending, kShortestStem); sign != 0) return sign;
  }
  for (const std::string_view ending : kDerivations) {
    if (const int sign = without(ending, kShortestDerived); sign != 0) return sign;
  }
  return 0;
}

// Sign of the longest listed word of two characters or more that stands inside `word`.
int sign_inside(const Lexicon& lexicon, std::string_view word) {
  constexpr std::size_t kHan = 3;  // bytes
  for (std::size_t length = word.size() - word.size() % kHan; length >= 2 * kHan; length -= kHan) {
    for (std::size_t begin = 0; begin + length <= word.size(); begin += kHan) {
      if (const int sign = lexicon.sign(word.substr(begin, length)); sign != 0) return sign;
    }
  }
  return 0;
}

}  // namespace

int polarity(std::string_view word) {
  if (is_ascii(word)) {
    const Lexicon& english = Lexicon::builtin("en");
    const int sign = english.sign(word);
    return sign != 0 ? sign : sign_of_stem(english, word, 1);
  }
  const Lexicon& chinese = Lexicon::builtin("zh");
  const int sign = chinese.sign(word);
  return sign != 0 ? sign : sign_inside(chinese, word);
}

bool is_negator(std::string_view word) {
  static const WordSet kNegatorSet(std::begin(kNegators), std::end(kNegators));
  if (kNegatorSet.count(word) != 0) return true;
  if (word.ends_with("n't") || word.ends_with("n\u2019t")) return true;
  if (is_ascii(word)) return false;
  // ICU's dictionary joins a pronoun with the negator behind it: "我不", "他没有".
  static constexpr std::string_view kEndings[] = {"不", "没", "没有", "别", "未"};
  return std::any_of(std::begin(kEndings), std::end(kEndings), [&](auto ending) { return word.ends_with(ending); }) ||
         std::any_of(std::begin(kNegatorsHan), std::end(kNegatorsHan),
                     [&](std::string_view negator) { return word.starts_with(negator); });
}

}  // namespace shakedown::perturb
