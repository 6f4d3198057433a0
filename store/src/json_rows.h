#pragma once

#include <map>
#include <string>
#include <string_view>

#include "shakedown/core/run_data.h"

namespace shakedown::store {

// One-line JSON of what run.db keeps as text. Numbers round-trip exactly; NaN and infinities, which JSON
// lacks, are the strings "nan", "inf" and "-inf". Writers throw Error(kData) for text that is not UTF-8,
// readers for JSON of another form.

[[nodiscard]] std::string header_to_json(const RunHeader& header);
[[nodiscard]] RunHeader header_from_json(std::string_view json);

[[nodiscard]] std::string cell_to_json(const CellRow& cell);
[[nodiscard]] CellRow cell_from_json(std::string_view json);

[[nodiscard]] std::string labels_to_json(const std::map<std::string, Label>& labels);
[[nodiscard]] std::map<std::string, Label> labels_from_json(std::string_view json);

[[nodiscard]] std::string texts_to_json(const std::map<std::string, std::string>& texts);
[[nodiscard]] std::map<std::string, std::string> texts_from_json(std::string_view json);

[[nodiscard]] std::string numbers_to_json(const std::map<std::string, double>& numbers);
[[nodiscard]] std::map<std::string, double> numbers_from_json(std::string_view json);

}  // namespace shakedown::store
