#include "figures.h"

#include <array>
#include <charconv>
#include <cmath>

#include "shakedown/core/text.h"

namespace shakedown::reports {
namespace {

constexpr std::string_view kMinus = "\u2212";

struct MetricTitle {
  std::string_view name, title;
};
constexpr std::array<MetricTitle, 12> kTitles = {{{"mae", "MAE"},
                                                  {"corr", "correlation"},
                                                  {"uar", "UAR"},
                                                  {"mcc", "MCC"},
                                                  {"ccc", "CCC"},
                                                  {"ece", "ECE"},
                                                  {"nll", "NLL"},
                                                  {"brier", "Brier score"},
                                                  {"f1_macro", "macro F1"},
                                                  {"f1_weighted", "weighted F1"},
                                                  {"r2", "R\u00B2"},
                                                  {"spearman", "Spearman correlation"}}};

}  // namespace

bool is_share(std::string_view metric) {
  for (const std::string_view prefix : {"acc", "f1", "top", "precision", "recall", "moved_", "flip"}) {
    if (metric.starts_with(prefix)) return true;
  }
  return metric == "uar" || metric == "unmoved" || metric == "all" || metric == "harmful" || metric == "beneficial";
}

std::string metric_title(std::string_view metric) {
  for (const MetricTitle& entry : kTitles) {
    if (entry.name == metric) return std::string(entry.title);
  }
  return std::string(metric);
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string metric_unit(std::string_view metric) {
  if (is_share(metric)) return "%";
  return metric == "mae" || metric == "mean_shift" ? "label units" : "";
}

std::string floor_clause(std::string_view metric) {
  if (metric == "mae") return "always answering the median label";
  if (metric == "brier" || metric == "nll") return "always answering the class frequencies";
  if (metric.starts_with("acc")) return "always answering the commonest class";
  return "the best constant answer";
}

std::string fixed(double value, int decimals) {
  if (std::isnan(value)) return std::string(kDash);
  std::array<char, 512> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::fixed, decimals);
  std::string digits(buffer.data(), end.ptr);
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  return std::signbit(value) && !zero ? std::string(kMinus) + digits : digits;
}

std::string plain(double value) {
  const double size = std::abs(value);
  return fixed(value, size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

std::string per_cent(double share) {
  return fixed(100 * share, 1) + "\u00A0%";
}

std::string exact(double value) {
  if (std::isnan(value)) return "";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string show(std::string_view metric, double value) {
  return is_share(metric) ? per_cent(value) : plain(value);
}

std::string show(std::string_view metric, const std::optional<double>& value) {
  return value ? show(metric, *value) : std::string(kDash);
}

std::string show_interval(std::string_view metric, const Score& score) {
  if (!score.value) return std::string(kDash);
  std::string value = show(metric, *score.value);
  if (!score.low || !score.high) return value;
  const auto bound = [&](double x) { return is_share(metric) ? fixed(100 * x, 1) : plain(x); };
  return value + " [" + bound(*score.low) + ", " + bound(*score.high) + "]";
}

std::string show_change(std::string_view metric, double change) {
  const std::string text = is_share(metric) ? fixed(100 * change, 1) : plain(change);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  const std::string sign = change > 0 && !zero ? "+" : "";
  return sign + text + (is_share(metric) ? "\u00A0pp" : "");
}

std::string change_interval(std::string_view metric, const Score& change) {
  if (!change.low || !change.high) return "";
  return "[" + show_change(metric, *change.low) + ", " + show_change(metric, *change.high) + "]";
}

namespace {

/// `value` to at most `digits` significant ones, in the shortest form.
std::string significant(double value, int digits) {
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits);
  const std::string_view spelled(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const double rounded = parse_number(spelled).value_or(value);
  const std::string text = format_number(std::abs(rounded));
  return rounded < 0 ? std::string(kMinus) + text : text;
}

/// Undefined, infinite and fractional doses, which look alike whether requested or measured.
std::optional<std::string> common_dose(const DoseInfo& dose, const std::optional<double>& value) {
  if (!value || std::isnan(*value)) return std::string(kDash);
  if (std::isinf(*value)) return (*value > 0 ? "" : std::string(kMinus)) + "\u221E";
  if (dose.fraction) return per_cent(*value);
  return std::nullopt;
}

std::string with_unit(const std::string& text, const DoseInfo& dose) {
  return dose.unit.empty() ? text : text + "\u00A0" + dose.unit;
}

}  // namespace

std::string show_dose(const DoseInfo& dose, const std::optional<double>& value) {
  const auto common = common_dose(dose, value);
  return common ? *common : with_unit(significant(*value, 4), dose);
}

std::string show_measured(const DoseInfo& dose, const std::optional<double>& value) {
  const auto common = common_dose(dose, value);
  if (common) return *common;
  // Three digits of a small dose; but what lies far below any dose (1e-9 dB) is rounding, not a measurement.
  constexpr double kNothing = 1e-6;
  const bool small = std::abs(*value) >= kNothing && std::abs(*value) < 0.1;
  return with_unit(small ? significant(*value, 3) : plain(*value), dose);
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  return std::to_string(count) + " " + std::string(count == 1 ? singular : plural);
}

std::string show_seconds(double seconds) {
  if (seconds < 60) return fixed(seconds, seconds < 10 ? 2 : 1) + "\u00A0s";
  const auto whole = static_cast<long long>(std::nearbyint(seconds));
  if (whole < 3600) return std::to_string(whole / 60) + "\u00A0min " + std::to_string(whole % 60) + "\u00A0s";
  return std::to_string(whole / 3600) + "\u00A0h " + std::to_string(whole % 3600 / 60) + "\u00A0min";
}

}  // namespace shakedown::reports
