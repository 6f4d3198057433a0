#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "isolated.h"

namespace shakedown::datasets {

/// CMU-MultimodalSDK's computational sequences: /<name>/data/<video>/features [n, d] and intervals [n, 2] in seconds.
struct CsdSources {
  std::map<std::string, std::filesystem::path> sequences;  ///< by role: text, words, audio, vision, labels
  std::string split;
  std::vector<std::string> videos;  ///< of the split; empty: all of the labels
};

/// Cuts the sequences to the intervals of the labels and writes them to `out` as a pickle {split: {id, group, labels,
/// text, audio, vision, raw_text}}: a sample a label, "video[0]" and on as the SDK names them; of each sequence the
/// rows whose interval overlaps the label's, one row of zeros where there is none. Words of a sequence of strings are
/// joined, its pauses ("sp") left out. @throws Error(kData) naming file and video
void write_csd_pickle(const CsdSources& sources, const std::string& out);

}  // namespace shakedown::datasets
