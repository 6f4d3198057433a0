#pragma once

#include <string_view>

/// Files compiled into the program by CMake (reports/cmake/embed.cmake), so that a report needs nothing beside it.
namespace shakedown::reports::assets {

extern const std::string_view kPageTemplate;        ///< templates/page.mustache: the document around a body
extern const std::string_view kReportTemplate;      ///< templates/report.mustache
extern const std::string_view kComparisonTemplate;  ///< templates/comparison.mustache: a gate's rules
extern const std::string_view kRunsTemplate;        ///< templates/runs.mustache: two to six runs
extern const std::string_view kGalleryTemplate;     ///< templates/gallery.mustache: a section of the report
extern const std::string_view kPreviewTemplate;     ///< templates/preview.mustache
extern const std::string_view kTakesTemplate;       ///< templates/takes.mustache: {{>takes}} of the pages with samples
extern const std::string_view kCatalogueTemplate;   ///< templates/catalogue.mustache: its index
extern const std::string_view kCatalogueEntryTemplate;  ///< templates/catalogue_entry.mustache
extern const std::string_view kStyle;                   ///< templates/report.css
extern const std::string_view kScript;                  ///< templates/report.js
extern const std::string_view kChartJs;                 ///< Chart.js, MIT licence, from the system's package

}  // namespace shakedown::reports::assets
