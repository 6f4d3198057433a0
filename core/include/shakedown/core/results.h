#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/run_data.h"

namespace shakedown {

/// A figure with what it takes to read it. Undefined (`value` empty) carries its reason, never 0.
struct Score {
  std::optional<double> value;
  std::optional<double> low, high;  ///< 95 % interval by groups
  std::optional<double> floor;      ///< the best constant predictor's value on the same labels
  std::optional<double> skill;      ///< (value - floor) / (perfect - floor); errors: 1 - value / floor
  std::size_t n = 0;
  std::string why;  ///< why value (or the interval) is undefined
};
using Scores = std::map<std::string, Score>;  ///< by metric name

struct DoseSummary {
  std::optional<double> mean, min, max;  ///< of the realised dose; corpus-level for fractions
  std::optional<double> effective;
  std::optional<double> of_all;  ///< fractions: taken / all units
  double beyond = 0;             ///< share of the units hit that lie beyond the model's input
};

struct CellResult {
  CellRow cell;
  std::size_t n = 0, applied = 0, unchanged = 0, ineligible = 0, skipped = 0, failed = 0;
  std::map<std::string, std::size_t> reasons;
  DoseSummary dose;
  /// Means over the samples that state them, rates pooled (see pool()); "name.clean" is that of the reference.
  std::map<std::string, double> measures;
  Scores metrics;                    ///< over all but failed samples
  Scores metrics_applied;            ///< leaving skipped and ineligible out
  Score change;                      ///< primary metric minus that of the reference, with the jackknife's interval
  std::optional<double> detectable;  ///< smallest change that would be found here: one-sided at 5 %, with power .8
  Scores flips;  ///< "all", "harmful", "beneficial", "mean_shift", "flip_beyond" against the reference
  /// The same against clean#0, the input as it is stored; where the reference is another, and of that one itself.
  Score change_from_stored;
  Scores flips_from_stored;
  Scores direction;                                 ///< directional cells: moved_right, unmoved, moved_wrong
  std::vector<std::vector<std::size_t>> confusion;  ///< classification: samples by label (rows) and decision (columns)
  bool weak = false;                                ///< more than 10 % skipped: left out of means
  bool vacuous = false;                             ///< writes only a modality that the model ignores
};

struct CurvePoint {
  double x = 0;  ///< level on the axis
  std::string cell;
  Score score;
};

struct Curve {
  std::string id;  ///< family, replicates averaged
  std::string perturbation, metric, axis;
  LabelEffect label_effect = LabelEffect::kInvariant;
  std::vector<CurvePoint> points;        ///< by x; the reference stands at the identity where the axis has one
  std::vector<double> grid;              ///< x of each point of the area, as it was integrated
  Score auc;                             ///< trapezoid over the grid
  std::optional<double> auc_normalised;  ///< auc / (max - min of the grid)
  std::optional<double> worst;
  std::optional<double> retention;  ///< skill(last) / skill(clean)
  std::string retention_why;
};

/// The primary metric on part of the samples.
struct Slice {
  std::string by, value;  ///< "label" "negative"; "words" "5 to 9"; a metadata column and its value
  std::size_t n = 0, groups = 0;
  Scores scores;  ///< "clean", and the means of the summary: "stress_mean", "stress_mean[audio]", ...
};

/// A slice that scores worse than all other samples.
struct SliceFinding {
  std::string by, value, figure;          ///< figure: a key of Slice::scores
  std::optional<double> inside, outside;  ///< the metric on the slice, and on the rest
  std::optional<double> difference;       ///< oriented: negative is worse
  std::optional<double> low, high;        ///< its 95 % interval
  double p_value = 1, q_value = 1;        ///< one-sided; q after Benjamini and Hochberg over all that was searched
};

struct Slices {
  std::vector<Slice> slices;
  std::vector<SliceFinding> worst;  ///< q at most .05, the largest differences first
  std::size_t searched = 0;         ///< slices x figures that were tested
  std::vector<std::string> notes;   ///< what was not sliced, and why
};

/// Shapley values of the modalities for one way of taking them away, under one condition. Names of subsets are "none",
/// "text", "text+audio", ...; those of modalities "text", "audio", "video".
struct Attribution {
  std::string condition = "clean";  ///< or the cell to which modalities were taken away: "missing.random@rate=0.3#0"
  std::string axis;                 ///< of that cell; "" for clean
  std::optional<double> level;
  std::string removal;             ///< "fill", or "marginal": donors, predictions averaged
  std::size_t draws = 1;           ///< predictions that were averaged
  std::vector<std::string> order;  ///< modalities by their value for the primary metric, the largest first
  Score gain;                      ///< primary metric with everything minus with nothing; positive is better
  Scores kept;                     ///< the primary metric by subset
  Scores together;                 ///< by subset: what it brings beyond its parts (Harsanyi dividends); add up to gain
  std::map<std::string, Scores> metric;  ///< metric -> modality -> Shapley value; positive is better
  Scores loss;        ///< by modality: mean over samples of the Shapley value of the loss that it spares
  Scores prediction;  ///< by modality: mean over samples of |Shapley value of the prediction|
  Scores decides;     ///< by modality: share of samples where that is the largest of all
  std::string why;    ///< why there is nothing of all this
};

/// The model against its best approximation by a sum of functions of one modality each.
struct Interaction {
  std::size_t draws = 0;             ///< donors per sample
  bool exact = false;                ///< every combination of clips was asked
  Scores full, additive;             ///< by metric
  Scores gain;                       ///< by metric: cross-modal gain, full against additive; positive is better
  Score jointly;                     ///< share of samples right with the model and wrong with its additive projection
  Score additively;                  ///< the reverse
  std::optional<double> draw_error;  ///< standard error of the primary gain that comes from the donors drawn
  std::string why;
};

/// Whom the prediction follows when one modality contradicts the others.
struct Conflict {
  std::string modality;
  Score follows;  ///< decision is the donor's label
  Score keeps;    ///< decision is the sample's own label
  Score neither;
  Score control_follows;  ///< the same decision, when the donor has the sample's label
  Score excess;           ///< follows - control_follows, sample by sample
};

/// What the model takes its decisions from.
struct ModelUse {
  std::vector<Attribution> attributions;  ///< clean first, then by condition
  std::optional<Interaction> interaction;
  std::vector<Conflict> conflicts;
  Scores shuffle;  ///< by modality: primary metric lost when it is permuted over the split; positive is a loss
  std::vector<std::string> notes;
  [[nodiscard]] bool empty() const {
    return attributions.empty() && !interaction && conflicts.empty() && shuffle.empty();
  }
};

struct MetricInfo {
  std::string name, definition;
  bool higher_is_better = true;
};

/// Everything that is derived from a run: what results.json holds and reports render.
struct Results {
  RunHeader header;
  std::string primary;
  std::string interval;  ///< how the intervals of the primary metric and of aggregates were made
  std::size_t samples = 0, groups = 0;
  std::vector<CellResult> cells;
  std::vector<Curve> curves;
  Scores summary;  ///< "stress_mean", "information_loss", "worst", per family "stress_mean[audio]"
  std::map<std::string, std::string> summary_notes;  ///< which cells entered each, in words
  Slices slices;
  ModelUse model_use;
  std::vector<Warning> warnings;
  std::vector<MetricInfo> metrics_info;
  bool complete = true;

  [[nodiscard]] const CellResult* find(const std::string& id) const;
};

/// One rule of a comparison or gate, with its verdict.
enum class Verdict { kPass, kFail, kInconclusive };
[[nodiscard]] std::string_view verdict_name(Verdict verdict);

/// One comparison that a rule rests on: a cell, an aggregate.
struct RuleTest {
  std::string name;                           ///< cell id or aggregate
  std::optional<double> baseline, candidate;  ///< metric values
  std::optional<double> difference;           ///< oriented: positive is better; against the limit where there is one
  std::optional<double> low, high;            ///< one-sided bounds of the difference
  std::optional<double> standard_error;       ///< of the difference, by groups
  std::optional<double> detectable;           ///< smallest drop that would be found with power .8
  std::optional<double> p_value;  ///< guards: of "worse than the margin", after Holm; compare: of no difference
  Verdict verdict = Verdict::kInconclusive;
  std::string note;
  std::size_t n = 0, groups = 0;
};

struct RuleResult : RuleTest {  ///< name is the rule's, the figures are those of its worst test
  std::string cells, metric;
  bool primary = true, guard = false;
  bool counts = true;           ///< false for level warn: shown, decides nothing
  std::string bound;            ///< key of the policy: "max_drop", "min_value", ...; "" for compare
  double margin = 0;            ///< max_drop, in the metric's unit
  std::optional<double> limit;  ///< of the other bounds, as the policy states it
  std::string p_of;  ///< the test behind p_value: "Holm", "sign-flip of groups, exact", "McNemar, exact", ...
  std::optional<double> design_effect;  ///< variance by groups over variance as if samples were independent
  std::string hint;                     ///< how the bound could be tightened
  std::string where;                    ///< file:line of the policy
  std::vector<RuleTest> tests;          ///< all that the rule rests on
};

/// Two or more runs beside each other, over the samples that all of them scored.
struct SideBySide {
  struct Row {
    std::string name, metric, note;  ///< "clean", a mean of the summary, "mCE[ref=NAME]", "effective_robustness[acc2]"
    std::vector<Score> scores;       ///< one a run
  };
  std::vector<RunHeader> runs;
  std::string interval;
  std::vector<Row> rows;
  std::vector<std::string> notes;
};

struct Comparison {
  RunHeader baseline, candidate;
  std::string interval;           ///< how the bounds of rules that are not guards were made
  double confidence = 0.95;       ///< of each one-sided bound
  std::vector<RuleResult> rules;  ///< one a cell and primary metric for compare; one a rule for gate
  std::vector<std::string> missing_in_candidate, missing_in_baseline;
  std::vector<std::string> notes;
  std::size_t unpaired_samples = 0, inputs_equal_to_rounding = 0;
  std::optional<Verdict> verdict;  ///< set by gate only
  std::string verdict_text;
  bool inconclusive_fails = false;  ///< on_inconclusive: fail
};

/// What the rules of a policy could detect on the data of a run.
struct GatePlan {
  struct Row {
    std::string rule, bound, test;         ///< test: the cell or aggregate that is known least exactly
    std::optional<double> allowed;         ///< max_drop, or the distance of the run's figure from the limit
    std::optional<double> standard_error;  ///< of a difference
    std::optional<double> detectable;      ///< smallest drop that would be found with power .8
    std::string why;                       ///< why there is none
    std::size_t tests = 0, n = 0, groups = 0;
    bool below = false;  ///< allowed lies below what can be detected
  };
  RunHeader run;
  std::string basis;  ///< what the standard errors are of
  double confidence = 0.95;
  std::vector<Row> rows;
  std::vector<std::string> notes;
};

}  // namespace shakedown
