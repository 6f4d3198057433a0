#include "shakedown/metrics/warnings.h"

namespace shakedown::metrics {

std::vector<WarningInfo> all_warnings() {
  return {
      {"vacuous_modality",
       "no cell that takes the modality away, or writes only it, changes a prediction (1e-6): its cells are no "
       "evidence "
       "of robustness, are drawn grey and leave the means"},
      {"metric_rises_without_input",
       "a metric is better in a cell that took evidence away than on its reference: one-sided jackknife test, Holm "
       "over "
       "all such cells and metrics, .05"},
      {"net_gain_with_flips",
       "the primary metric of a stressed cell is no worse than on its reference although 5 % or more of the decisions "
       "turn from right to wrong"},
      {"collapsed",
       "the predictions of a cell vary by less than 1 % of the labels' standard deviation, or are all one class; "
       "diagnostic cells apart"},
      {"below_floor",
       "clean or invariant cell: the best constant answer scores better than the model, beyond the interval"},
      {"already_missing", "less than 80 % of what was taken away really changed: the rest was missing already"},
      {"diluted", "more than 30 % of a cell's samples had nothing to take or could not be perturbed"},
      {"nonfinite_input", "the data holds NaN or infinite values, which were set to zero as the published loaders do"},
      {"leaky_features",
       "steps of text.embedding are taken away behind an encoder of whole sentences (its width is none of those of "
       "word "
       "vectors: 25, 50, 100, 200, 300): their neighbours still tell them"},
      {"averages_over_time",
       "steps are taken away from an input that the manifest averages over time (pool_mean): they only scale the mean"},
      {"sees_complete_view", "a model that is given both views reacts to the uncorrupted one"},
      {"stateful_model",
       "sample A, then B, then A again gives A other outputs than before: refused, no figure would mean anything"},
      {"padding_sensitive", "predictions change by more than 1e-4 of their spread when nothing but the padding grows"},
      {"export_differs",
       "golden outputs inside the model file differ by more than 1e-5 of the label unit from what it gives here; above "
       "1e-3 refused"},
      {"front_end_mismatch",
       "re-tokenised transcripts give other ids than the data stores; above 2 % of the samples refused unless allowed"},
      {"seen_in_training", "cells of perturbations that the manifest names under trained_with"},
      {"few_groups", "fewer than five groups: no interval and no verdict can be given"},
      {"beyond_valid_dose", "cells beyond the dose up to which a person would still give the label: left out of means"},
      {"scope_changed", "two runs do not average over the same cells: those that count in both are taken"},
      {"unknown_groups", "ids do not tell which samples belong together: each counts as a group of its own"},
      {"incomplete", "cells without all samples: left out"},
  };
}

}  // namespace shakedown::metrics
