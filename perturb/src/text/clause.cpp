#include "text/clause.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "shakedown/media/text.h"
#include "text/scripts.h"
#include "text/sentiment_words.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kScope = 4;  // words after the negator

template <std::size_t n>
bool any_of(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t n>
bool holds_any(std::string_view gap, const std::array<std::string_view, n>& marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return gap.find(mark) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 9> kSentenceEnds = {".", "!", "?", "\n", "。", "！", "？", "…", "｡"};
constexpr std::array<std::string_view, 12> kClauseEnds = {",",  ";",  ":",  "(",  ")",  "，",
                                                          "；", "：", "、", "（", "）", " - "};
constexpr std::array<std::string_view, 13> kTurns = {"but",          "however", "although", "though", "yet",
                                                     "nevertheless", "但",      "但是",     "可是",   "不过",
                                                     "然而",         "虽然",    "只是"};
constexpr std::array<std::string_view, 3> kOnly = {"only", "just", "merely"};
/// Words that begin like a negator and negate nothing.
constexpr std::array<std::string_view, 18> kOnlyLooksNegative = {"不仅", "不但", "不过", "不断", "不同", "不管",
                                                                 "非常", "未来", "无论", "别人", "别的", "几乎",
                                                                 "不久", "不止", "不只", "不禁", "不由", "别致"};

// Parts that ICU's dictionary joins to a neighbour.
constexpr std::array<std::string_view, 24> kDegrees = {"非常", "十分", "特别", "极其", "相当", "真的", "有点", "比较",
                                                       "最",   "很",   "太",   "真",   "更",   "超",   "挺",   "好",
                                                       "并不", "没有", "从不", "绝不", "不",   "没",   "多",   "都"};
constexpr std::array<std::string_view, 6> kParticles = {"的", "了", "过", "得", "地", "着"};
constexpr std::array<std::string_view, 5> kNegatorEnds = {"没有", "不", "没", "别", "未"};
constexpr std::array<std::string_view, 7> kWhole = {"最好", "好的", "好了", "只好", "还好", "不好意思", "多少"};

struct Piece {
  std::size_t begin, end;
};

bool has_han(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Takes apart one word of ICU's that the lexicon lacks.
std::vector<Piece> split_word(std::string_view text, Piece word, const Lexicon& lexicon) {
  const auto whole = text.substr(word.begin, word.end - word.begin);
  if (!lexicon.find(whole).empty() || any_of(kWhole, whole)) return {word};
  for (const auto degree : kDegrees) {
    if (!whole.starts_with(degree) || whole.size() == degree.size()) continue;
    const auto rest = whole.substr(degree.size());
    if (!lexicon.find(rest).empty())
      return {{word.begin, word.begin + degree.size()}, {word.begin + degree.size(), word.end}};
  }
  for (const auto particle : kParticles) {
    if (!whole.ends_with(particle) || whole.size() == particle.size()) continue;
    const auto rest = whole.substr(0, whole.size() - particle.size());
    if (!lexicon.find(rest).empty())
      return {{word.begin, word.end - particle.size()}, {word.end - particle.size(), word.end}};
  }
  for (const auto negator : kNegatorEnds) {
    if (whole.ends_with(negator) && whole.size() > negator.size() && !is_negator(whole.substr(0, 3)))
      return {{word.begin, word.end - negator.size()}, {word.end - negator.size(), word.end}};
  }
  return {word};
}

// Bytes of the degree adverb that a longer `word` begins with.
std::size_t degree_before(std::string_view word) {
  for (const auto degree : kDegrees) {
    if (word.starts_with(degree) && word.size() > degree.size()) return degree.size();
  }
  return 0;
}

// The longest words of the lexicon first, each made of whole words of ICU's.
std::vector<Piece> chinese_pieces(std::string_view text, const std::vector<media::WordSpan>& words,
                                  const Lexicon& lexicon) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t joined = 0;
    for (std::size_t j = i; j < words.size() && words[j].end - words[i].begin <= lexicon.longest(); ++j) {
      if (j > i && words[j].begin != words[j - 1].end) break;
      if (!lexicon.find(text.substr(words[i].begin, words[j].end - words[i].begin)).empty()) joined = j - i + 1;
    }
    // ICU's dictionary joins the adverb with the beginning of the word: "很好" "吃".
    const std::size_t from = words[i].begin + degree_before(text.substr(words[i].begin, words[i].end - words[i].begin));
    std::size_t behind = 0;
    for (std::size_t j = i + 1; from > words[i].begin && j < words.size() && words[j].begin == words[j - 1].end &&
                                words[j].end - from <= lexicon.longest();
         ++j) {
      if (!lexicon.find(text.substr(from, words[j].end - from)).empty()) behind = j - i + 1;
    }
    if (behind > joined) {
      pieces.push_back({words[i].begin, from});
      pieces.push_back({from, words[i + behind - 1].end});
      i += behind;
      continue;
    }
    if (joined > 1) {
      pieces.push_back({words[i].begin, words[i + joined - 1].end});
      i += joined;
      continue;
    }
    for (const Piece& piece : split_word(text, {words[i].begin, words[i].end}, lexicon)) pieces.push_back(piece);
    ++i;
  }
  return pieces;
}

}  // namespace

bool is_intensifier(std::string_view word) {
  static const std::unordered_set<std::string_view> kWords = {"very",
                                                              "really",
                                                              "so",
                                                              "too",
                                                              "quite",
                                                              "extremely",
                                                              "absolutely",
                                                              "totally",
                                                              "completely",
                                                              "truly",
                                                              "pretty",
                                                              "rather",
                                                              "incredibly",
                                                              "amazingly",
                                                              "terribly",
                                                              "awfully",
                                                              "horribly",
                                                              "dreadfully",
                                                              "insanely",
                                                              "ridiculously",
                                                              "super",
                                                              "remarkably",
                                                              "highly",
                                                              "deeply",
                                                              "utterly",
                                                              "particularly",
                                                              "especially",
                                                              "exceptionally",
                                                              "extraordinarily",
                                                              "unbelievably",
                                                              "wonderfully",
                                                              "fairly",
                                                              "somewhat",
                                                              "most",
                                                              "more",
                                                              "less",
                                                              "least",
                                                              "such",
                                                              "perfectly",
                                                              "很",
                                                              "非常",
                                                              "十分",
                                                              "特别",
                                                              "极其",
                                                              "相当",
                                                              "真的",
                                                              "最",
                                                              "太",
                                                              "真",
                                                              "更",
                                                              "超",
                                                              "挺",
                                                              "有点",
                                                              "比较",
                                                              "好好"};
  return kWords.count(word) != 0;
}

std::vector<Token> tokens_of(std::string_view text, const std::string& language, const Lexicon& lexicon) {
  const auto words = media::segment_words(text, language);
  std::vector<Piece> pieces;
  if (has_han(text) && is_mandarin(language)) {
    pieces = chinese_pieces(text, words, lexicon);
  } else {
    for (const auto& word : words) pieces.push_back({word.begin, word.end});
  }

  std::vector<Token> tokens;
  tokens.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    Token token{piece.begin, piece.end, media::lower_case(text.substr(piece.begin, piece.end - piece.begin), language)};
    const std::size_t from = tokens.empty() ? 0 : tokens.back().end;
    const auto gap = text.substr(from, piece.begin - from);
    const bool blank = gap == " ";  // nearly always
    token.starts_sentence = tokens.empty() || (!blank && holds_any(gap, kSentenceEnds));
    token.starts_clause =
        token.starts_sentence || (!blank && holds_any(gap, kClauseEnds)) || any_of(kTurns, token.word);
    tokens.push_back(std::move(token));
  }

  std::vector<std::size_t> negators;  // in whose scope the next word may stand
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    if (token.starts_clause) negators.clear();
    std::erase_if(negators, [&](std::size_t place) { return i - place > kScope; });
    const bool not_only = i + 1 < tokens.size() && any_of(kOnly, tokens[i + 1].word);
    const bool han = has_han(token.word);
    const bool looks_negative = han && std::any_of(kOnlyLooksNegative.begin(), kOnlyLooksNegative.end(),
                                                   [&](auto beginning) { return token.word.starts_with(beginning); });
    const int listed = lexicon.sign(token.word);
    const int own = listed != 0 ? listed : polarity(token.word);
    const bool negates = is_negator(token.word) && !not_only && !looks_negative;
    if (listed != 0 && (!negates || han)) {
      token.polarity = own;  // "不错" is what the lexicon says it is
      token.negators = negators;
    } else if (own != 0 && (!negates || han)) {
      token.polarity = negates ? -own : own;  // negator and what it turns round in one word
      token.negators = negators;
    } else if (negates) {
      token.negates = true;
      negators.push_back(i);
    }
  }
  return tokens;
}

}  // namespace shakedown::perturb
