#pragma once

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets {

/// Writes `samples` as the split `split` of an MMSA feature pickle of protocol 4: raw_text, text, text_bert, audio,
/// vision [N, T, D] padded with zeros to the longest ([N, D] where no sample has more than one step), audio_lengths,
/// vision_lengths, id, and the labels under MMSA's names, others under their own. Forms that the first sample lacks are
/// left out; raw media are not written.
/// @throws Error(kData) when samples differ in forms or dimensions, Error(kIncomplete) when the file cannot be written
void write_feature_pickle(const std::filesystem::path& file, const std::string& split,
                          const std::vector<Sample>& samples);

/// Writes a split of clips as a media folder that open() reads back, sample by sample: label.csv with MMSA's columns
/// and those of the data, Raw/<video_id>/<clip_id>.mp4 (of a sample without frames .wav) as media::write_mp4() makes
/// them, and a data.yaml. The sound of a clip lies inside its mp4. Where an id holds no `$_$` its group is the folder;
/// names that a file cannot have are replaced by numbers, while the column `id` keeps the id as it is. Word times are
/// not written.
class MediaFolderWriter {
 public:
  /// @param like gives labels, metadata, name and convention @throws Error(kIncomplete) when the folder cannot be made
  MediaFolderWriter(std::filesystem::path folder, const Dataset& like, std::string split);

  /// @return why the sample was left out, "" when it was written: no frames and no sound, frames of several sizes
  /// @throws Error(kIncomplete) when it cannot be written
  [[nodiscard]] std::string add(const Sample& sample);

  /// Writes label.csv and data.yaml. @throws Error(kIncomplete)
  void finish();

 private:
  std::filesystem::path folder_;
  std::string split_, manifest_, table_;
  std::vector<std::string> header_, labels_, metadata_;
  std::set<std::string> files_;  ///< written, below folder_
  std::size_t rows_ = 0;
};

}  // namespace shakedown::datasets
