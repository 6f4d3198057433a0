#include "text/english.h"

#include <algorithm>

namespace shakedown::perturb {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
char upper(char c) {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::vector<std::string> lower_words(const Transcript& transcript, const std::vector<media::WordSpan>& words) {
  constexpr std::string_view kCurly = "\xE2\x80\x99";
  std::vector<std::string> lowered;
  lowered.reserve(words.size());
  for (const auto& [begin, end] : words) {
    std::string word(transcript.text, begin, end - begin);
    if (std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
      word = media::lower_case(word, "en");
      for (auto at = word.find(kCurly); at != std::string::npos; at = word.find(kCurly))
        word.replace(at, kCurly.size(), "'");
    } else {
      for (char& c : word) c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    lowered.push_back(std::move(word));
  }
  return lowered;
}

std::string cased_like(std::string word, std::string_view like) {
  const auto capitals = std::count_if(like.begin(), like.end(), is_upper);
  if (capitals > 1 && std::none_of(like.begin(), like.end(), is_lower)) {
    std::transform(word.begin(), word.end(), word.begin(), upper);
  } else if (word == "i" || word.starts_with("i'") ||
             (capitals > 0 && is_upper(like.front()) && like != "I" && !like.starts_with("I'"))) {
    word.front() = upper(word.front());
  }
  return word;
}

}  // namespace shakedown::perturb
