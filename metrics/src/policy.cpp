#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"
#include "shakedown/metrics/compare.h"

namespace shakedown::metrics {
namespace {

/// One of `accepted`, else an error at the value.
std::string choice(const Yaml& value, const std::string& what, const std::vector<std::string>& accepted) {
  std::string text = value.text();
  if (std::find(accepted.begin(), accepted.end(), text) == accepted.end()) {
    value.fail(
        fmt::format("{}: '{}' is not one of: {}{}", what, text, join(accepted, ", "), suggestion(text, accepted)));
  }
  return text;
}

/// YYYY-MM-DD: such dates sort as text.
bool is_date(const std::string& text) {
  if (text.size() != 10) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dash = at == 4 || at == 7;
    if (dash ? text[at] != '-' : std::isdigit(static_cast<unsigned char>(text[at])) == 0) return false;
  }
  const int month = (text[5] - '0') * 10 + (text[6] - '0'), day = (text[8] - '0') * 10 + (text[9] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

std::string known_aggregate(const Yaml& value) {
  std::string text = value.text();
  for (const std::string base : {"stress_mean", "information_loss"}) {
    const bool part = text.starts_with(base + "[") && text.ends_with("]");
    if (text == base || text == base + "_unweighted" || part) return text;
  }
  if (text == "worst") return text;
  value.fail(
      fmt::format("aggregate: '{}' is not one of: stress_mean, stress_mean[audio] and so on, "
                  "stress_mean_unweighted, information_loss (with the same forms), worst{}",
                  text, suggestion(text, {"stress_mean", "information_loss", "worst"})));
}

Rule read_rule(const Yaml& entry) {
  entry.only({"name", "cells", "aggregate", "metric", "guard", "margin", "limit", "level"});
  Rule rule;
  rule.where = entry.where();
  if (const Yaml cells = entry.get("cells")) rule.cells = cells.text();
  if (const Yaml aggregate = entry.get("aggregate")) rule.aggregate = known_aggregate(aggregate);
  if (const Yaml metric = entry.get("metric")) rule.metric = metric.text();
  if (const Yaml guard = entry.get("guard")) rule.guard = guard.boolean();
  if (const Yaml level = entry.get("level")) rule.error = choice(level, "level", {"error", "warn"}) == "error";
  if (const Yaml limit = entry.get("limit")) {
    if (entry.has("margin"))
      limit.fail("limit: a rule has a margin against the baseline or an absolute limit, not both");
    rule.limit = limit.number();
    if (!std::isfinite(*rule.limit)) limit.fail("limit: must be finite");
  }
  if (const Yaml margin = entry.get("margin")) {
    rule.margin = margin.number();
    if (!(rule.margin > 0) || !std::isfinite(rule.margin)) {
      margin.fail(
          fmt::format("margin: {} must be above 0: without a margin no amount of data can show that nothing "
                      "was lost",
                      format_number(rule.margin)));
    }
  }
  const Yaml name = entry.get("name");
  rule.name = name ? name.text() : !rule.aggregate.empty() ? rule.aggregate : rule.cells;
  return rule;
}

Waiver read_waiver(const Yaml& entry, const std::string& today) {
  entry.only({"cells", "reason", "until"});
  Waiver waiver{entry.require("cells").text(), entry.require("reason").text(), entry.require("until").text(),
                entry.where()};
  if (!is_date(waiver.until))
    entry.get("until").fail(fmt::format("until: '{}' is not a date YYYY-MM-DD", waiver.until));
  if (waiver.until < today) {
    entry.fail(fmt::format("the waiver for '{}' expired on {} (reason given: {}); renew or remove it", waiver.cells,
                           waiver.until, waiver.reason));
  }
  return waiver;
}

}  // namespace

Policy load_policy(const std::filesystem::path& file, const std::string& today) {
  const auto text = read_text_file(file, kMostYamlBytes);
  const Yaml document = Yaml::parse(text, file.string());
  document.require_schema("shakedown.policy/1");
  document.only({"schema", "name", "rules", "waivers", "on_inconclusive"});
  Policy policy;
  policy.text = text;
  policy.name = document.has("name") ? document.get("name").text() : file.stem().string();
  if (const Yaml value = document.get("on_inconclusive")) {
    policy.inconclusive_fails = choice(value, "on_inconclusive", {"pass", "fail"}) == "fail";
  }
  const Yaml rules = document.require("rules");
  if (rules.kind() != Yaml::Kind::kList || rules.size() == 0) rules.fail("rules: a policy needs at least one rule");
  std::set<std::string> names;
  for (const Yaml& entry : rules.items()) {
    Rule rule = read_rule(entry);
    if (!names.insert(rule.name).second) entry.fail(fmt::format("two rules are named '{}'", rule.name));
    policy.rules.push_back(std::move(rule));
  }
  if (const Yaml waivers = document.get("waivers")) {
    for (const Yaml& entry : waivers.items()) policy.waivers.push_back(read_waiver(entry, today));
  }
  return policy;
}

}  // namespace shakedown::metrics
