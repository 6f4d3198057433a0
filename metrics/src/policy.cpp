#include "shakedown/metrics/policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"
#include "shakedown/metrics/warnings.h"

namespace shakedown::metrics {
namespace {

constexpr std::array kBounds{Bound::kMaxDrop,     Bound::kMinValue,           Bound::kMaxValue,
                             Bound::kMaxFlipRate, Bound::kMinDirectionalPass, Bound::kMinDirectionalMoved,
                             Bound::kMaxEce,      Bound::kNoWarning};

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

double number_of(Bound bound, const Yaml& value) {
  const char* key = bound_name(bound);
  const double number = value.number();
  if (!std::isfinite(number)) value.fail(fmt::format("{}: must be finite", key));
  if (bound == Bound::kMaxDrop && !(number > 0)) {
    value.fail(
        fmt::format("max_drop: {} must be above 0: without a margin no amount of data can show that nothing was lost",
                    format_number(number)));
  }
  const bool share = bound != Bound::kMaxDrop && bound != Bound::kMinValue && bound != Bound::kMaxValue;
  if (share && !(number >= 0 && number <= 1)) {
    value.fail(fmt::format("{}: {} is outside [0, 1]", key, format_number(number)));
  }
  return number;
}

std::vector<std::string> known_warnings(const Yaml& value) {
  std::vector<std::string> ids, accepted;
  for (const WarningInfo& info : all_warnings()) accepted.push_back(info.id);
  for (const Yaml& id : value.items()) ids.push_back(choice(id, "no_warning", accepted));
  if (ids.empty()) value.fail("no_warning: names no warning; see 'shakedown list warnings'");
  return ids;
}

void read_bound(const Yaml& entry, Rule& rule, bool& stated) {
  for (const Bound bound : kBounds) {
    const Yaml value = entry.get(bound_name(bound));
    if (!value) continue;
    if (stated) value.fail("a rule has one bound: make two rules of it");
    stated = true;
    rule.bound = bound;
    if (bound == Bound::kNoWarning) {
      rule.warnings = known_warnings(value);
    } else {
      rule.value = number_of(bound, value);
    }
  }
}

void read_selection(const Yaml& entry, Rule& rule) {
  if (const Yaml cells = entry.get("cells")) {
    rule.cells.clear();
    for (const Yaml& glob : cells.items()) rule.cells.push_back(glob.text());
    if (rule.cells.empty()) cells.fail("cells: the list is empty");
  }
  if (const Yaml modality = entry.get("modality")) {
    rule.modalities.clear();
    for (const Yaml& one : modality.items()) {
      const std::string name = choice(one, "modality", {"text", "audio", "video", "cross"});
      for (const Modality known : {Modality::kText, Modality::kAudio, Modality::kVideo, Modality::kCross})
        if (modality_name(known) == name) rule.modalities.push_back(known);
    }
    if (rule.modalities.empty()) modality.fail("modality: the list is empty");
  }
  if (const Yaml severity = entry.get("severity")) {
    rule.severities.clear();
    for (const Yaml& one : severity.items()) rule.severities.push_back(one.number());
    if (rule.severities.empty()) severity.fail("severity: the list is empty");
  }
  if (const Yaml slice = entry.get("slice")) {
    if (slice.kind() != Yaml::Kind::kMap || slice.size() != 1)
      slice.fail("slice: one column and its value are accepted, as in {label: below 0}");
    rule.slice_by = slice.entries().front().first;
    rule.slice_value = slice.entries().front().second.text();
  }
  if (const Yaml aggregate = entry.get("aggregate")) rule.aggregate = known_aggregate(aggregate);
}

/// What does not go together.
void check(const Yaml& entry, const Rule& rule) {
  const auto refuse = [&](const char* key, const char* why) {
    if (entry.has(key))
      entry.get(key).fail(fmt::format("{}: does not go with {}: {}", key, bound_name(rule.bound), why));
  };
  const bool direction = rule.bound == Bound::kMinDirectionalPass || rule.bound == Bound::kMinDirectionalMoved;
  if (direction) refuse("aggregate", "no mean is made of directional cells");
  if (rule.bound == Bound::kMaxFlipRate || rule.bound == Bound::kMaxEce || direction)
    refuse("metric", "it says itself what is measured");
  if (rule.bound != Bound::kNoWarning) return;
  for (const char* key : {"aggregate", "metric", "slice", "guard", "modality", "severity"})
    refuse(key, "warnings are about the whole run or about cells");
}

/// `rule` holds the rule of that name in the preset that the policy extends, if any.
Rule read_rule(const Yaml& entry, Rule rule, bool extends) {
  std::vector<std::string> keys{"name",      "cells",  "modality", "severity", "slice",
                                "aggregate", "metric", "guard",    "level"};
  for (const Bound bound : kBounds) keys.emplace_back(bound_name(bound));
  entry.only(keys);
  rule.where = entry.where();
  rule.name = entry.require("name").text();
  read_selection(entry, rule);
  if (const Yaml metric = entry.get("metric")) rule.metric = metric.text();
  if (const Yaml guard = entry.get("guard")) rule.guard = guard.boolean();
  if (const Yaml level = entry.get("level")) {
    const std::string text = choice(level, "level", {"off", "warn", "error"});
    rule.level = text == "off" ? Level::kOff : text == "warn" ? Level::kWarn : Level::kError;
  }
  bool stated = false;
  read_bound(entry, rule, stated);
  if (!stated && !extends && rule.level != Level::kOff) {
    std::vector<std::string> names;
    for (const Bound bound : kBounds) names.emplace_back(bound_name(bound));
    entry.fail(fmt::format("rule '{}' bounds nothing: it needs one of {}", rule.name, join(names, ", ")));
  }
  check(entry, rule);
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

void read_rules(const Yaml& rules, Policy& policy) {
  if (rules.kind() != Yaml::Kind::kList) rules.fail("rules: a list of rules is expected");
  std::set<std::string> names;
  for (const Yaml& entry : rules.items()) {
    const std::string name = entry.require("name").text();
    if (!names.insert(name).second) entry.fail(fmt::format("two rules are named '{}'", name));
    const auto known =
        std::find_if(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) { return rule.name == name; });
    if (known != policy.rules.end()) {
      *known = read_rule(entry, *known, true);
    } else {
      policy.rules.push_back(read_rule(entry, {}, false));
    }
  }
}

/// Rules that are off stay: who extends a preset may turn them on.
Policy read_policy(const std::string& text, const std::string& name, const std::string& today) {
  const Yaml document = Yaml::parse(text, name);
  document.require_schema("shakedown.policy/1");
  document.only({"schema", "name", "extends", "confidence", "rules", "waivers", "on_inconclusive"});
  Policy policy;
  const Yaml extends = document.get("extends");
  if (extends) {
    const std::string preset = choice(extends, "extends", {"recommended", "strict"});
    policy = read_policy(preset_policy(preset), "preset " + preset, today);
    for (Rule& rule : policy.rules) rule.preset = true;
  }
  policy.text = text;
  policy.name = document.has("name") ? document.get("name").text() : std::filesystem::path(name).stem().string();
  if (const Yaml value = document.get("on_inconclusive")) {
    policy.inconclusive_fails = choice(value, "on_inconclusive", {"warn", "fail"}) == "fail";
  }
  if (const Yaml confidence = document.get("confidence")) {
    policy.confidence = confidence.number();
    if (!(policy.confidence >= 0.8 && policy.confidence <= 0.99))
      confidence.fail(fmt::format("confidence: {} is outside [0.8, 0.99]", format_number(policy.confidence)));
  }
  if (const Yaml rules = extends ? document.get("rules") : document.require("rules")) read_rules(rules, policy);
  if (policy.rules.empty()) document.fail("rules: a policy needs at least one rule");
  if (const Yaml waivers = document.get("waivers")) {
    for (const Yaml& entry : waivers.items()) policy.waivers.push_back(read_waiver(entry, today));
  }
  return policy;
}

}  // namespace

const char* bound_name(Bound bound) {
  switch (bound) {
    case Bound::kMaxDrop: return "max_drop";
    case Bound::kMinValue: return "min_value";
    case Bound::kMaxValue: return "max_value";
    case Bound::kMaxFlipRate: return "max_flip_rate";
    case Bound::kMinDirectionalPass: return "min_directional_pass";
    case Bound::kMinDirectionalMoved: return "min_directional_moved";
    case Bound::kMaxEce: return "max_ece";
    case Bound::kNoWarning: break;
  }
  return "no_warning";
}

Policy parse_policy(const std::string& text, const std::string& name, const std::string& today) {
  Policy policy = read_policy(text, name, today);
  for (const Rule& rule : policy.rules)
    if (rule.level == Level::kOff) policy.off.push_back(rule.name);
  std::erase_if(policy.rules, [](const Rule& rule) { return rule.level == Level::kOff; });
  if (policy.rules.empty()) throw Error(ErrorKind::kUsage, name + ": every rule is off: the policy decides nothing");
  return policy;
}

Policy load_policy(const std::filesystem::path& file, const std::string& today) {
  return parse_policy(read_text_file(file, kMostYamlBytes), file.string(), today);
}

}  // namespace shakedown::metrics
