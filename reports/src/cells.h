#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/results.h"

namespace shakedown::reports {

/// Questions about cells that several renderings ask. Nothing is scored here: values come from Results.

[[nodiscard]] bool higher_is_better(const Results& results, const std::string& metric);

/// "audio"; a cell that writes more than one is "several modalities".
[[nodiscard]] std::string modality_title(Modality modality);

/// "audio.background_noise"; parts of a composition joined by "+"; "clean".
[[nodiscard]] std::string perturbation_name(const CellRow& cell);

/// True for cells of this class that count as evidence: valid, neither weak nor vacuous. The worst cell is one of them.
[[nodiscard]] bool is_scored(const CellResult& cell, LabelEffect effect);

/// True for those that enter the class's mean as well: compositions and cross.* stand apart.
[[nodiscard]] bool counts(const CellResult& cell, LabelEffect effect);

/// The clean cell that `cell` is compared with; the first clean cell when it names none. May be null.
[[nodiscard]] const CellResult* reference_of(const Results& results, const CellResult& cell);
/// The input as stored: the first clean cell. May be null.
[[nodiscard]] const CellResult* clean_cell(const Results& results);

[[nodiscard]] const Score* score_of(const CellResult& cell, const std::string& metric);

/// Metric of the cell minus that of its reference; nothing when either is undefined.
[[nodiscard]] std::optional<double> change_of(const Results& results, const CellResult& cell,
                                              const std::string& metric);

/// Whether the interval of its change lies wholly on one side of 0. One cell by itself: nothing is corrected for.
[[nodiscard]] bool is_significant(const CellResult& cell);

/// The scored invariant cell with the worst primary metric; null when there is none.
[[nodiscard]] const CellResult* worst_cell(const Results& results);

/// "snr_db 10 dB", "severity 3", "" without a level.
[[nodiscard]] std::string level_text(const CellRow& cell);

/// A level on the cell's axis: "10 dB" where the axis is the dose, "30 %" for fractions, else the number.
[[nodiscard]] std::string level_value(const CellRow& cell, double level);

/// Warnings of the scoring and, where it did not repeat them, those known before it.
[[nodiscard]] std::vector<Warning> all_warnings(const Results& results);

/// Cells that a stopped run has not finished, by what the results say of them.
[[nodiscard]] std::vector<std::string> incomplete_cells(const Results& results);

/// The command that makes this run again, from what it recorded.
[[nodiscard]] std::string reproduce_command(const RunHeader& header);

}  // namespace shakedown::reports
