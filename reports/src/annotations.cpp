// https://docs.github.com/actions/reference/workflow-commands: ::error file=F,line=N,title=T::message
#include "comparisons.h"
#include "safe_text.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

/// One line of UTF-8 without the characters that end a command; in a property also , and :.
std::string escaped(const std::string& text, bool property) {
  std::string out;
  std::size_t replaced = 0;
  for (const char c : valid_utf8(text, replaced)) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ',' || c == ':'));
    if (!special) {
      out += c;
      continue;
    }
    constexpr const char* kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string command(const std::string& kind, const std::string& where, const std::string& title,
                    const std::string& message) {
  std::string out = "::" + kind + " ";
  const std::size_t colon = where.rfind(':');
  if (colon != std::string::npos && parse_number(where.substr(colon + 1))) {
    out += "file=" + escaped(where.substr(0, colon), true) + ",line=" + where.substr(colon + 1) + ",";
  }
  return out + "title=" + escaped(title, true) + "::" + escaped(message, false) + "\n";
}

}  // namespace

std::string to_annotations(const Comparison& comparison) {
  std::string out;
  for (const RuleResult* rule : by_urgency(comparison)) {
    if (rule->verdict == Verdict::kPass) continue;
    const std::string kind = breaks(comparison, *rule) ? "error" : "warning";
    const std::string said = rule->verdict == Verdict::kFail ? "broken" : "inconclusive";
    out += command(kind, rule->where, "shakedown: " + rule->name + " is " + said, message_of(comparison, *rule));
  }
  return out + command("notice", "", "shakedown gate", comparison.verdict_text);
}

}  // namespace shakedown::reports
