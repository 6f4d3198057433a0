#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::datasets {

/// Writes `samples` as the split `split` of an MMSA feature pickle of protocol 4: raw_text, text, text_bert, audio,
/// vision [N, T, D] padded with zeros to the longest ([N, D] where no sample has more than one step), audio_lengths,
/// vision_lengths, id, and the labels under MMSA's names, others under their own. Forms that the first sample lacks are
/// left out; raw media are not written.
/// @throws Error(kData) when samples differ in forms or dimensions, Error(kIncomplete) when the file cannot be written
void write_feature_pickle(const std::filesystem::path& file, const std::string& split,
                          const std::vector<Sample>& samples);

}  // namespace shakedown::datasets
