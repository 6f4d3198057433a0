#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shakedown/core/results.h"

namespace shakedown::reports {

/// How figures are written for people. All are locale-proof and use U+2212 for minus. JSON, CSV and the
/// dump do not come through here: they carry full precision.

/// Shown where a figure is undefined.
inline constexpr std::string_view kDash = "\u2013";

/// True for metrics that are shares 0..1 and shown per cent: accuracies, F1, recall, flips.
[[nodiscard]] bool is_share(std::string_view metric);

/// Name for people: "MAE", "weighted F1"; the contract's name where there is no better one.
[[nodiscard]] std::string metric_title(std::string_view metric);

/// `text` with an upper-case first letter, to start a sentence or a heading.
[[nodiscard]] std::string capital(std::string text);

/// "%" or the unit of the label, in words; "" for figures without one.
[[nodiscard]] std::string metric_unit(std::string_view metric);

/// The constant answer behind a metric's floor, as a clause: "always answering the median label".
[[nodiscard]] std::string floor_clause(std::string_view metric);

/// `value` with `decimals` digits after the point.
[[nodiscard]] std::string fixed(double value, int decimals);

/// Three decimals, fewer from 10 up: figures that stand below each other stay comparable.
[[nodiscard]] std::string plain(double value);

[[nodiscard]] std::string per_cent(double share);

/// The shortest text that parses to the same double; "inf", "-inf" and "" for NaN.
[[nodiscard]] std::string exact(double value);

/// "71.2 %" for shares, else plain().
[[nodiscard]] std::string show(std::string_view metric, double value);
[[nodiscard]] std::string show(std::string_view metric, const std::optional<double>& value);

/// "0.621 [0.580, 0.660]", without the bracket where there is no interval; a dash when undefined.
[[nodiscard]] std::string show_interval(std::string_view metric, const Score& score);

/// A signed difference: "+0.112", or "−4.1 pp" (percentage points) for shares.
[[nodiscard]] std::string show_change(std::string_view metric, double change);

/// "[+0.051, +0.090]": the interval of a change; "" where there is none.
[[nodiscard]] std::string change_interval(std::string_view metric, const Score& change);

/// A requested dose in its unit: fractions per cent, else up to four significant digits.
[[nodiscard]] std::string show_dose(const DoseInfo& dose, const std::optional<double>& value);

/// A measured dose: digits as in plain(), so that a column lines up; three significant ones below 0.1.
[[nodiscard]] std::string show_measured(const DoseInfo& dose, const std::optional<double>& value);

/// "1 warning", "3 warnings".
[[nodiscard]] std::string counted(std::size_t count, std::string_view singular, std::string_view plural);

/// Seconds as people read them: "0.42 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string show_seconds(double seconds);

}  // namespace shakedown::reports
