#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shakedown/core/error.h"
#include "shakedown/media/tokenizer.h"

namespace shakedown::media {

struct PieceHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using PieceIds = std::unordered_map<std::string, std::int64_t, PieceHash, std::equal_to<>>;

[[nodiscard]] std::unique_ptr<const Tokenizer> make_word_piece(const TokenizerFamily& family,
                                                               const VocabularyText& vocab,
                                                               const TokenizerOptions& options);
[[nodiscard]] std::unique_ptr<const Tokenizer> make_byte_pair(const TokenizerFamily& family,
                                                              const TokenizerFiles& files,
                                                              const TokenizerOptions& options);
[[nodiscard]] std::unique_ptr<const Tokenizer> make_sentence_piece(const TokenizerFamily& family,
                                                                   const VocabularyText& model,
                                                                   const TokenizerOptions& options);

/// The family's special tokens by `id_of`, which gives -1 for a piece that the vocabulary lacks.
/// @throws Error(kData) naming `vocabulary` and the first that is missing
template <class Frame>
Frame frame_of(const TokenizerFamily& family, const std::string& vocabulary,
               const std::function<std::int64_t(std::string_view)>& id_of) {
  const auto id = [&](std::string_view piece) {
    const std::int64_t found = id_of(piece);
    if (found >= 0) return found;
    throw Error(ErrorKind::kData, vocabulary + ": has no " + std::string(piece) + ": a vocabulary for tokenizer " +
                                      std::string(family.name) + " has it");
  };
  Frame frame;
  for (const auto piece : family.before) frame.before.push_back(id(piece));
  for (const auto piece : family.after) frame.after.push_back(id(piece));
  frame.pad = id(family.pad);
  frame.unknown = id(family.unknown);
  frame.last_segment = family.last_segment;
  frame.pad_segment = family.pad_segment;
  frame.pads_left = family.pads_left;
  return frame;
}

}  // namespace shakedown::media
