#include "comparisons.h"
#include "figures.h"
#include "safe_text.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + xml_escape(value) + "\"";
}

std::string message_of(const RuleResult& rule) {
  std::string text = rule.metric + ": baseline " + show(rule.metric, rule.baseline) + ", candidate " +
                     show(rule.metric, rule.candidate) + ", difference ";
  text += rule.difference ? show_change(rule.metric, *rule.difference) : std::string(kDash);
  text += ", 95 % bounds " + bounds_text(rule) + ", margin " + show(rule.metric, rule.margin);
  return rule.note.empty() ? text : text + "; " + rule.note;
}

std::string test_case(const RuleResult& rule) {
  std::string out = "  <testcase" + attribute("classname", rule.guard ? "shakedown.guard" : "shakedown.primary");
  out += attribute("name", rule.name);
  const std::string message = message_of(rule);
  switch (rule.verdict) {
    case Verdict::kPass: return out + "/>\n";
    case Verdict::kFail: return out + "><failure" + attribute("message", message) + "/></testcase>\n";
    case Verdict::kInconclusive: break;
  }
  return out + "><skipped" + attribute("message", "inconclusive: " + message) + "/></testcase>\n";
}

std::string missing_case(const std::string& cell) {
  return "  <testcase" + attribute("classname", "shakedown.missing") + attribute("name", cell) + "><error" +
         attribute("message", "the candidate lacks this; the baseline has it") + "/></testcase>\n";
}

}  // namespace

std::string to_junit(const Comparison& comparison) {
  std::size_t failures = 0, skipped = 0;
  std::string cases;
  for (const RuleResult& rule : comparison.rules) {
    failures += rule.verdict == Verdict::kFail ? 1 : 0;
    skipped += rule.verdict == Verdict::kInconclusive ? 1 : 0;
    cases += test_case(rule);
  }
  for (const std::string& cell : comparison.missing_in_candidate) cases += missing_case(cell);
  const std::size_t errors = comparison.missing_in_candidate.size();
  const std::string name =
      "shakedown " + comparison.candidate.model_name + " against " + comparison.baseline.model_name;
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite" + attribute("name", name);
  out += attribute("tests", std::to_string(comparison.rules.size() + errors));
  out += attribute("failures", std::to_string(failures)) + attribute("errors", std::to_string(errors));
  out += attribute("skipped", std::to_string(skipped)) + ">\n" + cases;
  if (!comparison.verdict_text.empty())
    out += "  <system-out>" + xml_escape(comparison.verdict_text) + "</system-out>\n";
  return out + "</testsuite>\n";
}

}  // namespace shakedown::reports
