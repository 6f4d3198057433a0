#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/run_data.h"
#include "shakedown/core/sample.h"

namespace shakedown::datasets {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// A label as text spells it. Labels named regression... have a value only; others have a name, and a
/// value when the name spells a number. @throws Error(kData) when a regression label is no number
[[nodiscard]] Label label_from_text(std::string_view label, const std::string& text);
[[nodiscard]] Label label_from_number(std::string_view label, double value);

/// @throws Error(kData) naming the id and the two rows that have it
void require_unique_ids(const std::vector<SampleInfo>& infos);
/// @throws Error(kData) naming the sample, for an infinite label, or NaN other than in a label of one
/// modality (regression_T, _A, _V), which some corpora have for a part of their clips only
void require_labels(const std::vector<SampleInfo>& infos, const std::vector<std::string>& labels);

/// The group that an id of the form video$_$clip names; "" for another form.
[[nodiscard]] std::string group_of_id(std::string_view id);
[[nodiscard]] std::size_t count_groups(const std::vector<SampleInfo>& infos);

/// Range, mean, share of zeros or class counts of every label.
[[nodiscard]] Facts label_facts(const std::vector<SampleInfo>& infos, const std::vector<std::string>& labels);
/// few_groups below 5 groups; unknown_groups when `ungrouped` samples became groups of their own.
[[nodiscard]] std::vector<Warning> group_warnings(const std::vector<SampleInfo>& infos, std::size_t ungrouped);

/// "12.3 %" of a share 0..1.
[[nodiscard]] std::string percent(double share);

}  // namespace shakedown::datasets
