#include "text/lexicon.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "text/lexicon_data.h"

namespace shakedown::perturb {
namespace {

constexpr double kMostPolar = 4;
constexpr std::string_view kPartsOfSpeech = "adnvx";

LexiconEntry entry_of(const std::string& line, const std::string& where) {
  std::vector<std::string> fields = split(line, '\t');
  const auto polarity = fields.size() < 2 ? std::nullopt : parse_number(trim(fields[1]));
  if (!polarity || !(std::abs(*polarity) <= kMostPolar) || trim(fields[0]).empty()) {
    throw Error(ErrorKind::kUsage, where + ": '" + line +
                                       "' is no entry; each line is a word, a tab, a polarity from "
                                       "-4 to 4, then further fields if any");
  }
  LexiconEntry entry;
  entry.word = std::string(trim(fields[0]));
  entry.polarity = *polarity;
  // A third field that is no part of speech belongs to another format (VADER's standard deviation).
  const bool ours = fields.size() > 2 && fields[2].size() == 1 && kPartsOfSpeech.find(fields[2]) != std::string::npos;
  entry.part_of_speech = ours ? fields[2].front() : '?';
  fields.resize(ours ? std::max<std::size_t>(fields.size(), 9) : 0);
  fields.resize(9);
  entry.form = fields[3].empty() ? "base" : fields[3];
  entry.lemma = fields[4].empty() ? entry.word : fields[4];
  entry.antonym = fields[5];
  entry.synonym = fields[6];
  entry.neutral = fields[7];
  entry.context = fields[8];
  return entry;
}

}  // namespace

Lexicon::Lexicon(std::string_view text, const std::string& name) {
  std::size_t number = 0;
  for (const std::string& whole : split(text, '\n')) {
    ++number;
    const std::string line = whole.ends_with('\r') ? whole.substr(0, whole.size() - 1) : whole;
    if (trim(line).empty() || line.starts_with('#')) continue;
    const std::string where = name + ":" + std::to_string(number);
    if (!is_utf8(line)) throw Error(ErrorKind::kUsage, where + ": not UTF-8");
    LexiconEntry entry = entry_of(line, where);
    if (entry.polarity == 0) continue;
    longest_ = std::max(longest_, entry.word.size());
    ++size_;
    words_[entry.word].push_back(std::move(entry));
  }
  if (words_.empty()) throw Error(ErrorKind::kUsage, name + " holds no word with a polarity");
}

Lexicon Lexicon::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kUsage, "lexicon: cannot read " + path);
  return {std::string(std::istreambuf_iterator<char>(file), {}), path};
}

const Lexicon& Lexicon::builtin(const std::string& language) {
  static const Lexicon kEnglish(english_lexicon(), "sentiment_en.tsv");
  static const Lexicon kChinese(chinese_lexicon(), "sentiment_zh.tsv");
  return language.starts_with("zh") ? kChinese : kEnglish;
}

const std::vector<LexiconEntry>& Lexicon::find(const std::string& word) const {
  static const std::vector<LexiconEntry> kNone;
  const auto found = words_.find(word);
  return found == words_.end() ? kNone : found->second;
}

int Lexicon::sign(const std::string& word) const {
  const auto found = words_.find(word);
  return found == words_.end() ? 0 : found->second.front().polarity > 0 ? 1 : -1;
}

std::vector<std::pair<std::string, int>> Lexicon::signs() const {
  std::vector<std::pair<std::string, int>> signs;
  for (const auto& [word, senses] : words_) signs.emplace_back(word, sign(word));
  std::sort(signs.begin(), signs.end());
  return signs;
}

}  // namespace shakedown::perturb
