#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace shakedown::perturb {

/// A syllable of Mandarin in Hanyu Pinyin.
struct Syllable {
  std::uint8_t initial = 0;  ///< 0 none, else one of the 23 that are written (y and w among them)
  std::uint8_t final = 0;    ///< as pronounced: "bo" and "duo" end alike, "ju" in ü, "zhi" and "ji" do not
  std::uint8_t tone = 0;     ///< 1 to 4, 5 neutral; 0 unknown
  friend constexpr bool operator==(Syllable, Syllable) = default;
};

/// The syllable that is written `pinyin` in lower case, with a tone mark or without ("zhǎng", "lv", "lü"; composed
/// letters). Without one the tone is unknown. Nothing for what is no syllable.
[[nodiscard]] std::optional<Syllable> syllable_of(std::string_view pinyin);

/// How unlike two syllables sound: 0 the same; .1 for another tone (.05 where one is unknown); .2 for each of the pairs
/// that speakers and recognisers of Mandarin confuse, n and l, zh and z, ch and c, sh and s, f and h, n and ng at the
/// end (the southern accents of Duanmu, The Phonology of Standard Chinese, 2007, and the fuzzy sounds of pinyin input
/// methods); .4 for related sounds (b and p, an and ian); .8 for others. At most 1.7.
[[nodiscard]] double syllable_distance(Syllable a, Syllable b);

/// Equal for syllables that differ in tone and in confused pairs only.
[[nodiscard]] std::uint16_t confusion_class(Syllable syllable);

}  // namespace shakedown::perturb
