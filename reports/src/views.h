#pragma once

#include "json_values.h"
#include "shakedown/core/results.h"

namespace shakedown::reports {

/// The sections of the report as data for templates/report.mustache: text, booleans, lists, objects.
/// Every object sets every key that its part of the template reads, since mustache would otherwise look
/// the name up further out.

[[nodiscard]] Json overview_view(const Results& results);  ///< title, verdict, banner, warnings, key figures
[[nodiscard]] Json heat_map_view(const Results& results);
[[nodiscard]] Json curves_view(const Results& results);
[[nodiscard]] Json curves_data(const Results& results);      ///< for the charts: read by report.js
[[nodiscard]] Json cells_view(const Results& results);       ///< cells, doses, directional, modality use, diagnostic
[[nodiscard]] Json numbers_view(const Results& results);     ///< every metric but the primary one, by cell
[[nodiscard]] Json slices_view(const Results& results);      ///< scores of slices, and those worse than the rest
[[nodiscard]] Json confusions_view(const Results& results);  ///< of the clean input and of the worst cell
[[nodiscard]] Json model_use_view(const Results& results);   ///< what the model uses, beside the subsets
[[nodiscard]] Json provenance_view(const RunHeader& header);
[[nodiscard]] Json metrics_view(const Results& results);
[[nodiscard]] Json not_tested_view(const RunHeader& header);

/// The whole report: all of the above, as report.mustache reads it.
[[nodiscard]] Json report_view(const Results& results);

/// A cell id or family for reading, with places to break the line between its parts:
/// {prefix: "audio.", name: "reverb", rest: "[rt60=0.7]@severity=3#0"}.
[[nodiscard]] Json name_view(const std::string& id);

/// A score for reading: {text, why, sort}; `text` is a dash and `why` says so where it is undefined.
[[nodiscard]] Json score_view(const std::string& metric, const Score* score);

}  // namespace shakedown::reports
