#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shakedown::perturb {

/// One sense of one form of a word. Partners are in the same form ("loved": "hated") and empty where there is none.
struct LexiconEntry {
  std::string word;         ///< lower case
  double polarity = 0;      ///< sign and strength, -4 to 4; +-1 or less only leans: it is protected, never replaced
  char part_of_speech = 0;  ///< a, d, n, v; x: leans, any; ?: not given
  std::string form;         ///< base, comparative, superlative, adverb, third, past, participle, gerund, plural
  std::string lemma;
  std::string antonym, synonym, neutral;
  std::string context;  ///< rules joined by ';': +after:a,b -after:a -before:a +verb

  [[nodiscard]] bool leans() const { return part_of_speech == 'x'; }
};

/// Lets tables of words be asked with a part of a text.
struct StringHash : std::hash<std::string_view> {
  using is_transparent = void;
};

/// Words with their polarity and what can stand in their place. Immutable.
///
/// The file: UTF-8, one sense a line, fields separated by tabs, # begins a comment: word, polarity [, part of speech,
/// form, lemma, antonym, synonym, neutral, context], or word, polarity as a sign [, strength]. Fields that are left out
/// are empty. Files of others are read as they are (lexicon_formats.h). The two that come with shakedown were written
/// for this project (perturb/data).
class Lexicon {
 public:
  /// @throws Error(kUsage) naming `name`, the line and what is wrong
  Lexicon(std::string_view text, const std::string& name);
  /// A file, or a folder with two lists of words.
  /// @throws Error(kUsage) when it cannot be read or holds no word
  static Lexicon read(const std::string& path);
  /// The one that comes with shakedown: Chinese for "zh...", else English.
  [[nodiscard]] static const Lexicon& builtin(const std::string& language);

  /// All senses of a lower-case word.
  [[nodiscard]] const std::vector<LexiconEntry>& find(std::string_view word) const;
  /// +1 or -1 after its first sense; 0 for a word that is not listed.
  [[nodiscard]] int sign(std::string_view word) const;
  /// Every word, with the sign of its first sense.
  [[nodiscard]] std::vector<std::pair<std::string, int>> signs() const;
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t longest() const { return longest_; }  ///< bytes of the longest word

 private:
  Lexicon(std::vector<LexiconEntry> entries, const std::string& name);
  std::unordered_map<std::string, std::vector<LexiconEntry>, StringHash, std::equal_to<>> words_;
  std::size_t size_ = 0, longest_ = 0;
};

}  // namespace shakedown::perturb
