#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/compact.h"
#include "shakedown/core/effect.h"
#include "shakedown/core/hash.h"
#include "shakedown/core/sample.h"
#include "shakedown/core/task.h"

namespace shakedown {

/// A file that went into a run: what later runs must match to be comparable.
struct InputFile {
  std::string role;  ///< "model", "manifest", "data", "suite"
  std::string name;  ///< as given by the user
  std::string sha256;
};

/// How a cell's dose is named and read.
struct DoseInfo {
  std::string name;                 ///< "snr_db"; "" for dose: none
  std::string unit;                 ///< "dB"
  bool fraction = false;            ///< corpus-level sum(taken) / sum(eligible) rather than a mean
  std::optional<double> requested;  ///< in the unit; nothing for dose: none
};

/// One perturbation inside a cell.
struct PartRow {
  std::string perturbation;
  int version = 1;
  Modality modality = Modality::kCross;       ///< by what it writes
  std::map<std::string, std::string> params;  ///< all, exact, defaults filled in
};

/// A cell as it was planned: everything that scoring needs to know beside the outcomes.
struct CellRow {
  std::string id;               ///< readable and stable: "audio.background_noise[noise=babble]@snr_db=10#0"
  std::string family;           ///< id without level and replicate: cells of one curve share it
  std::string definition;       ///< hex hash of names, versions and all parameters: what resume and compare match
  std::vector<PartRow> parts;   ///< empty for a clean cell
  std::string axis;             ///< "severity", "rate", "snr_db"; "" where the cell has no level
  std::optional<double> level;  ///< on that axis, as the suite gave it
  std::optional<double> severity;
  int replicate = 0;
  Modality modality = Modality::kCross;
  LabelEffect label_effect = LabelEffect::kInvariant;
  bool valid = true;      ///< within valid_to
  std::string reference;  ///< id of the clean cell that flips and drops refer to
  DoseInfo dose;
  [[nodiscard]] bool clean() const { return parts.empty(); }
};

/// What became of one sample in one cell.
struct Outcome {
  State state = State::kApplied;
  int direction = 0;
  SharedText reason;
  Outputs outputs;  ///< the K numbers the model gave; empty when failed
  Dose dose;
  Measures measures;
  Digest decisions, media;  ///< none() where nothing was decided or changed
};

struct SampleRow {
  std::string id, group;
  std::map<std::string, Label> labels;
  std::map<std::string, std::string> metadata;
};

/// A cell of the suite that this data or model cannot serve.
struct NotTested {
  std::string what;    ///< cell or perturbation
  std::string reason;  ///< what is missing
  std::string enable;  ///< what would enable it
};

struct Warning {
  std::string id;       ///< stable: "vacuous_modality", ...
  std::string message;  ///< one sentence
  std::vector<std::string> cells;
};

/// What a run was asked to do and with what. `environment` and `timing` are the only parts that may
/// differ between two runs of the same inputs.
struct RunHeader {
  std::string model_name, data_name, suite_name, suite_version;
  std::string split = "test";
  std::uint64_t seed = 0;
  Task task;
  std::vector<InputFile> inputs;
  std::map<std::string, std::string> settings;     ///< requested and effective, "batch_size" -> "32"
  std::map<std::string, std::string> environment;  ///< versions, CPU, BLAS kernel, commit
  std::map<std::string, double> timing;            ///< seconds by phase
  std::map<std::string, double> probes;            ///< model probes at load: largest differences seen
  std::vector<std::string> data_notes;  ///< counts of what was repaired or odd in the data, one sentence each
  std::vector<Warning> warnings;        ///< those known before scoring
  std::vector<NotTested> not_tested;
  std::vector<std::string> trained_with;  ///< globs over perturbation names; see formats.md
};

/// The gate compares, and a baseline file holds, predictions in steps of 1e-5 of the label unit.
inline constexpr double kStepsPerUnit = 1e5;
/// `output` in whole steps; nothing where it is not finite or lies beyond 2^53 steps.
[[nodiscard]] std::optional<std::int64_t> in_steps(double output);

/// What a cell's decisions and media amount to over some samples in run order; 32 hexadecimal digits each.
struct CellDigests {
  std::string decisions, media;
};
/// @throws std::out_of_range when a row has no outcome
[[nodiscard]] CellDigests digest_of(const std::vector<Outcome>& outcomes, const std::vector<std::size_t>& rows);

/// A whole run in memory: what metrics, compare, gate and reports read.
struct RunData {
  RunHeader header;
  std::vector<SampleRow> samples;              ///< in split order
  std::vector<CellRow> cells;                  ///< clean first, then suite order
  std::vector<std::vector<Outcome>> outcomes;  ///< [cell][sample]; a cell that is not complete is empty
  bool complete = true;                        ///< every cell has every sample
  /// Of a run that was read from a baseline file, which has no digest a sample: one a cell over its samples that did
  /// not fail, see digest_of(); else empty.
  std::vector<CellDigests> digests;

  [[nodiscard]] const CellRow* find_cell(const std::string& id) const;
  [[nodiscard]] std::optional<std::size_t> cell_index(const std::string& id) const;
};

/// Puts every finite prediction on the nearest whole step.
void round_predictions(RunData& run);

}  // namespace shakedown
