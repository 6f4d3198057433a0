#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/phones.h"

namespace shakedown::perturb {

/// A word that may be heard in the place of another.
struct SoundsLike {
  std::string word;          ///< lower case
  std::uint64_t weight = 1;  ///< for an integer draw; at least 1
};

/// The words of a vocabulary by their sounds.
class SoundTrie {
 public:
  struct Entry {
    std::string word;      ///< lower case
    double frequency = 0;  ///< share of running words
  };

  void add(const Entry& entry, const Phones& sound);  ///< one of the pronunciations of a word

  /// The words that sound most like any of `sounds`, but for `itself`; nearest first by weight, which falls
  /// exponentially with the phone distance and rises with the square root of the frequency. At most 12.
  [[nodiscard]] std::vector<SoundsLike> near(const std::vector<Phones>& sounds, std::string_view itself) const;

  /// The words with exactly this sound.
  [[nodiscard]] std::vector<Entry> exactly(const Phones& sound) const;

 private:
  struct Node {
    std::vector<std::pair<Phone, std::uint32_t>> next;
    std::vector<std::uint32_t> words;
  };
  [[nodiscard]] const Node* after(const Node& node, Phone phone) const;
  void walk(const Node& node, const Phones& sound, const std::vector<double>& row, double bound,
            const std::function<void(std::uint32_t, double)>& found) const;

  std::vector<Entry> entries_;
  std::vector<Node> nodes_{1};
};

}  // namespace shakedown::perturb
