#include "feature_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "shakedown/core/error.h"

namespace shakedown::datasets {
namespace {

/// True when a row has a value that is finite and not 0.
bool has_signal(const Sequence& sequence, std::size_t step) {
  const float* const row = sequence.row(step);
  return std::any_of(row, row + sequence.dims, [](float x) { return std::isfinite(x) && x != 0.0F; });
}

std::size_t last_signal(const Sequence& sequence) {
  std::size_t length = sequence.steps;
  while (length > 0 && !has_signal(sequence, length - 1)) --length;
  return length;
}

std::size_t token_count(const Sequence& tokens) {
  const float* const mask = tokens.row(1);
  std::size_t length = tokens.dims;
  while (length > 0 && mask[length - 1] == 0) --length;  // padding may stand in front too
  return length;
}

}  // namespace

FeatureTable::FeatureTable(SequenceColumn values, std::optional<Column> lengths, std::optional<SequenceColumn> tokens)
    : values_(std::move(values)), lengths_(std::move(lengths)), tokens_(std::move(tokens)) {
  if (!values_.has_time()) lengths_.reset();
  const bool same_steps = tokens_ && values_.has_time() && values_.size() > 0 && values_.steps(0) == tokens_->dims();
  if (!same_steps) tokens_.reset();
}

std::string FeatureTable::length_source() const {
  if (!values_.has_time()) return "no time axis: sequences of length 1";
  if (lengths_) return "lengths from '" + lengths_->key() + "'";
  return tokens_ ? "lengths from the token mask" : "lengths from the last non-zero row";
}

std::size_t FeatureTable::length(std::size_t row, const Sequence& raw, bool* cut) const {
  if (!values_.has_time()) return 1;
  if (lengths_) {
    const double given = lengths_->number(row);
    if (!(given >= 0) || given != std::nearbyint(given)) {
      throw Error(ErrorKind::kData, fmt::format("{}: row {}: length {}", lengths_->key(), row, given));
    }
    const bool beyond = given > static_cast<double>(raw.steps);
    if (cut != nullptr) *cut = beyond;
    return beyond ? raw.steps : static_cast<std::size_t>(given);
  }
  if (tokens_) return std::min(raw.steps, token_count(tokens_->read(row)));
  return last_signal(raw);
}

std::size_t FeatureTable::padding_before(const Sequence& raw) const {
  if (lengths_ || tokens_ || !values_.has_time()) return 0;
  std::size_t first = 0;
  while (first < raw.steps && !has_signal(raw, first)) ++first;
  return first == raw.steps ? 0 : first;
}

Sequence FeatureTable::load(std::size_t row) const {
  Sequence sequence = values_.read(row);
  sequence.length = length(row, sequence);
  for (float& value : sequence.values) {
    if (!std::isfinite(value)) value = 0.0F;
  }
  return sequence;
}

SampleShape::Extent FeatureTable::extent(std::size_t row) const {
  const bool told = lengths_ || tokens_ || !values_.has_time();
  Sequence raw;
  if (told) {
    raw.steps = values_.steps(row);
  } else {
    raw = values_.read(row);
  }
  return {length(row, raw), raw.steps};
}

FeatureSurvey FeatureTable::survey() const {
  FeatureSurvey survey;
  survey.samples = values_.size();
  double lengths = 0;
  for (std::size_t row = 0; row < survey.samples; ++row) {
    const Sequence sequence = values_.read(row);
    bool cut = false;
    const std::size_t valid = length(row, sequence, &cut);
    const std::size_t before = survey.nonfinite();
    for (const float value : sequence.values) {
      if (std::isnan(value)) {
        ++survey.nan;
      } else if (std::isinf(value)) {
        ++(value < 0 ? survey.minus_inf : survey.plus_inf);
      }
    }
    survey.nonfinite_samples += survey.nonfinite() > before ? 1 : 0;
    survey.cut_lengths += cut ? 1 : 0;
    survey.all_zero += last_signal(sequence) == 0 ? 1 : 0;
    const std::size_t first = padding_before(sequence);
    survey.left_padded += first > 0 ? 1 : 0;
    for (std::size_t step = first; step < valid; ++step) {
      ++survey.rows;
      survey.zero_rows += has_signal(sequence, step) ? 0 : 1;
    }
    survey.min_length = row == 0 ? valid : std::min(survey.min_length, valid);
    survey.max_length = std::max(survey.max_length, valid);
    survey.max_steps = std::max(survey.max_steps, sequence.steps);
    lengths += static_cast<double>(valid);
  }
  if (survey.samples > 0) survey.mean_length = lengths / static_cast<double>(survey.samples);
  return survey;
}

FeatureStatistics FeatureTable::statistics(std::string split) const {
  // Welford's update: some features lie far from 0 with a small spread.
  const std::size_t dims = values_.dims();
  FeatureStatistics statistics{std::vector<double>(dims), std::vector<double>(dims), std::move(split)};
  std::vector<double> count(dims);
  for (std::size_t row = 0; row < values_.size(); ++row) {
    const Sequence sequence = values_.read(row);
    const std::size_t valid = length(row, sequence);
    for (std::size_t step = padding_before(sequence); step < valid; ++step) {
      const float* const values = sequence.row(step);
      for (std::size_t d = 0; d < dims; ++d) {
        if (!std::isfinite(values[d])) continue;
        const double delta = values[d] - statistics.mean[d];
        statistics.mean[d] += delta / ++count[d];
        statistics.standard_deviation[d] += delta * (values[d] - statistics.mean[d]);
      }
    }
  }
  for (std::size_t d = 0; d < dims; ++d) {
    double& spread = statistics.standard_deviation[d];
    spread = count[d] > 0 ? std::sqrt(spread / count[d]) : 0;
  }
  return statistics;
}

}  // namespace shakedown::datasets
