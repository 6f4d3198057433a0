#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/lexicon.h"
#include "text/wordnet.h"

namespace shakedown::perturb {

/// Antonyms and synonyms that WordNet has for the English words of a lexicon, in the same grammatical form ("abhorred":
/// "admired"). WordNet knows no polarity, so that a partner is taken only where a lexicon rates it: an antonym must
/// have the other sign, a synonym the same one, in the lexicon itself, or, where that lacks it, in the one that comes
/// with shakedown. Immutable.
class WordNetPartners {
 public:
  /// What became of the words; a word that is several parts of speech counts for each.
  struct Counts {
    std::size_t words = 0;  ///< of the lexicon, in WordNet
    std::size_t antonyms = 0, synonyms = 0;
    std::size_t unrated = 0;   ///< words whose antonyms no lexicon rates
    std::size_t unturned = 0;  ///< words whose rated antonyms all have the same sign
  };

  /// @throws Error(kUsage) as WordNet::antonyms()
  WordNetPartners(const WordNet& wordnet, const Lexicon& lexicon);

  /// The senses of a lower-case word, each with what was found; at most one a part of speech.
  [[nodiscard]] const std::vector<LexiconEntry>& find(std::string_view word) const;
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  std::unordered_map<std::string, std::vector<LexiconEntry>, StringHash, std::equal_to<>> senses_;
  Counts counts_;
};

/// `lemma` in one of the forms of LexiconEntry::form; "" where it has none, or more than one ("past" where past and
/// participle differ and `form` is "past/participle").
[[nodiscard]] std::string inflected(const WordNet& wordnet, const std::string& lemma, WordNet::Part part,
                                    std::string_view form);

}  // namespace shakedown::perturb
