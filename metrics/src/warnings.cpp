#include "shakedown/metrics/warnings.h"

namespace shakedown::metrics {

std::vector<WarningInfo> all_warnings() {
  return {
      {"vacuous_modality",
       "removing the modality changes no prediction: its cells are not evidence of robustness and leave the stress "
       "mean"},
      {"metric_rises_without_input",
       "a metric is better in a cell that took evidence away than on its reference, beyond chance (Holm over all "
       "such cells and metrics)"},
      {"net_gain_with_flips",
       "a stressed cell scores no worse than its reference although 5 % or more of the decisions turn from right to "
       "wrong"},
      {"collapsed", "the predictions of a cell vary by less than 1 % of the labels' spread, or are all one class"},
      {"below_floor", "the best constant guess scores better than the model, beyond the interval"},
      {"already_missing", "less than 80 % of what was taken away really changed: the rest was missing already"},
      {"leaky_features",
       "steps of a contextual embedding are masked after extraction: what stays holds something of them"},
      {"diluted", "more than 30 % of a cell's samples had nothing to take or could not be perturbed"},
      {"nonfinite_input", "the data holds NaN or infinite values, which were set to zero as the published loaders do"},
      {"front_end_mismatch", "re-tokenised transcripts give other ids than the data stores"},
      {"padding_sensitive", "predictions change when only padding changes"},
      {"sees_complete_view", "a model that is given both views reacts to the uncorrupted one"},
      {"seen_in_training", "cells of perturbations that the manifest names under trained_with"},
      {"few_groups", "fewer than five groups: no interval can be given"},
      {"beyond_valid_dose", "cells beyond the dose up to which a person would still give the label: left out of means"},
      {"unknown_groups", "ids do not tell which samples belong together: each counts as a group of its own"},
      {"scope_changed", "two runs do not average over the same cells: those that count in both are taken"},
      {"incomplete", "cells without all samples: left out"},
  };
}

}  // namespace shakedown::metrics
