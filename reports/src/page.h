#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "json_values.h"

namespace shakedown::reports {

/// What a page is made of. `view` holds strings, booleans, lists and objects for the template; text is
/// escaped by the template engine wherever it is inserted.
struct Page {
  std::string title;
  std::string_view body_template;
  Json view;
  Json data;            ///< read by report.js: the curves
  bool charts = false;  ///< embed Chart.js
  bool media = false;   ///< `view` holds data: URLs of sound and pictures
  bool files = false;   ///< `view` names files of sound and pictures beside the page

  /// A part that depends on how large the rest is: stands where the body has kLatePart.
  std::string_view late_template = {};
  std::function<Json(std::size_t rest_bytes)> late_view = nullptr;
};

inline constexpr std::string_view kLatePart = "<!--late-->";  ///< nothing that a template escapes spells it

/// A whole HTML document: styles and scripts inline, named by hash in its Content-Security-Policy, so that
/// nothing else can run or be fetched.
[[nodiscard]] std::string render_page(Page page);

}  // namespace shakedown::reports
