#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace shakedown::perturb {

/// A phone, 0 to kPhones - 1: first those of General American in the set of the CMU dictionary (ARPAbet without
/// stress), then what other languages have beside them.
using Phone = std::uint8_t;
using Phones = std::vector<Phone>;
inline constexpr std::size_t kEnglishPhones = 39, kPhones = 89;

/// The phone that is written `name` ("AA", "ZH"); nothing for another name.
[[nodiscard]] std::optional<Phone> phone_of(std::string_view name);

/// The phones of a transcription in the International Phonetic Alphabet; stress, length, tone, other diacritics and
/// whatever else is no phone of the table are passed over.
[[nodiscard]] Phones phones_of_ipa(std::string_view ipa);

/// How unlike two phones are by articulatory features, 0 (the same) to 1. Vowels: height, backness, rounding, glide;
/// consonants: place, manner, voice (Ladefoged and Johnson, A Course in Phonetics). A vowel and a consonant are 1
/// apart.
[[nodiscard]] double phone_distance(Phone a, Phone b);

/// Cost of a phone too many or too few, below 1: least for what speakers swallow (h, final t and d, schwa).
[[nodiscard]] double phone_loss(Phone phone);

}  // namespace shakedown::perturb
