#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shakedown::reports {

/// `text` with every byte that is not part of well-formed UTF-8 replaced by U+FFFD; `replaced` grows by
/// their number, so that the repair can be shown.
[[nodiscard]] std::string valid_utf8(std::string_view text, std::size_t& replaced);

/// Attribute and element text of XML 1.0: valid UTF-8, characters that XML forbids become U+FFFD, markup escaped.
[[nodiscard]] std::string xml_escape(std::string_view text);

/// Text inside a Markdown table cell or sentence: valid UTF-8 on one line, with no active markup or HTML.
[[nodiscard]] std::string markdown_escape(std::string_view text);

/// `text` as a Markdown code span that may stand in a table cell: for ids, which then name nobody and link nowhere.
[[nodiscard]] std::string markdown_code(std::string_view text);

/// JSON text made safe inside an HTML script element: no '<', '>', '&' and no line separators.
[[nodiscard]] std::string json_for_html(std::string_view json);

}  // namespace shakedown::reports
