#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// The name of a model family stands for how its released models were fed: the kind of tokenizer, the special tokens
/// and their places, padding and token type ids.
struct TokenizerFamily {
  enum class Kind {
    kWordPiece,      ///< vocab.txt, one token a line (Devlin et al. 2019)
    kBytePair,       ///< vocab.json and merges.txt (Radford et al. 2019)
    kSentencePiece,  ///< a .model of the SentencePiece library (Kudo and Richardson 2018)
  };
  std::string_view name;
  Kind kind = Kind::kWordPiece;
  std::vector<std::string_view> before, after;  ///< special tokens around the text
  std::string_view pad, unknown;
  bool pads_left = false;
  std::int64_t last_segment = 0, pad_segment = 0;  ///< token type ids of the last special token and of padding
  bool has_case_option = false;                    ///< `lower_case` may be chosen
  bool lower_case = false;                         ///< what it is unless chosen
  bool prepares = false;                    ///< quotes, accents and white space as XLNet's prepro_utils.py has them
  bool counts_as_fairseq = false;           ///< ids start with <s> <pad> </s> <unk>, not as in the .model
  std::int64_t unknown_id = 0, pad_id = 0;  ///< in the vocabularies of the released models

  [[nodiscard]] TokenLayout layout() const { return {before.size(), after.size(), pads_left, unknown_id, pad_id}; }
};
[[nodiscard]] const std::vector<TokenizerFamily>& tokenizer_families();
/// Null for another name.
[[nodiscard]] const TokenizerFamily* find_tokenizer_family(std::string_view name);

/// Makes the ids of a text as a model family was trained on them. Immutable, thread-safe.
///
/// Text is text: a "[SEP]" or "</s>" that a user typed is split like any other characters and never becomes the
/// special token.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  /// Pieces without specials. @throws Error(kData) when `text` is not UTF-8 or has more than 512 MiB
  [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text) const;
  /// Pieces and specials, pieces cut from the end and padded so that there are `length` tokens.
  /// @throws as encode; Error(kUsage) when the specials do not fit into `length`, or `length` is 0
  [[nodiscard]] Tokens tokenize(std::string_view text, std::size_t length) const;
  /// Pieces and specials without padding, at most `most` tokens.
  [[nodiscard]] Tokens tokenize_up_to(std::string_view text, std::size_t most) const;
  /// Padded to `length`, on the side and with the id and token type of the family; longer ones stay.
  [[nodiscard]] Tokens padded(const Tokens& tokens, std::size_t length) const;
  [[nodiscard]] std::int64_t unknown_id() const { return frame_.unknown; }
  [[nodiscard]] bool pads_left() const { return frame_.pads_left; }

 protected:
  /// Ids of a family's special tokens.
  struct Frame {
    std::vector<std::int64_t> before, after;
    std::int64_t pad = 0, unknown = 0;
    std::int64_t last_segment = 0, pad_segment = 0;
    bool pads_left = false;
  };
  explicit Tokenizer(Frame frame) : frame_(std::move(frame)) {}
  /// Ids of the pieces of UTF-8 text.
  [[nodiscard]] virtual std::vector<std::int64_t> pieces(std::string_view text) const = 0;

 private:
  [[nodiscard]] Tokens framed(std::vector<std::int64_t> pieces, std::size_t most) const;
  Frame frame_;
};

/// A vocabulary: its bytes, and what errors call it.
struct VocabularyText {
  std::string name, text;
};
struct TokenizerFiles {
  VocabularyText vocab;
  VocabularyText merges;  ///< byte-pair families only
};
struct TokenizerOptions {
  bool lower_case = true;     ///< families that may choose; WordPiece strips accents with it
  bool prefix_space = false;  ///< byte-pair: the first word as if a blank stood before it
};
/// @throws Error(kData) "NAME: what is wrong" when a vocabulary is none of this kind or lacks a special token
[[nodiscard]] std::unique_ptr<const Tokenizer> make_tokenizer(const TokenizerFamily& family,
                                                              const TokenizerFiles& files,
                                                              const TokenizerOptions& options);

/// No vocabulary is larger.
inline constexpr std::size_t kMostVocabularyBytes = std::size_t{64} << 20U;

}  // namespace shakedown::media
