#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown {

/// Shortest decimal equal to `value` to 12 significant digits; "inf", "-inf", "nan". Locale-proof.
[[nodiscard]] std::string format_number(double value);

/// The number that the whole of `text` spells ("inf" and "-inf" included); nothing otherwise.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// Splits at every `separator`; "" gives one empty part.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// `text` without leading and trailing ASCII white space.
[[nodiscard]] std::string_view trim(std::string_view text);

/// Glob match over a whole string; only * (any run) and ? (any one byte) are special.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

/// Bytes to change, to add or to leave out, at least, to make `b` of `a` (Levenshtein).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// ` (did you mean 'x'?)` for the nearest candidate within a third of the word's edits, else "".
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// True when `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace shakedown
