#include <algorithm>

#include "cells.h"
#include "figures.h"
#include "views.h"

namespace shakedown::reports {
namespace {

constexpr std::size_t kGroupsShown = 8;  ///< the worst: a data set has hundreds
constexpr std::size_t kFindingsShown = 15;

const Score* find(const Slice& slice, const std::string& figure) {
  const auto found = slice.scores.find(figure);
  return found == slice.scores.end() ? nullptr : &found->second;
}

/// All slices, but of single groups only those with the worst clean score.
std::vector<const Slice*> shown_slices(const Results& results) {
  std::vector<const Slice*> shown, groups;
  for (const Slice& slice : results.slices.slices) (slice.by == "group" ? groups : shown).push_back(&slice);
  const double sign = higher_is_better(results, results.primary) ? 1 : -1;
  std::stable_sort(groups.begin(), groups.end(), [&](const Slice* a, const Slice* b) {
    const Score *left = find(*a, "clean"), *right = find(*b, "clean");
    const bool has_left = left != nullptr && left->value, has_right = right != nullptr && right->value;
    if (!has_left || !has_right) return has_left && !has_right;
    return sign * *left->value < sign * *right->value;
  });
  shown.insert(shown.end(), groups.begin(),
               groups.begin() + static_cast<std::ptrdiff_t>(std::min(kGroupsShown, groups.size())));
  return shown;
}

Json slice_row(const Results& results, const Slice& slice) {
  const Score* clean = find(slice, "clean");
  const bool skilled = clean != nullptr && clean->skill;
  return {{"by", slice.by},
          {"value", slice.value},
          {"n", std::to_string(slice.n)},
          {"groups", std::to_string(slice.groups)},
          {"clean", score_view(results.primary, clean)},
          {"floor", show(results.primary, clean == nullptr ? std::nullopt : clean->floor)},
          {"skill", skilled ? per_cent(*clean->skill) : std::string(kDash)},
          {"stress", score_view(results.primary, find(slice, "stress_mean"))}};
}

/// "0.210 [0.110, 0.310]", "21.0 pp [11.0, 31.0]": how much worse, so that the signs of metrics need not be known.
std::string worse_by(const Results& results, const SliceFinding& finding) {
  Score turned;
  turned.value = -*finding.difference;
  if (finding.low && finding.high) {
    turned.low = -*finding.high;
    turned.high = -*finding.low;
  }
  const std::string share = "\u00A0%";
  std::string text = show_interval(results.primary, turned);
  if (const std::size_t at = text.find(share); at != std::string::npos) text.replace(at, share.size(), "\u00A0pp");
  return text;
}

Json finding_row(const Results& results, const SliceFinding& finding) {
  return {{"by", finding.by},
          {"value", finding.value},
          {"figure", finding.figure},
          {"inside", show(results.primary, finding.inside)},
          {"outside", show(results.primary, finding.outside)},
          {"worse", worse_by(results, finding)},
          {"q", finding.q_value < 0.0001 ? "<0.0001" : fixed(finding.q_value, 4)}};
}

Json confusion_view(const Results& results, const CellResult& cell, const std::string& title) {
  Json rows = Json::array();
  for (std::size_t label = 0; label < cell.confusion.size(); ++label) {
    Json counts = Json::array();
    std::size_t total = 0;
    for (std::size_t decided = 0; decided < cell.confusion[label].size(); ++decided) {
      const std::size_t n = cell.confusion[label][decided];
      counts.push_back({{"text", std::to_string(n)}, {"hit", decided == label}});
      total += n;
    }
    const double hits = static_cast<double>(cell.confusion[label][label]);
    rows.push_back({{"label", results.header.task.labels[label]},
                    {"counts", counts},
                    {"recall", total > 0 ? per_cent(hits / static_cast<double>(total)) : std::string(kDash)}});
  }
  return {{"title", title}, {"labels", results.header.task.labels}, {"rows", rows}};
}

}  // namespace

Json slices_view(const Results& results) {
  const Slices& slices = results.slices;
  Json rows = Json::array(), worst = Json::array();
  for (const Slice* slice : shown_slices(results)) rows.push_back(slice_row(results, *slice));
  for (std::size_t at = 0; at < std::min(kFindingsShown, slices.worst.size()); ++at) {
    worst.push_back(finding_row(results, slices.worst[at]));
  }
  std::string lead =
      metric_title(results.primary) + " on parts of the data. " +
      counted(slices.searched, "comparison", "comparisons") + " of a slice with all other samples " +
      (slices.searched == 1 ? "was" : "were") + " searched, on the clean input and in the means; " +
      (slices.worst.empty() ? std::string("none is worse") : counted(slices.worst.size(), "is worse", "are worse")) +
      " beyond a false discovery rate of 5 % (Benjamini and Hochberg). Of single groups the worst " +
      std::to_string(kGroupsShown) + " are listed; within a group its samples are the units.";
  if (slices.worst.size() > kFindingsShown) {
    lead += " The first " + std::to_string(kFindingsShown) + " are shown, all are in results.json.";
  }
  return {
      {"has_slices", !rows.empty()},        {"slices_lead", capital(lead)}, {"slices", rows},
      {"has_worst_slices", !worst.empty()}, {"worst_slices", worst},        {"has_slice_notes", !slices.notes.empty()},
      {"slice_notes", slices.notes}};
}

Json confusions_view(const Results& results) {
  Json confusions = Json::array();
  const CellResult* clean = clean_cell(results);
  const CellResult* worst = worst_cell(results);
  if (clean != nullptr && !clean->confusion.empty()) {
    confusions.push_back(confusion_view(results, *clean, "Clean input"));
  }
  if (worst != nullptr && !worst->confusion.empty()) {
    confusions.push_back(confusion_view(results, *worst, "Worst cell: " + worst->cell.id));
  }
  return {{"has_confusions", !confusions.empty()}, {"confusions", confusions}};
}

}  // namespace shakedown::reports
