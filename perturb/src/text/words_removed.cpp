#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::vector<Edit> removal_of(const std::string& text, const std::vector<media::WordSpan>& words,
                             const std::vector<std::size_t>& dropped) {
  std::vector<bool> kept(text.size(), true);
  for (const std::size_t index : dropped) {
    const auto [begin, end] = words[index];
    for (std::size_t i = begin; i < end; ++i) kept[i] = false;
    if (end < text.size() && is_space(text[end])) {
      kept[end] = false;
      continue;
    }
    std::size_t before = begin;  // "I like it." without "it": the space goes that stood in front
    while (before > 0 && !kept[before - 1]) --before;
    if (before > 0 && is_space(text[before - 1])) kept[before - 1] = false;
  }
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) continue;
    if (edits.empty() || edits.back().end != i) edits.push_back({i, i, ""});
    edits.back().end = i + 1;
  }
  return edits;
}

}  // namespace shakedown::perturb
