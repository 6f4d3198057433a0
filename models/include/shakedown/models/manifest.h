#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"
#include "shakedown/core/task.h"
#include "shakedown/core/yaml.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/tokenizer.h"

namespace shakedown::models {

/// A vocabulary file; its content is set where it travels inside the TorchScript file.
struct Vocabulary {
  std::filesystem::path file;
  Shared<std::string> content;

  [[nodiscard]] bool empty() const { return file.empty(); }
};

/// One argument of forward(), or one element of a tuple argument.
struct InputSpec {
  std::vector<InputSpec> tuple;  ///< not empty: a nested tuple, nothing else is set
  std::string from;              ///< "text.bert", "audio.features", "audio.lengths", "constant", "none", ...
  std::string part;              ///< text.tokens: "ids", "mask" or "segments"; "": a tuple of the three
  bool inverted = false;         ///< <x>.mask: 1 (true) on padding instead of on valid steps
  std::string argument;          ///< name of forward()'s argument, when known
  std::string dtype;             ///< "float32", "float64", "int64", "int32", "bool", "uint8"
  std::string layout;  ///< "BTC", "TBC", "BCT", "B3T", "BT", "BTHWC", "BTCHW" (frames), "B"; see docs/export.md.
                       ///< With `row: dialogue` U, the utterances of a row, is an axis too: "BUTC", "UBC"
  std::optional<std::size_t> length;             ///< pad / truncate the time axis to it
  bool pool_mean = false;                        ///< average over the padded time axis, [B,1,d]
  std::vector<double> mean, standard_deviation;  ///< normalisation constants, one or one a dimension
  double constant = 0;                           ///< from: constant
  std::string tokenizer;                         ///< text.bert, text.tokens: family of `vocab`, such as "bert"
  Vocabulary vocab, merges;                      ///< text.bert, text.tokens; `merges` of byte-pair families only
  media::TokenizerOptions tokenizer_options;
  media::LogMelOptions mel;           ///< audio.logmel, audio.mfcc
  int coefficients = 13;              ///< audio.mfcc
  int side = 0;                       ///< video.frames, video.faces: pixels; 0 keeps the frame's size
  double margin = 0.2;                ///< video.faces
  double fps = 0;                     ///< video.frames, video.faces: sampled at this rate; 0: every frame
  int sample_rate_hz = 0;             ///< audio.waveform: resampled to; 0: native
  std::vector<std::string> speakers;  ///< dialogue.speakers: names in the model's order, "*" for all others
  std::size_t speaker_count = 0;      ///< dialogue.speakers without names: places in order of appearance
};

/// Where in forward()'s result the predictions are.
struct OutputSpec {
  enum class Layout { kRows, kUtterances, kPacked };  // [B,K] or [B,U,K]; [U,B,K]; [all utterances in order, K]
  std::optional<std::string> key;
  std::optional<std::size_t> index;
  Layout layout = Layout::kRows;
};

/// The tokenizer of an input with a vocabulary; null without one. @throws Error(kData) when it cannot be read
[[nodiscard]] std::unique_ptr<const media::Tokenizer> make_tokenizer(const InputSpec& input);

/// What a model reads and gives: model.yaml, or the same text inside the TorchScript file.
struct Manifest {
  std::string name;
  std::vector<std::filesystem::path> torchscript;  ///< several: training seeds, or one a level
  std::string level_axis;                          ///< "rate" where each level of that axis has a checkpoint; else ""
  std::vector<double> levels;  ///< of each of `torchscript`; the identity of the axis serves clean cells
  std::optional<Task> task;    ///< nothing: derived from output and data
  std::vector<InputSpec> inputs;
  OutputSpec output;
  std::optional<std::size_t> fixed_batch;
  bool dialogues = false;  ///< a row is a dialogue, its utterances in order, and gives one prediction each
  std::optional<std::size_t> utterances;  ///< of dialogues: rows are padded to so many
  std::vector<std::string> trained_with;
  std::string text;  ///< the YAML it was read from, "" when matched by argument names

  /// @throws Error(kUsage) with file:line; paths are relative to `folder`
  static Manifest parse(const Yaml& yaml, const std::filesystem::path& folder);

  /// Forms read, directly (stored features, tokens) or through a front end (waveform, frames, transcript).
  /// text.bert with a vocab reads tokens or, where those are absent, the transcript.
  [[nodiscard]] Forms reads() const;
  [[nodiscard]] InputLimits limits() const;
};

}  // namespace shakedown::models
