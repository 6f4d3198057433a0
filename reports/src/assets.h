#pragma once

#include <string_view>

/// Files compiled into the program by CMake (reports/cmake/embed.cmake), so that a report needs nothing beside it.
namespace shakedown::reports::assets {

extern const std::string_view page_template;        ///< templates/page.mustache: the document around a body
extern const std::string_view report_template;      ///< templates/report.mustache
extern const std::string_view comparison_template;  ///< templates/comparison.mustache
extern const std::string_view preview_template;     ///< templates/preview.mustache
extern const std::string_view style;                ///< templates/report.css
extern const std::string_view script;               ///< templates/report.js
extern const std::string_view chart_js;             ///< Chart.js, MIT licence, from the system's package

}  // namespace shakedown::reports::assets
