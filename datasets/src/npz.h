#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "pickle.h"

namespace shakedown::datasets {

struct NpzLimits {
  std::size_t inflated_bytes = std::size_t{4} << 30;  ///< of all compressed arrays together
  bool checksums = true;                              ///< off for fuzzing only
};

/// The arrays of an .npz file (numpy.savez, savez_compressed) as a dict; a name with slashes ("train/audio") makes
/// nested dicts. Stored arrays are read where they lie in `bytes`, compressed ones inflated into `inflated`; object
/// arrays go through the unpickler. Bytes, objects and buffers must outlive the result.
/// @throws Error(kData) naming the array, for anything that is not a whole .npz file
[[nodiscard]] const PickleObject* read_npz(std::string_view bytes, const NpzLimits& limits,
                                           std::deque<PickleObject>& objects, std::deque<std::string>& inflated);

}  // namespace shakedown::datasets
