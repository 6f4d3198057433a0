#include "comparisons.h"
#include "figures.h"
#include "safe_text.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + xml_escape(value) + "\"";
}

std::string test_case(const Comparison& comparison, const RuleResult& rule) {
  std::string out = "  <testcase" + attribute("classname", rule.guard ? "shakedown.guard" : "shakedown.primary");
  out += attribute("name", rule.name);
  const std::string message = message_of(comparison, rule);
  if (breaks(comparison, rule)) {
    const std::string why = rule.verdict == Verdict::kFail ? "" : "inconclusive: ";
    return out + "><failure" + attribute("message", why + message) + "/></testcase>\n";
  }
  if (rule.verdict == Verdict::kPass) return out + "/>\n";
  if (rule.verdict == Verdict::kFail) {
    return out + "><system-out>" + xml_escape("warning: " + message) + "</system-out></testcase>\n";
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
    const bool broken = breaks(comparison, rule);
    failures += broken ? 1 : 0;
    skipped += rule.verdict == Verdict::kInconclusive && !broken ? 1 : 0;
    cases += test_case(comparison, rule);
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
