#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "shakedown/datasets/dataset.h"
#include "shakedown/media/decode.h"

namespace shakedown::datasets {

/// Where one label comes from: a key of the pickle or a column of the CSV.
struct LabelSource {
  std::string name;        ///< as tasks refer to it: "regression", "emotion"
  std::string key;         ///< in the data
  std::size_t column = 0;  ///< where the key holds several numbers a sample
};

/// What data.yaml says (schema shakedown.data/1), or what opening a bare file or folder stands for:
///
///     schema: shakedown.data/1
///     format: mmsa                 # mmsa | npz | csd | facialmmt | media | meld
///     name: mosei                  # default: the name of the file or folder
///     path: features               # folder of everything below; default: that of data.yaml
///     file: all.pkl                # one file that holds all splits (media: the CSV, default label.csv)
///     files: {train: a.pkl, test: b.pkl}     # or one file a split
///     sequences: {words: w.csd, text: g.csd, audio: c.csd, vision: f.csd, labels: l.csd}   # csd: file by role
///     videos: {train: train.txt, test: test.txt}         # csd: ids of a split's videos, one a line
///     keys: {text: language, audio: acoustic, vision: visual, labels: labels, id: ids}   # role: name in the data
///     labels: {regression: labels, happy: {key: emotions, column: 3}}        # default: the usual names of the format
///     group: video                 # key or column of a sample's cluster
///     speaker: actor               # key or column in which donors must differ; default: the group
///     columns: {audio: {pitch: 0, mfcc: [5, 17]}, vision: {aus: [0, 17]}}    # dimension, or [first, behind the last]
///     columns: {vision: openface-709, audio: none}        # or a layout that ships; none: do not guess by the number
///     tokenizer: xlnet             # whose ids text_bert holds, by the names of a model's `tokenizer:`; default: bert
///     normalise: [audio, vision]   # by mean and standard deviation of the train split, before any perturbation
///     convention: mosei            # mosi | mosei | sims | simsv2 | plain
///     video: {fps: 25, max_side: 640, max_seconds: 60}
///     language: en                 # of the transcripts, BCP 47
///
/// Roles of `keys`: mmsa raw_text, text, text_bert, audio, vision, audio_lengths, vision_lengths, labels, id; media
/// video_id, clip_id, id, text, labels, mode, mask (0: not scored), audio, video (the last two name columns of file
/// paths).
struct Manifest {
  std::filesystem::path manifest_file;  ///< empty when there is none
  std::string name, format;
  std::filesystem::path root;                              ///< folder that clips are looked up in
  std::map<std::string, std::filesystem::path> files;      ///< by split; under "" a file of all splits
  std::map<std::string, std::filesystem::path> sequences;  ///< csd: by role
  std::map<std::string, std::filesystem::path> videos;     ///< csd: by split; empty: all videos are the split's
  std::map<std::string, std::string> keys;                 ///< `group` and `speaker` included
  std::vector<LabelSource> labels;                         ///< empty: by the usual names
  std::vector<ColumnBlock> columns;
  std::vector<Form> normalise;
  TokenLayout token_layout;             ///< of stored token ids
  std::map<Form, std::string> layouts;  ///< a layout by its name, or "none", where `columns:` gives that
  std::string convention, language;
  media::DecodeLimits limits;

  /// The data's name for `role`, or `fallback`.
  [[nodiscard]] std::string key(const std::string& role, const std::string& fallback) const;
};

/// @throws Error(kUsage) with file and line for a wrong key or value
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& file);

/// The names under which a split is known: valid, val and dev are one.
[[nodiscard]] std::vector<std::string> split_names(const std::string& split);
/// The file of `split` in `files`: by one of its names, else the file of all splits; null when there is neither.
[[nodiscard]] const std::filesystem::path* file_of(const Manifest& manifest, const std::string& split);

}  // namespace shakedown::datasets
