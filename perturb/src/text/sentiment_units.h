#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"
#include "text/clause.h"
#include "text/rewrite.h"
#include "text/wordnet_partners.h"

namespace shakedown::perturb {

/// A sentiment word of a transcript in the sense that its neighbours suggest.
struct SentimentUnit {
  std::size_t token = 0;
  LexiconEntry sense;
};

/// A transcript read for its sentiment words.
struct SentimentText {
  std::vector<Token> tokens;
  std::vector<SentimentUnit> units;
  std::optional<int> polarity = {};  ///< polarity_of() the tokens, where they were found by the lexicon for that
};

/// The lexicon of a `lexicon:` parameter: the file's words, or the built-in ones where it is "". A word of the file
/// that names no partner takes those of the built-in lexicon, and then, in English, those of WordNet where one is
/// given.
class SentimentReader {
 public:
  /// @param wordnet  folder of WordNet's files, "auto" for kWordNetFolder, "" for none
  /// @throws Error(kUsage) as Lexicon::read() and WordNet::read()
  explicit SentimentReader(const std::string& path, const std::string& wordnet = "");
  [[nodiscard]] SentimentText read(const Transcript& transcript) const;

 private:
  [[nodiscard]] std::optional<LexiconEntry> sense_of(const std::vector<Token>& tokens, std::size_t at,
                                                     const std::string& language) const;
  /// Of what WordNet has for tokens[at]; null where it has nothing. `noun`, `verb`: what our own lexicon expects there.
  [[nodiscard]] const LexiconEntry* wordnet_sense(const std::vector<Token>& tokens, std::size_t at, bool noun,
                                                  bool verb) const;
  std::shared_ptr<const Lexicon> own_;
  std::shared_ptr<const WordNetPartners> wordnet_;
};

/// `word` written like `original`: all capitals, a capital first, or as it is.
[[nodiscard]] std::string in_case_of(std::string_view original, const std::string& word);

/// The edit that takes the negator at `token` away ("isn't" becomes "is"); nothing where English needs another
/// sentence for that ("nobody", "without").
[[nodiscard]] std::optional<Edit> without_negator(const Transcript& transcript, const std::vector<Token>& tokens,
                                                  std::size_t token);

/// A pronoun, auxiliary or "to" in front, adverbs apart: the word behind it is a verb.
[[nodiscard]] bool verb_follows(const std::vector<Token>& tokens, std::size_t at);
/// An adverb that may stand between a subject or an auxiliary and its verb.
[[nodiscard]] bool is_plain_adverb(const std::string& word);
/// Whether tokens[at - 1] is in the same clause.
[[nodiscard]] bool has_left(const std::vector<Token>& tokens, std::size_t at);

}  // namespace shakedown::perturb
