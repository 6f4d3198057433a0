#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::perturb {

/// WordNet's database (Miller 1995; Fellbaum 1998) as its files hold it, wndb(5WN): index.POS, data.POS and POS.exc of
/// noun, verb, adj and adv. Immutable.
class WordNet {
 public:
  /// Letters as in LexiconEntry::part_of_speech.
  enum class Part : char { kAdjective = 'a', kAdverb = 'd', kNoun = 'n', kVerb = 'v' };
  static constexpr std::array<Part, 4> kParts = {Part::kAdjective, Part::kAdverb, Part::kNoun, Part::kVerb};

  /// @param folder  with the twelve files
  /// @throws Error(kUsage) naming the file when one is missing, above 64 MiB, or its index is not in order
  static WordNet read(const std::string& folder);

  [[nodiscard]] bool has(std::string_view lemma, Part part) const;
  /// Lemmas that `word` (lower case) is a form of, itself first: by the exceptions, else by the endings that
  /// morphy(7WN) detaches.
  [[nodiscard]] std::vector<std::string> lemmas(const std::string& word, Part part) const;
  /// Antonyms of the senses that the tagged texts hold (of the first where they hold none), in the order of their
  /// frequency. A word without one has those of the other words of its sense; an adjective that has none by that either
  /// has those of the head of its cluster, and the adjectives similar to an antonym stand behind it (indirect
  /// antonyms). Single words in lower case; none that stands before or behind nouns only.
  /// @throws Error(kUsage) with file and byte where a line is damaged
  [[nodiscard]] std::vector<std::string> antonyms(std::string_view lemma, Part part) const;
  /// The other words of the most frequent sense; of adjectives also those of similar ones, behind them.
  [[nodiscard]] std::vector<std::string> synonyms(std::string_view lemma, Part part) const;
  /// Forms of `lemma` that are listed as exceptions, in the order of the alphabet.
  [[nodiscard]] std::vector<std::string> irregular(const std::string& lemma, Part part) const;

 private:
  struct Pointer {
    std::string_view symbol;
    std::size_t offset = 0;
    Part part = Part::kNoun;
    std::size_t from = 0, to = 0;  ///< words of the two synsets, from 1; 0: all
  };
  struct Synset {
    bool satellite = false;
    std::vector<std::string> words;  ///< "" for one that cannot stand in another's place
    std::vector<std::string> keys;   ///< as the index spells them
    std::vector<Pointer> pointers;
  };
  struct Senses {
    std::vector<std::size_t> offsets;
    std::size_t tagged = 0;
  };
  struct Files {
    std::string index, data, index_name, data_name;
    std::map<std::string, std::vector<std::string>> lemmas_of, forms_of;  ///< exceptions
  };

  WordNet() = default;
  [[nodiscard]] const Files& files(Part part) const { return files_.at(part); }
  [[nodiscard]] Senses senses(std::string_view lemma, Part part) const;
  [[nodiscard]] Synset synset(std::size_t offset, Part part) const;

  std::map<Part, Files> files_;
};

}  // namespace shakedown::perturb
