#include "comparisons.h"

#include "figures.h"

namespace shakedown::reports {
namespace {

std::size_t count(const Comparison& comparison, Verdict verdict) {
  std::size_t n = 0;
  for (const RuleResult& rule : comparison.rules) n += rule.verdict == verdict ? 1 : 0;
  return n;
}

/// How many differences are settled either way by their bounds; compare has no verdict to count.
std::string settled_sentence(const Comparison& comparison) {
  std::size_t better = 0, worse = 0, equal = 0;
  for (const RuleResult& rule : comparison.rules) {
    better += rule.low && *rule.low > 0 ? 1 : 0;
    worse += rule.high && *rule.high < 0 ? 1 : 0;
    equal += rule.low && rule.high && *rule.low == 0 && *rule.high == 0 ? 1 : 0;
  }
  const std::size_t open = comparison.rules.size() - better - worse - equal;
  return "Of " + counted(comparison.rules.size(), "paired difference", "paired differences") + ", " +
         std::to_string(better) + " lie wholly above 0 within their bounds (the candidate is better), " +
         std::to_string(worse) + " wholly below (worse), " + std::to_string(equal) + " are exactly 0, and " +
         std::to_string(open) + " are not settled by these samples.";
}

}  // namespace

std::vector<const RuleResult*> by_urgency(const Comparison& comparison) {
  std::vector<const RuleResult*> out;
  if (!comparison.verdict) {
    for (const RuleResult& rule : comparison.rules) out.push_back(&rule);
    return out;
  }
  for (const Verdict verdict : {Verdict::kFail, Verdict::kInconclusive, Verdict::kPass}) {
    for (const RuleResult& rule : comparison.rules) {
      if (rule.verdict == verdict) out.push_back(&rule);
    }
  }
  return out;
}

std::string confidence_text(const Comparison& comparison) {
  return exact(100 * comparison.confidence) + "\u00A0%";
}

std::string note_text(const RuleResult& rule) {
  if (rule.hint.empty()) return rule.note;
  return rule.note.empty() ? "hint: " + rule.hint : rule.note + "; hint: " + rule.hint;
}

bool breaks(const Comparison& comparison, const RuleResult& rule) {
  if (!rule.counts) return false;
  return rule.verdict == Verdict::kFail || (rule.verdict == Verdict::kInconclusive && comparison.inconclusive_fails);
}

std::string message_of(const Comparison& comparison, const RuleResult& rule) {
  if (rule.metric.empty()) return rule.note;
  std::string text = rule.metric + ": baseline " + show(rule.metric, rule.baseline) + ", candidate " +
                     show(rule.metric, rule.candidate) + ", difference ";
  text += rule.difference ? show_change(rule.metric, *rule.difference) : std::string(kDash);
  text += ", " + confidence_text(comparison) + " bounds " + bounds_text(rule);
  if (rule.margin > 0) text += ", margin " + show(rule.metric, rule.margin);
  return rule.note.empty() ? text : text + "; " + rule.note;
}

std::string bounds_text(const RuleResult& rule) {
  if (!rule.low && !rule.high) return std::string(kDash);
  const auto bound = [&](const std::optional<double>& value) {
    return value ? show_change(rule.metric, *value) : std::string(kDash);
  };
  return "[" + bound(rule.low) + ", " + bound(rule.high) + "]";
}

std::vector<std::string> comparison_sentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  if (!comparison.verdict_text.empty()) sentences.push_back(comparison.verdict_text);
  if (comparison.verdict) {
    sentences.push_back(counted(comparison.rules.size(), "rule", "rules") + ": " +
                        std::to_string(count(comparison, Verdict::kFail)) + " failed, " +
                        std::to_string(count(comparison, Verdict::kInconclusive)) + " inconclusive, " +
                        std::to_string(count(comparison, Verdict::kPass)) + " passed.");
  } else if (!comparison.rules.empty()) {
    sentences.push_back(settled_sentence(comparison));
  } else {
    sentences.emplace_back("The two runs have no cell in common.");
  }
  if (comparison.unpaired_samples > 0) {
    sentences.push_back(counted(comparison.unpaired_samples, "sample has", "samples have") +
                        " no partner in the other run.");
  }
  return sentences;
}

}  // namespace shakedown::reports
