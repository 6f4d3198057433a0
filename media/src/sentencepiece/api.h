#pragma once

#include <cstddef>

namespace shakedown::media {

/// What media takes of the SentencePiece library. Debian's carries and exports an older protobuf than the one that
/// OpenCV and LibTorch load, and the two in one scope crash at start: it lives in a library of its own, opened in a
/// namespace of its own when a .model is first read. Only plain types cross, and what one side allocates it frees.
struct SentencePieceApi {
  void* (*open)(const char* bytes, std::size_t size);  ///< null when it is no model
  void (*close)(void* model);
  int (*pieces)(const void* model);
  int (*unknown)(const void* model);
  const char* (*piece)(const void* model, int id);                    ///< `id` in [0, pieces)
  int (*id)(const void* model, const char* piece, std::size_t size);  ///< that of unknown for what is no piece
  /// Hands the ids of UTF-8 text to `take`; false when the library could not take it apart.
  bool (*encode)(const void* model, const char* text, std::size_t size,
                 void (*take)(void* to, const int* ids, std::size_t count), void* to);
};

inline constexpr const char* kSentencePieceSymbol = "shakedown_sentencepiece_1";
using SentencePieceFactory = const SentencePieceApi* (*)();

}  // namespace shakedown::media
