#include <algorithm>
#include <cmath>

#include "cells.h"
#include "figures.h"
#include "model_use.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

/// ", 0.112 worse than the clean input"; equal figures are said to be equal.
std::string compared_to_clean(const Results& results, double change) {
  const std::string size = show_change(results.primary, std::abs(change));
  if (!size.starts_with('+')) return ", the same as on the clean input to the digits shown";
  const bool better = (change > 0) == higher_is_better(results, results.primary);
  return ", " + size.substr(1) + (better ? " better" : " worse") + " than on the clean input";
}

std::string clean_sentence(const Results& results) {
  const std::string scope = "On " + counted(results.samples, "sample", "samples") + " in " +
                            counted(results.groups, "group", "groups") + ", ";
  const CellResult* clean = clean_cell(results);
  const Score* score = clean == nullptr ? nullptr : score_of(*clean, results.primary);
  const std::string title = metric_title(results.primary);
  if (score == nullptr || !score->value) {
    const std::string why = score == nullptr ? "it was not scored on the clean input" : score->why;
    return scope + title + " is undefined" + (why.empty() ? "." : ": " + why + ".");
  }
  std::string text = scope + title + " on the clean input is " + show_interval(results.primary, *score);
  if (score->floor) {
    text += "; " + floor_clause(results.primary) + " would give " + show(results.primary, *score->floor);
    if (score->skill && *score->skill <= 0) text += ", so that the model is no better than that";
  }
  return text + ".";
}

std::size_t count_cells(const Results& results, LabelEffect effect) {
  std::size_t count = 0;
  for (const CellResult& cell : results.cells) {
    const Score* score = counts(cell, effect) ? score_of(cell, results.primary) : nullptr;
    count += score != nullptr && score->value ? 1 : 0;
  }
  return count;
}

/// Why a mean over no cell is none, with what was left out of it.
std::string no_mean(const Results& results, const std::string& key) {
  const std::string none = key == "stress_mean"
                               ? "There is no stress mean: no cell that leaves the label as it is counts"
                               : "There is no mean of information loss: no cell that takes evidence away counts";
  const auto note = results.summary_notes.find(key);
  const std::size_t left_out =
      note == results.summary_notes.end() ? std::string::npos : note->second.find("left out: ");
  return none + (left_out == std::string::npos ? "." : " (" + note->second.substr(left_out) + ").");
}

/// A mean over cells against the clean value, or nothing when the run has no such mean.
std::string mean_sentence(const Results& results, const std::string& key, LabelEffect effect, const std::string& lead) {
  const auto found = results.summary.find(key);
  if (found == results.summary.end()) return "";
  const bool any = std::any_of(results.cells.begin(), results.cells.end(),
                               [&](const CellResult& cell) { return counts(cell, effect); });
  if (!found->second.value && !any) return no_mean(results, key);
  if (!found->second.value) {
    return found->second.why.empty() ? "" : lead + " the mean is undefined: " + found->second.why + ".";
  }
  std::string text = lead + " (" + counted(count_cells(results, effect), "cell", "cells") + ") it averages " +
                     show_interval(results.primary, found->second);
  const CellResult* clean = clean_cell(results);
  const Score* score = clean == nullptr ? nullptr : score_of(*clean, results.primary);
  if (score != nullptr && score->value) {
    text += compared_to_clean(results, *found->second.value - *score->value);
  }
  return text + ".";
}

std::string worst_sentence(const Results& results) {
  const CellResult* worst = worst_cell(results);
  if (worst == nullptr) return "No stress cell could be scored against its label.";
  const Score& score = *score_of(*worst, results.primary);
  std::string text = "The worst result was under " + worst->cell.family;
  const std::string level = level_text(worst->cell);
  if (!level.empty()) text += " at " + level;
  text += ": " + show_interval(results.primary, score);
  const auto change = change_of(results, *worst, results.primary);
  if (change) text += compared_to_clean(results, *change);
  if (change && worst->change.low) {
    text += " " + change_interval(results.primary, worst->change);
    if (!is_significant(*worst)) text += ", which is not beyond its interval";
  }
  const CellResult* reference = reference_of(results, *worst);
  const Score* before = reference == nullptr ? nullptr : score_of(*reference, results.primary);
  if (before != nullptr && before->skill && score.skill)
    text += "; skill " + per_cent(*before->skill) + " before, " + per_cent(*score.skill) + " after";
  if (score.floor && score.skill && *score.skill <= 0) {
    text += "; that is no better than " + floor_clause(results.primary);
  }
  return text + ".";
}

/// What this data cannot show: losses below what a cell would show with power .8.
std::string detectable_sentence(const Results& results) {
  std::vector<double> found;
  for (const CellResult& cell : results.cells)
    if (counts(cell, LabelEffect::kInvariant) && cell.detectable) found.push_back(*cell.detectable);
  if (found.empty()) return "";
  std::sort(found.begin(), found.end());
  const auto size = [&](double change) {
    const std::string text = show_change(results.primary, change);
    return text.substr(text.starts_with('+') ? 1 : 0);
  };
  const std::string range =
      found.size() == 1 ? "" : " (" + size(found.front()) + " to " + size(found.back()) + " by cell)";
  return "A loss of less than about " + size(found[found.size() / 2]) + range +
         " in one cell would most likely not be found on these " + counted(results.groups, "group", "groups") +
         ": smaller ones are neither shown nor excluded.";
}

std::string counts_sentence(const Results& results) {
  const std::size_t warnings = all_warnings(results).size();
  const std::size_t untested = results.header.not_tested.size();
  std::string text =
      warnings == 0 ? "There are no warnings"
                    : "There " + std::string(warnings == 1 ? "is " : "are ") + counted(warnings, "warning", "warnings");
  if (untested > 0) {
    text += "; " + counted(untested, "perturbation or cell was", "perturbations or cells were") + " not tested";
  }
  return text + ".";
}

}  // namespace

std::vector<std::string> verdict_sentences(const Results& results) {
  std::vector<std::string> sentences;
  const auto add = [&](std::string sentence) {
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  };
  if (!results.complete) add("This run is not complete: the figures below cover only what was finished.");
  add(clean_sentence(results));
  add(mean_sentence(results, "stress_mean", LabelEffect::kInvariant, "Over corruptions that leave the label as it is"));
  add(worst_sentence(results));
  add(mean_sentence(results, "information_loss", LabelEffect::kUnknowable, "With part of the evidence removed"));
  for (const std::string& sentence : use_sentences(results)) add(sentence);
  add(detectable_sentence(results));
  add(counts_sentence(results));
  return sentences;
}

}  // namespace shakedown::reports
