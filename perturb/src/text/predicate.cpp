#include "text/predicate.h"

#include <unordered_set>

#include "text/scripts.h"

namespace shakedown::perturb {
namespace {

using Words = std::unordered_set<std::string_view>;
constexpr std::size_t kReach = 5;  // words between auxiliary and sentiment word, as the scope of a negator

bool is_copula_or_modal(const std::string& word) {
  static const Words kWords = {"is",     "are",     "was",    "were",    "am",    "will",   "would", "can",
                               "could",  "should",  "must",   "might",   "may",   "it's",   "he's",  "she's",
                               "that's", "there's", "this's", "what's",  "i'm",   "you're", "we're", "they're",
                               "i'll",   "you'll",  "we'll",  "they'll", "it'll", "he'll",  "she'll"};
  return kWords.count(word) != 0;
}

bool is_perfect(const std::string& word) {
  return word == "have" || word == "has" || word == "had" || word == "i've" || word == "we've" || word == "they've" ||
         word == "you've";
}

bool is_subject(const std::string& word) {
  static const Words kWords = {"i", "you", "we", "they", "he", "she", "it", "people", "everyone", "who"};
  return kWords.count(word) != 0;
}

std::optional<std::vector<Edit>> english(const std::vector<Token>& tokens, const SentimentUnit& unit,
                                         const std::string& verb) {
  const std::size_t at = unit.token;
  for (std::size_t i = at; has_left(tokens, i) && at - i < kReach; --i) {
    const Token& word = tokens[i - 1];
    const bool perfect = is_perfect(word.word) && (tokens[i].word == "been" || tokens[i].word.ends_with("ed"));
    if (!is_copula_or_modal(word.word) && !perfect) continue;
    const bool contracted = word.word.find('\'') != std::string::npos;
    if (word.starts_clause && !contracted) return std::nullopt;  // "Is it good?"
    return std::vector<Edit>{{word.end, word.end, " not"}};
  }
  if (unit.sense.part_of_speech != 'v') return std::nullopt;
  const std::string& form = unit.sense.form;
  if (form != "base" && form != "third" && form != "past") return std::nullopt;
  std::size_t first = at;
  while (has_left(tokens, first) && is_plain_adverb(tokens[first - 1].word)) --first;
  if (!has_left(tokens, first) || !is_subject(tokens[first - 1].word)) return std::nullopt;
  if (has_left(tokens, first - 1) && tokens[first - 2].word.starts_with("d")) return std::nullopt;  // "did you like it"
  const std::string support = form == "past" ? "did not " : form == "third" ? "does not " : "do not ";
  if (first == at) return std::vector<Edit>{{tokens[at].begin, tokens[at].end, support + verb}};
  return std::vector<Edit>{{tokens[first].begin, tokens[first].begin, support},
                           {tokens[at].begin, tokens[at].end, verb}};
}

std::optional<std::vector<Edit>> chinese(const std::vector<Token>& tokens, const SentimentUnit& unit,
                                         const std::string& word) {
  static const Words kNoDenial = {"不", "没", "无", "非", "令", "让", "有"};
  static constexpr std::string_view kDegrees[] = {"很", "太", "真", "超", "极", "最"};
  if (unit.sense.part_of_speech == 'n' || kNoDenial.count(std::string_view(word).substr(0, 3)) != 0 ||
      word.ends_with("了"))
    return std::nullopt;
  const std::size_t at = unit.token;
  const Token& token = tokens[at];
  std::string said = word;
  for (const auto degree : kDegrees) {
    if (said.starts_with(degree) && said.size() > degree.size() && said.size() <= 2 * degree.size())
      said = said.substr(degree.size());
  }
  std::size_t begin = token.begin, end = token.end;
  std::string negator = word.size() >= 12 ? "并不" : "不";
  const bool joined = has_left(tokens, at + 1) && tokens[at + 1].begin == token.end;
  if (joined && (tokens[at + 1].word == "了" || tokens[at + 1].word == "过")) {
    if (tokens[at + 1].word == "了") end = tokens[at + 1].end;
    if (unit.sense.part_of_speech == 'v') negator = "没";
  }
  if (has_left(tokens, at) && tokens[at - 1].end == begin) {
    const std::string& left = tokens[at - 1].word;
    if (left == "是") return std::vector<Edit>{{tokens[at - 1].begin, tokens[at - 1].begin, "不"}};
    if (is_intensifier(left)) begin = tokens[at - 1].begin;
  }
  return std::vector<Edit>{{begin, end, negator + said}};
}

}  // namespace

std::vector<std::vector<SentimentUnit>> by_sentence(const SentimentText& text) {
  std::vector<std::vector<SentimentUnit>> sentences;
  std::size_t next = 0;
  for (std::size_t i = 0; i < text.tokens.size(); ++i) {
    if (text.tokens[i].starts_sentence) sentences.emplace_back();
    if (next < text.units.size() && text.units[next].token == i) sentences.back().push_back(text.units[next++]);
  }
  return sentences;
}

std::optional<std::vector<Edit>> denied(const Transcript& transcript, const std::vector<Token>& tokens,
                                        const SentimentUnit& unit, const std::string& verb) {
  if (!tokens[unit.token].negators.empty()) return std::nullopt;
  return is_mandarin(transcript.language) ? chinese(tokens, unit, verb) : english(tokens, unit, verb);
}

}  // namespace shakedown::perturb
