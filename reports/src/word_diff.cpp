#include "word_diff.h"

#include <algorithm>
#include <cstdint>
#include <sstream>

namespace shakedown::reports {
namespace {

constexpr std::size_t kMostWords = 2000;

/// Words, at most kMostWords; what lies beyond is one more.
std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  std::string word;
  while (words.size() < kMostWords && stream >> word) words.push_back(word);
  if (std::getline(stream >> std::ws, word, '\0') && !word.empty()) words.push_back(word);
  return words;
}

void append(std::vector<DiffRun>& runs, DiffRun::Kind kind, const std::string& word) {
  if (runs.empty() || runs.back().kind != kind) {
    runs.push_back({kind, word});
  } else {
    runs.back().text += " " + word;
  }
}

}  // namespace

std::vector<DiffRun> word_diff(const std::string& before, const std::string& after) {
  const auto a = words_of(before), b = words_of(after);
  // common[i][j]: length of the longest common sequence of a from i on and b from j on.
  std::vector<std::vector<std::uint16_t>> common(a.size() + 1, std::vector<std::uint16_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i][j] = static_cast<std::uint16_t>(a[i] == b[j] ? common[i + 1][j + 1] + 1
                                                             : std::max(common[i + 1][j], common[i][j + 1]));
    }
  }
  std::vector<DiffRun> runs;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
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
