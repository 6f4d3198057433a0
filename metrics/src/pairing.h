#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aggregates.h"
#include "jackknife.h"
#include "run_view.h"
#include "shakedown/core/results.h"

/// Two runs on the same inputs, and what both say about one cell.
namespace shakedown::metrics {

/// How strictly two runs must match.
enum class Match {
  kStrict,  ///< same data, split, suite, seed, sample limit and perturbation versions
  kCommon   ///< whatever cells and samples they have in common
};

/// The first five names, and how many more there are.
[[nodiscard]] std::string named(const std::vector<std::string>& ids);

/// A cell that both runs have, with the samples that can be scored in both.
struct CellPair {
  std::size_t baseline = 0, candidate = 0;                ///< indices into the runs' cells
  std::vector<std::pair<std::size_t, std::size_t>> rows;  ///< (sample in baseline, sample in candidate)
  std::size_t failed_in_one = 0, failed_in_both = 0;
  bool weak = false, vacuous = false;  ///< in either run
};

/// What is read from the paired samples of a cell.
struct Measure {
  enum class Kind {
    kMetric,      ///< `metric` of the predictions
    kFlips,       ///< share of decisions that differ from the run's own on the reference cell
    kMovedRight,  ///< of the changed samples with a stated direction, the share that moved that way
    kMovedWrong   ///< the share that moved the other way
  };
  enum class Units { kGroups, kSamples };  ///< what a standard error takes as independent

  MetricSpec metric;  ///< name, direction and range of what is measured, whatever the kind
  Kind kind = Kind::kMetric;
  Units units = Units::kGroups;
  std::string slice;         ///< name of the slice; "" for all samples
  std::vector<char> inside;  ///< one a sample of the candidate; empty for all
};

/// Two runs, matched cell by cell and sample by sample. Refers to both.
class Pairing {
 public:
  /// Fills headers, missing cells, unpaired samples, equal inputs and notes of `comparison`.
  /// @throws Error(kUsage) naming the first difference, Error(kIncomplete) for an incomplete run
  Pairing(const RunData& baseline, const RunData& candidate, Match match, Comparison& comparison);

  [[nodiscard]] const Task& task() const { return baseline_.task(); }
  [[nodiscard]] const std::vector<CellPair>& cells() const { return cells_; }
  [[nodiscard]] const CellRow& row(const CellPair& pair) const { return baseline_.run().cells[pair.baseline]; }
  [[nodiscard]] std::size_t samples_missing_in_candidate() const { return missing_samples_; }
  /// The pairs as aggregates see them.
  [[nodiscard]] std::vector<Candidate> candidates() const;

  /// From here on a prediction whose every output is within `tolerance` of the baseline's counts as equal to it.
  void treat_as_equal_within(double tolerance) {
    tolerance_ = tolerance;
    known_.clear();
  }
  /// Predictions that differ, but within the tolerance.
  [[nodiscard]] std::size_t nearly_equal() const;

  struct Sides {
    Jackknifed baseline, candidate;
    std::size_t n = 0;
  };
  /// The metric of both runs over the paired samples of a cell, kept resampled. What was asked once is remembered, so
  /// that tests of one cell share its draws.
  [[nodiscard]] const Sides& sides(const CellPair& pair, const MetricSpec& metric) const {
    return sides(pair, Measure{metric, Measure::Kind::kMetric, Measure::Units::kGroups, {}, {}});
  }
  [[nodiscard]] const Sides& sides(const CellPair& pair, const Measure& measure) const;
  [[nodiscard]] std::size_t groups() const { return baseline_.group_count(); }
  [[nodiscard]] const RunView& baseline() const { return baseline_; }
  [[nodiscard]] const RunView& candidate() const { return candidate_; }
  /// The pair of that cell id; null where the runs do not share it.
  [[nodiscard]] const CellPair* find(const std::string& id) const;
  /// What the candidate answered, or the baseline where the two count as equal.
  [[nodiscard]] const Outputs& candidate_outputs(const CellPair& pair, std::size_t a, std::size_t b) const;

 private:
  void require_same_inputs(Match match, Comparison& comparison) const;
  void pair_samples(Comparison& comparison);
  void pair_cells(Match match, Comparison& comparison);
  void pair_rows(CellPair& pair, Match match, Comparison& comparison);
  void check_digests(const CellPair& pair, bool same_machine, Comparison& comparison);
  [[nodiscard]] Sides evaluate(const CellPair& pair, const Measure& measure) const;
  [[nodiscard]] bool near(std::span<const double> a, std::span<const double> b) const;

  RunView baseline_, candidate_;
  std::vector<std::pair<std::size_t, std::size_t>> samples_;
  std::vector<CellPair> cells_;
  std::map<std::string, std::size_t> by_id_;  ///< cell id -> position in cells_
  std::size_t missing_samples_ = 0, inputs_ = 0, other_decisions_ = 0, cells_equal_to_rounding_ = 0;
  double tolerance_ = 0;
  mutable std::map<std::pair<std::size_t, std::string>, Sides> known_;  ///< by cell of the baseline and measure
};

}  // namespace shakedown::metrics
