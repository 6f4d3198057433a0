#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "manifest.h"
#include "pickle.h"

namespace shakedown::datasets {

/// The features, ids and labels of `split` as the dict that MMSA's pickles hold, whatever files they come from:
/// mmsa (a pickle), npz, csd (cut to the labels by a child process), facialmmt (two pickles and a profile).
/// @param memory_bytes  bounds what is inflated or converted
/// @throws Error(kData) naming the file
[[nodiscard]] std::shared_ptr<const Pickle> open_features(const Manifest& manifest, const std::string& split,
                                                          std::size_t memory_bytes);

/// Names the files of a FacialMMT folder in `manifest`: its splits are those whose pickles are there.
/// @throws Error(kData) when there are none
void find_facialmmt(Manifest& manifest);

}  // namespace shakedown::datasets
