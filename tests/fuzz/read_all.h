#pragma once

#include <span>
#include <vector>

#include "pickle.h"
#include "shakedown/core/error.h"

namespace shakedown::datasets::fuzz {

/// Reads the values of every array, number and text under `object`, to a depth; refusals are part of reading.
inline void read_all(const PickleObject& object, int depth) {
  constexpr std::size_t kRows = 64, kItems = 1 << 16;
  try {
    switch (object.kind) {
      case PickleObject::Kind::kArray: {
        const NdArray& array = object.array();
        if (array.row_items() > kItems) return;
        std::vector<float> row(array.row_items());
        for (std::size_t i = 0; i < array.rows() && i < kRows; ++i) {
          const char kind = array.type().kind;
          if ((kind == 'U' || kind == 'S') && !row.empty()) {
            (void)array.text(i, row.size() - 1);
          } else {
            array.read_row(i, std::span(row));
          }
        }
        break;
      }
      case PickleObject::Kind::kList:
      case PickleObject::Kind::kTuple:
      case PickleObject::Kind::kSet:
      case PickleObject::Kind::kDict:
        if (depth == 0) return;
        if (object.kind == PickleObject::Kind::kDict) (void)object.keys();
        for (const PickleObject* const item : object.items()) read_all(*item, depth - 1);
        break;
      default:
        if (object.is_number()) {
          (void)object.number();
        } else {
          (void)object.text();
        }
    }
  } catch (const Error&) {
  }
}

}  // namespace shakedown::datasets::fuzz
