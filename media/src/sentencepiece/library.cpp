#include <memory>
#include <sentencepiece_processor.h>
#include <string_view>
#include <vector>

#include "api.h"

namespace {

using sentencepiece::SentencePieceProcessor;
using shakedown::media::SentencePieceApi;

const SentencePieceProcessor& processor(const void* model) {
  return *static_cast<const SentencePieceProcessor*>(model);
}

// Exceptions (memory, a text too long) end here as "no".
template <class Function, class Result>
Result guarded(Result otherwise, Function&& function) {
  try {
    return function();
  } catch (...) {
    return otherwise;
  }
}

void* open(const char* bytes, std::size_t size) {
  return guarded(static_cast<void*>(nullptr), [&]() -> void* {
    auto model = std::make_unique<SentencePieceProcessor>();
    const bool good = model->LoadFromSerializedProto(std::string_view(bytes, size)).ok() && model->GetPieceSize() > 0;
    return good ? model.release() : nullptr;
  });
}

void close(void* model) {
  delete static_cast<SentencePieceProcessor*>(model);
}

int pieces(const void* model) {
  return processor(model).GetPieceSize();
}

int unknown(const void* model) {
  return processor(model).unk_id();
}

const char* piece(const void* model, int id) {
  return processor(model).IdToPiece(id).c_str();
}

int id(const void* model, const char* piece, std::size_t size) {
  return processor(model).PieceToId(std::string_view(piece, size));
}

bool encode(const void* model, const char* text, std::size_t size,
            void (*take)(void* to, const int* ids, std::size_t count), void* to) {
  return guarded(false, [&] {
    std::vector<int> ids;
    if (!processor(model).Encode(std::string_view(text, size), &ids).ok()) return false;
    take(to, ids.data(), ids.size());
    return true;
  });
}

constexpr SentencePieceApi kApi{open, close, pieces, unknown, piece, id, encode};

}  // namespace

extern "C" __attribute__((visibility("default"))) const SentencePieceApi* shakedown_sentencepiece_1() {
  return &kApi;
}
