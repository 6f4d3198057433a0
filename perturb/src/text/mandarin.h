#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/sound_trie.h"

namespace shakedown::perturb {

/// Characters that may be heard in the place of others.
struct SoundsLikeHan {
  std::vector<std::string> characters;  ///< one for each place
  std::uint64_t weight = 1;             ///< for an integer draw; at least 1
};

/// How Mandarin words sound and how frequent they are: the essay vocabulary (300,000 words with counts) and the
/// readings of luna_pinyin that come with Debian's rime-essay and rime-data-luna-pinyin, tones by ICU's Han-Latin. A
/// character of several readings has in a word that of the dictionary, else that of ICU in the word's context; alone
/// it has all that make up 5 % of its uses. Immutable as seen from outside, thread-safe.
class Mandarin {
 public:
  static constexpr const char* kVocabulary = "essay.txt";
  static constexpr const char* kReadings = "luna_pinyin.dict.yaml";

  /// @param folder holds both files
  /// @throws Error(kData) naming the file and the package, when one cannot be read
  explicit Mandarin(const std::filesystem::path& folder);
  ~Mandarin();
  /// Those of the installed packages, read at the first call and kept. @throws as the constructor
  static const Mandarin& installed();
  static std::filesystem::path installed_folder();

  /// What sounds most like `word` (one character an entry) and differs from it exactly at `places` (ascending): words
  /// of the vocabulary, nearest first by weight, which falls exponentially with syllable_distance() and rises with the
  /// square root of the frequency. Where there is none and one place, any character in that place. At most 12; in the
  /// script asked for, simplified or traditional. Empty for what is no Han character.
  [[nodiscard]] const std::vector<SoundsLikeHan>& near(const std::vector<std::string>& word,
                                                       const std::vector<std::size_t>& places, bool traditional) const;

  /// The other words that are read the same, tones included, whose frequency is within a factor of `ratio` of that of
  /// `word`.
  [[nodiscard]] std::vector<SoundsLike> homophones(const std::string& word, double ratio, bool traditional) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// True for a text that is written in traditional rather than simplified characters.
[[nodiscard]] bool is_traditional(std::string_view text);

}  // namespace shakedown::perturb
