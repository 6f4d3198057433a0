#include "feature_report.h"

#include <algorithm>

#include <fmt/format.h>

namespace shakedown::datasets {
namespace {

constexpr double kLargeZeroShare = 0.1;  // from here on missing input is a trait of the data

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<std::string> feature_notes(Form form, const FeatureSurvey& survey) {
  std::vector<std::string> notes;
  const auto note = [&](const std::string& text) { notes.push_back(fmt::format("{}: {}", form_name(form), text)); };
  if (survey.nonfinite() > 0) {
    note(fmt::format("{} values in {} of {} samples are not finite (-inf {}, inf {}, NaN {}) and are read as 0",
                     survey.nonfinite(), survey.nonfinite_samples, survey.samples, survey.minus_inf, survey.plus_inf,
                     survey.nan));
  }
  if (survey.all_zero > 0) note(fmt::format("all zero in {} of {} samples", survey.all_zero, survey.samples));
  if (survey.left_padded > 0) {
    note(fmt::format("{} samples begin with zero rows (left padding) and are read whole, as stored",
                     survey.left_padded));
  }
  if (survey.cut_lengths > 0) {
    note(fmt::format("{} lengths are beyond the {} stored steps and are read as that", survey.cut_lengths,
                     survey.max_steps));
  }
  return notes;
}

Facts feature_facts(Form form, const FeatureTable& table, const FeatureSurvey& survey) {
  return {
      {std::string(form_name(form)), fmt::format("{} of '{}': {} dimensions, lengths {} to {}, mean {:.1f}",
                                                 table.values().describe(), table.values().key(), table.values().dims(),
                                                 survey.min_length, survey.max_length, survey.mean_length)},
      {fmt::format("{} oddities", form_name(form)),
       fmt::format("zero rows {} ({}), all-zero samples {}, NaN {}, -inf {}, inf {}", survey.zero_rows,
                   percent(share(survey.zero_rows, survey.rows)), survey.all_zero, survey.nan, survey.minus_inf,
                   survey.plus_inf)}};
}

std::vector<Warning> feature_warnings(Form form, const FeatureSurvey& survey) {
  std::vector<Warning> warnings;
  if (survey.nonfinite() > 0) {
    warnings.push_back({"nonfinite_input",
                        fmt::format("{} holds {} NaN or infinite values in {} of {} samples; they are read as 0",
                                    form_name(form), survey.nonfinite(), survey.nonfinite_samples, survey.samples),
                        {}});
  }
  const double rows = share(survey.zero_rows, survey.rows);
  const double samples = share(survey.all_zero, survey.samples);
  if (std::max(rows, samples) >= kLargeZeroShare) {
    warnings.push_back({"already_missing",
                        fmt::format("{}: {} of the rows within the lengths and {} of the samples are all zero before "
                                    "any perturbation",
                                    form_name(form), percent(rows), percent(samples)),
                        {}});
  }
  return warnings;
}

}  // namespace shakedown::datasets
