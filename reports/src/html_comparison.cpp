#include <algorithm>

#include "assets.h"
#include "comparisons.h"
#include "figures.h"
#include "page.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"
#include "views.h"

namespace shakedown::reports {
namespace {

Json rule_view(const RuleResult& rule) {
  const auto optional = [&](const std::optional<double>& value) { return value ? exact(*value) : std::string(); };
  return {{"name", rule.name},
          {"cells", rule.cells},
          {"show_cells", rule.cells != rule.name},
          {"metric", rule.metric},
          {"counts", rule.counts},
          {"kind", rule.guard     ? "guard"
                   : rule.primary ? "primary"
                                  : "further"},
          {"baseline", show(rule.metric, rule.baseline)},
          {"candidate", show(rule.metric, rule.candidate)},
          {"difference", rule.difference ? show_change(rule.metric, *rule.difference) : std::string(kDash)},
          {"difference_sort", optional(rule.difference)},
          {"bounds", bounds_text(rule)},
          {"margin", rule.margin > 0 ? show_change(rule.metric, rule.margin).substr(1) : std::string(kDash)},
          {"p_value", rule.p_value ? fixed(*rule.p_value, 4) : std::string(kDash)},
          {"p_of", rule.p_of},
          {"verdict", verdict_name(rule.verdict)},
          {"note", note_text(rule)},
          {"design_effect", rule.design_effect ? fixed(*rule.design_effect, 1) : std::string(kDash)},
          {"n", std::to_string(rule.n)},
          {"groups", std::to_string(rule.groups)}};
}

Json side_view(const std::string& role, const RunHeader& header) {
  return {{"role", role},
          {"model", header.model_name},
          {"data", header.data_name},
          {"split", header.split},
          {"suite", header.suite_version.empty() ? header.suite_name : header.suite_name + "@" + header.suite_version},
          {"provenance", provenance_view(header)}};
}

}  // namespace

std::string to_html(const Comparison& comparison) {
  Json rules = Json::array();
  for (const RuleResult* rule : by_urgency(comparison)) rules.push_back(rule_view(*rule));
  Page page;
  page.title = comparison.candidate.model_name + " against " + comparison.baseline.model_name + ": robustness";
  page.body_template = assets::kComparisonTemplate;
  page.view = {{"baseline", comparison.baseline.model_name},
               {"candidate", comparison.candidate.model_name},
               {"data", comparison.baseline.data_name},
               {"verdict", comparison.verdict ? verdict_name(*comparison.verdict) : std::string_view()},
               {"confidence", confidence_text(comparison)},
               {"sentences", comparison_sentences(comparison)},
               {"has_missing_candidate", !comparison.missing_in_candidate.empty()},
               {"missing_candidate", comparison.missing_in_candidate},
               {"has_missing_baseline", !comparison.missing_in_baseline.empty()},
               {"missing_baseline", comparison.missing_in_baseline},
               {"has_notes", !comparison.notes.empty()},
               {"notes", comparison.notes},
               {"has_rules", !rules.empty()},
               {"rules", std::move(rules)},
               {"sides", Json::array({side_view("Baseline", comparison.baseline),
                                      side_view("Candidate", comparison.candidate)})}};
  page.data = Json::object();
  return render_page(std::move(page));
}

}  // namespace shakedown::reports
