#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shakedown::media {

/// Readings of a word in Han characters by ICU's Han-Latin, in the context of the word: Hanyu Pinyin with tone marks,
/// one a character in order ("xiào", "zhǎng"). Empty where ICU has no reading for each, or cannot tell them apart.
[[nodiscard]] std::vector<std::string> pinyin(std::string_view word);

/// The text in simplified, in traditional characters by ICU's Traditional-Simplified and its inverse, character by
/// character: what is written one way in both stays. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string simplified(std::string_view text);
[[nodiscard]] std::string traditional(std::string_view text);

}  // namespace shakedown::media
