#include "text/lexicon.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "shakedown/core/error.h"
#include "text/lexicon_data.h"
#include "text/lexicon_formats.h"
#include "text/scripts.h"

namespace shakedown::perturb {
Lexicon::Lexicon(std::vector<LexiconEntry> entries, const std::string& name) {
  for (LexiconEntry& entry : entries) {
    if (entry.polarity == 0) continue;
    longest_ = std::max(longest_, entry.word.size());
    ++size_;
    words_[entry.word].push_back(std::move(entry));
  }
  if (words_.empty()) throw Error(ErrorKind::kUsage, "lexicon: " + name + " holds no word with a polarity");
}

Lexicon::Lexicon(std::string_view text, const std::string& name) : Lexicon(entries_of(text, name), name) {}

Lexicon Lexicon::read(const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return {entries_of_lists(path), path};
  return {read_lexicon_file(path), path};
}

const Lexicon& Lexicon::builtin(const std::string& language) {
  static const Lexicon kEnglish(english_lexicon(), "sentiment_en.tsv");
  static const Lexicon kChinese(chinese_lexicon(), "sentiment_zh.tsv");
  return is_mandarin(language) ? kChinese : kEnglish;
}

const std::vector<LexiconEntry>& Lexicon::find(std::string_view word) const {
  static const std::vector<LexiconEntry> kNone;
  const auto found = words_.find(word);
  return found == words_.end() ? kNone : found->second;
}

int Lexicon::sign(std::string_view word) const {
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
