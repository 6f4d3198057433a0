#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lazy.h"
#include "manifest.h"
#include "shakedown/core/csv.h"
#include "shakedown/datasets/dataset.h"
#include "summary.h"

namespace shakedown::datasets {

/// One clip of a media folder. Empty paths: the data names no such file.
struct ClipEntry {
  SampleInfo info;
  std::string text;
  bool has_text = false;
  std::filesystem::path video;  ///< frames, and sound where `audio` is empty
  std::filesystem::path audio;
  std::filesystem::path faces;  ///< boxes of the main face, see read_face_track(); detected where empty
  std::string expected;         ///< where a clip without files was looked for, for the error of load()
};

/// True when the extension is one of a video container (mp4, mkv, ...) or of a sound file (wav, flac, ...).
[[nodiscard]] bool is_video_name(const std::filesystem::path& file);
[[nodiscard]] bool is_audio_name(const std::filesystem::path& file);

/// Columns of the table that are not in `used`.
[[nodiscard]] std::vector<std::size_t> columns_but(const CsvTable& table, const std::vector<std::size_t>& used);
/// The fields of these columns as metadata of the sample, by the names of the columns.
void add_metadata(const CsvTable& table, const CsvTable::Row& row, const std::vector<std::size_t>& columns,
                  SampleInfo& into);
/// The utterance's mask as metadata. @throws Error(kData) with the line for anything but 0 and 1
void add_mask(const CsvTable& table, const CsvTable::Row& row, std::size_t column, SampleInfo& into);

/// A split whose samples are media files, decoded when they are asked for.
class ClipDataset : public Dataset {
 public:
  struct Contents {
    std::filesystem::path table;  ///< the CSV
    std::vector<ClipEntry> clips;
    std::vector<std::string> labels, notes;
    std::map<std::string, std::size_t> splits;  ///< samples of each split that the table names
    std::size_t ungrouped = 0;                  ///< samples that became groups of their own
  };
  /// @throws Error(kData) as open(): empty split, repeated ids, missing labels
  ClipDataset(Manifest manifest, const OpenOptions& options, Contents contents);

  std::size_t size() const override { return contents_.clips.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_.at(index); }
  Sample load(std::size_t index) const override;
  Shared<Transcript> transcript(std::size_t index) const override;
  Forms forms() const override;
  Shared<FeatureStatistics> statistics(Form) const override { return nullptr; }

  std::string name() const override { return manifest_.name; }
  std::string format() const override { return manifest_.format; }
  std::string convention() const override { return manifest_.convention; }
  std::vector<std::string> label_names() const override { return contents_.labels; }
  std::vector<InputFile> files() const override;
  std::vector<std::string> notes() const override;
  Facts facts() const override;
  std::vector<Warning> warnings() const override { return group_warnings(infos_, contents_.ungrouped); }

 private:
  struct MediaDigest {
    std::size_t files = 0;
    std::uintmax_t bytes = 0;
    bool by_content = true;
    std::string sha256;
  };
  const MediaDigest& digest() const;
  bool has_sound(std::size_t index) const;  ///< false too for a clip that cannot be opened

  Manifest manifest_;
  OpenOptions options_;
  Contents contents_;
  std::vector<SampleInfo> infos_;
  Lazy<Forms> forms_;
  Lazy<MediaDigest> digest_;
};

}  // namespace shakedown::datasets
