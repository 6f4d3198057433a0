#include "shakedown/media/scripts.h"

#include <algorithm>
#include <array>

namespace shakedown::media {
namespace {

// In UTF-8, by the first and the last character.
struct Block {
  std::string_view first, last;
  [[nodiscard]] bool holds(std::string_view letter) const {
    const auto head = letter.substr(0, first.size());
    return head >= first && head <= last;
  }
};
constexpr std::array<Block, 3> kHan = {{{"\xE3\x90\x80", "\xE9\xBF\xBF"},
                                        {"\xEF\xA4\x80", "\xEF\xAB\xBF"},            // compatibility
                                        {"\xF0\xA0\x80\x80", "\xF0\xB3\x8E\xAF"}}};  // beyond 16 bits
constexpr std::array<Block, 4> kOthers = {{{"\xE0\xB8\x80", "\xE0\xBB\xBF"},         // Thai, Lao
                                           {"\xE1\x80\x80", "\xE1\x82\x9F"},         // Burmese
                                           {"\xE1\x9E\x80", "\xE1\x9F\xBF"},         // Khmer
                                           {"\xE3\x81\x80", "\xE3\x87\xBF"}}};       // Kana
constexpr std::array<Block, 4> kBeyondLatin = {{{"\xCD\xB0", "\xDF\xBF"},            // Greek to N'Ko
                                                {"\xE0\xA0\x80", "\xE1\xB7\xBF"},    // Samaritan to phonetic signs
                                                {"\xE2\xB0\x80", "\xE2\xB7\xBF"},    // Glagolitic to Ethiopic
                                                {"\xEA\x80\x80", "\xED\x9F\xBF"}}};  // Yi to Hangul

template <std::size_t n>
bool in(const std::array<Block, n>& blocks, std::string_view letter) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) { return block.holds(letter); });
}

}  // namespace

Scripts scripts_of(std::string_view text) {
  Scripts scripts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0xC0) continue;  // ASCII, or the middle of a character
    const auto letter = text.substr(i, 4);
    scripts.han = scripts.han || in(kHan, letter);
    scripts.other_unspaced = scripts.other_unspaced || in(kOthers, letter);
    scripts.beyond_latin = scripts.beyond_latin || in(kBeyondLatin, letter);
  }
  scripts.beyond_latin = scripts.beyond_latin || scripts.han || scripts.other_unspaced;
  return scripts;
}

bool is_unspaced(std::string_view text) {
  return in(kHan, text) || in(kOthers, text);
}

}  // namespace shakedown::media
