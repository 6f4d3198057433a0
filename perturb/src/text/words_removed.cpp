#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::vector<bool> kept_bytes(const std::string& text, const std::vector<media::WordSpan>& words,
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
  return kept;
}

Transcript keep(const Transcript& before, const std::vector<bool>& kept) {
  Transcript after;
  after.language = before.language;
  std::vector<std::size_t> place(kept.size() + 1, 0);  // byte of the new text where an old byte would stand
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) after.text.push_back(before.text[i]);
    place[i + 1] = after.text.size();
  }
  for (Transcript::Word word : before.times) {
    word.begin = place.at(word.begin);
    word.end = place.at(word.end);
    if (word.begin < word.end) after.times.push_back(word);
  }
  return after;
}

}  // namespace shakedown::perturb
