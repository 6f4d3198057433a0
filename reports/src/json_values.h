#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "shakedown/core/results.h"

namespace shakedown::reports {

using Json = nlohmann::ordered_json;

/// Doubles keep full precision; infinities become "inf" and "-inf" and NaN null, since JSON has neither.
[[nodiscard]] Json number(double value);
[[nodiscard]] Json number(const std::optional<double>& value);

/// {value, ci, floor, skill, n} and, where value or interval is undefined, why.
[[nodiscard]] Json score_json(const Score& score);
[[nodiscard]] Json scores_json(const Scores& scores);

[[nodiscard]] Json inputs_json(const RunHeader& header, const std::vector<std::string>& roles);
[[nodiscard]] Json model_json(const RunHeader& header);
[[nodiscard]] Json data_json(const RunHeader& header);
[[nodiscard]] Json suite_json(const RunHeader& header);
[[nodiscard]] Json timing_json(const RunHeader& header);

/// Text of a document whose strings may hold any bytes: those that are not UTF-8 become U+FFFD, and the
/// document's `replaced_bytes` says how many.
[[nodiscard]] std::string to_text(Json document);

}  // namespace shakedown::reports
