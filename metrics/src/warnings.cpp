#include "shakedown/metrics/warnings.h"

namespace shakedown::metrics {

std::vector<WarningInfo> all_warnings() {
  return {
      {"vacuous_modality",
       "removing the modality changes no prediction: its cells are not evidence of robustness and leave the stress "
       "mean"},
      {"metric_rises_without_input",
       "the primary metric is better in a cell that took information away than on clean input"},
      {"net_gain_with_flips", "a stressed cell scores better than clean although decisions flipped"},
      {"collapsed", "the predictions of a cell hardly vary, or are all one class"},
      {"below_floor", "a constant guess scores better than the model"},
      {"already_missing", "much of what was taken away was zero or absent in the data already"},
      {"nonfinite_input", "the data holds NaN or infinite values, which were set to zero as the published loaders do"},
      {"front_end_mismatch", "re-tokenised transcripts give other ids than the data stores"},
      {"padding_sensitive", "predictions change when only padding changes"},
      {"sees_complete_view", "a model that is given both views reacts to the uncorrupted one"},
      {"seen_in_training", "cells of perturbations that the manifest names under trained_with"},
      {"few_groups", "fewer than five groups: no interval can be given"},
      {"beyond_valid_dose", "cells beyond the dose up to which a person would still give the label: left out of means"},
      {"unknown_groups", "ids do not tell which samples belong together: each counts as a group of its own"},
      {"incomplete", "cells without all samples: left out"},
  };
}

}  // namespace shakedown::metrics
