#pragma once

#include <string>
#include <vector>

#include "feature_table.h"
#include "summary.h"

namespace shakedown::datasets {

/// What `survey` found worth telling about a form, one sentence each.
[[nodiscard]] std::vector<std::string> feature_notes(Form form, const FeatureSurvey& survey);
/// Shape, lengths, zero rows and non-finite values for `inspect --data`.
[[nodiscard]] Facts feature_facts(Form form, const FeatureTable& table, const FeatureSurvey& survey);
/// nonfinite_input, and already_missing where a tenth of the rows or of the samples is all zero.
[[nodiscard]] std::vector<Warning> feature_warnings(Form form, const FeatureSurvey& survey);

}  // namespace shakedown::datasets
