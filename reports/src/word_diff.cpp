#include "word_diff.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "shakedown/media/scripts.h"

namespace shakedown::reports {
namespace {

constexpr std::size_t kMostWords = 2000;

/// Between white space; a character each in scripts that are written without it.
struct Word {
  std::string text;
  bool apart = false;  ///< white space stands in front of it
};

/// At most kMostWords; what lies beyond is one more.
std::vector<Word> words_of(const std::string& text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  std::vector<Word> words;
  bool apart = false, open = false;  // open: the last word goes on
  for (std::size_t i = 0; i < text.size();) {
    if (is_space(text[i])) {
      apart = true, open = false, ++i;
      continue;
    }
    if (words.size() >= kMostWords && !open) {
      words.push_back({text.substr(i), apart});
      break;
    }
    std::size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) ++end;
    const std::string character = text.substr(i, end - i);
    const bool alone = media::is_unspaced(character);
    if (open && !alone) {
      words.back().text += character;
    } else {
      words.push_back({character, apart});
    }
    open = !alone, apart = false;
    i = end;
  }
  return words;
}

void append(std::vector<DiffRun>& runs, DiffRun::Kind kind, const Word& word) {
  if (runs.empty() || runs.back().kind != kind) {
    const bool replaces = !runs.empty() && !media::is_unspaced(word.text) && kind == DiffRun::Kind::kAdded;
    runs.push_back({kind, word.text, word.apart || replaces});
  } else {
    runs.back().text += (word.apart ? " " : "") + word.text;
    ++runs.back().words;
  }
}

}  // namespace

std::vector<DiffRun> word_diff(const std::string& before, const std::string& after) {
  const auto a = words_of(before), b = words_of(after);
  // common[i][j]: length of the longest common sequence of a from i on and b from j on.
  std::vector<std::vector<std::uint16_t>> common(a.size() + 1, std::vector<std::uint16_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i][j] = static_cast<std::uint16_t>(a[i].text == b[j].text ? common[i + 1][j + 1] + 1
                                                                       : std::max(common[i + 1][j], common[i][j + 1]));
    }
  }
  std::vector<DiffRun> runs;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i].text == b[j].text) {
      append(runs, DiffRun::Kind::kSame, a[i++]);
      ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      append(runs, DiffRun::Kind::kRemoved, a[i++]);
    } else {
      append(runs, DiffRun::Kind::kAdded, b[j++]);
    }
  }
  return runs;
}

}  // namespace shakedown::reports
