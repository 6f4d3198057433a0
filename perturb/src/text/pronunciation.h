#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/sound_trie.h"

namespace shakedown::perturb {

/// How English words sound and how frequent they are: the CMU pronouncing dictionary and the unigrams of the language
/// model that come with Debian's pocketsphinx-en-us; words outside it as espeak-ng reads them. Immutable as seen from
/// outside, thread-safe.
class Pronunciations {
 public:
  static constexpr const char* kDictionary = "cmudict-en-us.dict";
  static constexpr const char* kLanguageModel = "en-us.lm.bin";

  /// @param folder holds cmudict-en-us.dict and en-us.lm.bin
  /// @throws Error(kData) naming the file and the package, when one cannot be read
  explicit Pronunciations(const std::filesystem::path& folder);
  ~Pronunciations();
  /// Those of the installed package, read at the first call (0.2 s) and kept. @throws as the constructor
  static const Pronunciations& installed();
  static std::filesystem::path installed_folder();

  [[nodiscard]] bool has(std::string_view word) const;  ///< `word` in lower case

  /// The words that sound most like `word` (lower case, never itself), as SoundTrie::near(). Empty for what cannot be
  /// read aloud.
  [[nodiscard]] const std::vector<SoundsLike>& near(const std::string& word) const;

  /// The other words with a pronunciation of `word`, whose frequency is within a factor of `ratio` of its own.
  [[nodiscard]] std::vector<SoundsLike> homophones(const std::string& word, double ratio) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shakedown::perturb
