#include "text/polarity.h"

#include <algorithm>
#include <vector>

#include "shakedown/media/text.h"
#include "text/sentiment_words.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kScope = 4;  // words after the negator

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool ends_clause(std::string_view gap) {
  static constexpr std::string_view kMarks[] = {".",  ",",  ";",  ":",  "!",  "?",  "(",  ")", "\n",
                                                "。", "，", "；", "：", "！", "？", "、", "…"};
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](std::string_view mark) { return gap.find(mark) != std::string_view::npos; });
}

bool turns_the_clause(std::string_view word) {
  return is_one_of(word, {"but", "however", "although", "though", "yet", "nevertheless", "但", "但是", "可是", "不过",
                          "然而", "虽然", "只是"});
}

/// Words that begin like a negator and negate nothing.
bool only_looks_negative(std::string_view word) {
  static constexpr std::string_view kBeginnings[] = {"不仅", "不但", "不过", "不断", "不同", "不管",
                                                     "非常", "未来", "无论", "别人", "别的", "几乎"};
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [&](std::string_view beginning) { return word.starts_with(beginning); });
}

bool has_han(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

int text_polarity(std::string_view text, const std::string& language) {
  const auto spans = media::segment_words(text, language);
  std::vector<std::string> words;
  for (const auto& [begin, end] : spans) {
    words.push_back(media::lower_case(text.substr(begin, end - begin), language));
  }
  int sum = 0;
  std::vector<std::size_t> negators;  // places of those in whose scope the next word may stand
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool new_clause = i > 0 && ends_clause(text.substr(spans[i - 1].end, spans[i].begin - spans[i - 1].end));
    if (new_clause || turns_the_clause(word)) negators.clear();
    std::erase_if(negators, [&](std::size_t place) { return i - place > kScope; });
    const bool not_only = i + 1 < words.size() && is_one_of(words[i + 1], {"only", "just", "merely"});
    const bool negates = is_negator(word) && !not_only && !only_looks_negative(word);
    const int own = polarity(word);
    const bool inside = negates && has_han(word);  // "不好": the negator and what it turns round in one word
    if (own != 0 && (!negates || inside)) {
      const bool turned = (negators.size() + (inside ? 1U : 0U)) % 2 == 1;
      sum += turned ? -own : own;
    } else if (negates) {
      negators.push_back(i);
    }
  }
  return sum;
}

int direction_of_change(const Transcript& before, const Transcript& after) {
  const int change = text_polarity(after.text, after.language) - text_polarity(before.text, before.language);
  return change > 0 ? 1 : change < 0 ? -1 : 0;
}

}  // namespace shakedown::perturb
