#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::perturb {

/// A word that may be heard in the place of another.
struct SoundsLike {
  std::string word;          ///< lower case
  std::uint64_t weight = 1;  ///< for an integer draw; at least 1
};

/// How English words sound and how frequent they are: the CMU pronouncing dictionary and the unigrams of the language
/// model that come with Debian's pocketsphinx-en-us. Immutable as seen from outside, thread-safe.
class Pronunciations {
 public:
  /// @param folder holds cmudict-en-us.dict and en-us.lm.bin
  /// @throws Error(kData) naming the file and the package, when one cannot be read
  explicit Pronunciations(const std::filesystem::path& folder);
  ~Pronunciations();
  /// Those of the installed package, read at the first call (0.2 s) and kept. @throws as the constructor
  static const Pronunciations& installed();

  [[nodiscard]] bool has(std::string_view word) const;  ///< `word` in lower case

  /// The words that sound most like `word` (lower case, never itself), nearest pronunciations first by weight: falling
  /// exponentially with the phone distance, rising with the square root of the frequency. At most 12. A word outside
  /// the dictionary sounds like the one that it misspells, or like the longest known pieces of its spelling; empty
  /// where that cannot be done.
  [[nodiscard]] const std::vector<SoundsLike>& near(const std::string& word) const;

  /// The other words with a pronunciation of `word`, whose frequency is within a factor of `ratio` of its own.
  [[nodiscard]] std::vector<SoundsLike> homophones(const std::string& word, double ratio) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shakedown::perturb
