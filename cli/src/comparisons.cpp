#include "comparisons.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"

namespace shakedown::cli {

std::string figure(const std::optional<double>& value, bool sign) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, sign ? "%+.4f" : "%.4f", *value);
  return text;
}

void print(const Comparison& comparison) {
  std::size_t width = 0;
  for (const auto& rule : comparison.rules) width = std::max(width, rule.name.size());
  if (!comparison.rules.empty()) {
    std::cout << format_number(100 * comparison.confidence) << " % bounds, one-sided each (" << comparison.interval
              << "); a positive difference is better for the candidate\n";
  }
  for (const auto& rule : comparison.rules) {
    std::cout << rule.name << std::string(width - rule.name.size() + 2, ' ');
    if (rule.metric.empty()) {
      std::cout << verdict_name(rule.verdict) << (rule.note.empty() ? "" : "  ") << rule.note << "\n";
      continue;
    }
    std::cout << rule.metric << "  " << figure(rule.baseline) << " -> " << figure(rule.candidate) << "  "
              << figure(rule.difference, true) << " [" << figure(rule.low, true) << ", " << figure(rule.high, true)
              << "]";
    if (!rule.p_of.empty() && !rule.guard) std::cout << "  p " << figure(rule.p_value) << " (" << rule.p_of << ")";
    if (comparison.verdict) std::cout << "  " << verdict_name(rule.verdict);
    if (comparison.verdict && rule.n > 0) {
      std::cout << "  n " << rule.n << ", " << rule.groups << " groups";
      if (rule.design_effect) std::cout << ", design effect " << figure(rule.design_effect);
    }
    if (!rule.note.empty()) std::cout << "  " << rule.note;
    if (!rule.hint.empty()) std::cout << "  hint: " << rule.hint;
    std::cout << "\n";
  }
  for (const auto& id : comparison.missing_in_candidate) std::cout << "missing in the candidate: " << id << "\n";
  for (const auto& id : comparison.missing_in_baseline) std::cout << "missing in the baseline: " << id << "\n";
  for (const auto& note : comparison.notes) std::cout << note << "\n";
}

void write_outputs(const Arguments& arguments, const Comparison& comparison) {
  if (arguments.has("json")) reports::write_file(arguments.text("json"), reports::to_json(comparison));
  if (arguments.has("html")) reports::write_file(arguments.text("html"), reports::to_html(comparison));
  if (arguments.has("markdown")) reports::write_file(arguments.text("markdown"), reports::to_markdown(comparison));
  if (arguments.has("junit")) reports::write_file(arguments.text("junit"), reports::to_junit(comparison));
}

}  // namespace shakedown::cli
