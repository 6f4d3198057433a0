#include <algorithm>
#include <array>
#include <set>

#include "cells.h"
#include "figures.h"
#include "model_use.h"
#include "shakedown/core/text.h"
#include "views.h"

namespace shakedown::reports {
namespace {

constexpr std::array<const char*, 3> kModalities = {"text", "audio", "video"};

/// Single modalities before pairs, text before audio before video.
bool comes_before(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& subset) {
    std::vector<std::ptrdiff_t> places;
    for (const std::string& name : split(subset, '+')) {
      places.push_back(std::find(kModalities.begin(), kModalities.end(), name) - kModalities.begin());
    }
    return std::pair(places.size(), places);
  };
  return rank(a) < rank(b);
}

/// A table of scores: columns with a title, rows with a name. Grey rows are modalities that the model ignores.
struct Table {
  std::string title, note;
  Json columns = Json::array(), rows = Json::array();

  void column(const std::string& name) { columns.push_back(name); }
  void row(const std::string& name, bool grey, Json cells) {
    rows.push_back({{"name", name}, {"class", grey ? "vacuous" : ""}, {"cells", std::move(cells)}});
  }
  [[nodiscard]] Json view() const { return {{"title", title}, {"note", note}, {"columns", columns}, {"rows", rows}}; }
};

Json cell(const std::string& metric, const Score& score) {
  const Json shown = score_view(metric, &score);
  return {{"text", shown["text"]}, {"why", shown["why"]}};
}

Json cell(const std::string& metric, const Scores& scores, const std::string& key) {
  const auto found = scores.find(key);
  return found == scores.end() ? Json{{"text", kDash}, {"why", "no such cell"}} : cell(metric, found->second);
}

Json words(const std::string& text) {
  return {{"text", text}, {"why", ""}};
}

const Attribution* clean_attribution(const ModelUse& use, const std::string& removal) {
  const auto found = std::find_if(use.attributions.begin(), use.attributions.end(), [&](const Attribution& one) {
    return one.condition == "clean" && one.removal == removal && one.why.empty();
  });
  return found == use.attributions.end() ? nullptr : &*found;
}

/// Modalities that no prediction reacts to.
std::set<std::string> ignored(const ModelUse& use) {
  std::set<std::string> names;
  for (const Attribution& one : use.attributions) {
    if (one.condition != "clean") continue;
    for (const auto& [name, score] : one.prediction) {
      if (score.value == 0.0) names.insert(name);
    }
  }
  for (const Attribution& one : use.attributions) {
    for (const auto& [name, score] : one.prediction) {
      if (score.value != 0.0) names.erase(name);
    }
  }
  return names;
}

Table modalities_table(const Results& results) {
  const ModelUse& use = results.model_use;
  const Attribution *fill = clean_attribution(use, "fill"), *marginal = clean_attribution(use, "marginal");
  const std::string title = metric_title(results.primary);
  Table table{
      "Each modality",
      "Shapley values share the gain of everything over nothing among the modalities; positive is better. By fill: "
      "what is taken away becomes zeros, silence, black, [UNK]. By donors: it becomes another speaker's, and "
      "predictions are averaged. Decides: share of samples in which its share of the prediction is the largest.",
      Json::array(), Json::array()};
  if (fill != nullptr) table.column(title + " by fill [95 % interval]");
  if (marginal != nullptr) table.column(title + " by " + std::to_string(marginal->draws) + " donors [95 % interval]");
  const Attribution* either = fill != nullptr ? fill : marginal;
  if (either != nullptr) table.column("Prediction moved");
  if (either != nullptr) table.column("Decides");
  if (!use.shuffle.empty()) table.column(title + " lost when shuffled");
  if (either != nullptr) table.column("n");
  const std::set<std::string> grey = ignored(use);
  for (const char* modality : kModalities) {
    const bool shared = either != nullptr && either->prediction.contains(modality);
    if (!shared && !use.shuffle.contains(modality)) continue;
    Json cells = Json::array();
    for (const Attribution* one : {fill, marginal}) {
      if (one != nullptr) cells.push_back(cell(results.primary, one->metric.at(results.primary), modality));
    }
    if (either != nullptr) {
      cells.push_back(cell("mean_shift", either->prediction, modality));
      cells.push_back(cell("all", either->decides, modality));
    }
    if (!use.shuffle.empty()) cells.push_back(cell(results.primary, use.shuffle, modality));
    if (either != nullptr) cells.push_back(words(shared ? std::to_string(either->gain.n) : std::string(kDash)));
    const bool is_grey = grey.contains(modality);
    table.row(std::string(modality) + (is_grey ? " (ignored by the model)" : ""), is_grey, std::move(cells));
  }
  return table;
}

Table together_table(const Results& results, const Attribution& one) {
  Table table{
      "Alone and together",
      "What each set of modalities brings beyond its own parts (Harsanyi dividends): the rows add up to the gain of "
      "everything over nothing. A modality that decides alone has it all in its own row; what two say only "
      "together stands in theirs, and is negative where they say the same.",
      Json::array(), Json::array()};
  table.column(metric_title(results.primary) + " brought [95 % interval]");
  table.column(metric_title(results.primary) + " with these alone");
  std::vector<std::string> subsets;
  for (const auto& [subset, score] : one.together) subsets.push_back(subset);
  std::sort(subsets.begin(), subsets.end(), comes_before);
  const std::set<std::string> grey = ignored(results.model_use);
  for (const std::string& subset : subsets) {
    Json cells = Json::array();
    cells.push_back(cell(results.primary, one.together, subset));
    cells.push_back(cell(results.primary, one.kept, subset));
    table.row(subset, grey.contains(subset), std::move(cells));
  }
  Json sum = Json::array();
  sum.push_back(cell(results.primary, one.gain));
  sum.push_back(words(std::string(kDash)));
  table.row("sum: everything over nothing", false, std::move(sum));
  return table;
}

Table interaction_table(const std::string& primary, const Interaction& one) {
  const std::string how = one.exact
                              ? "every combination of clips"
                              : std::to_string(one.draws) + " donors a sample, which alone put a standard error of " +
                                    show_dose(DoseInfo{}, one.draw_error) + " on the gain in " + metric_title(primary);
  Table table{
      "Sum of parts",
      "The model against its best approximation by a sum of functions of one modality each (EMAP, Hessel and Lee "
      "2020), from " +
          how + ". The gain is what only the combination of modalities gives.",
      Json::array(), Json::array()};
  for (const char* name : {"Model", "Sum of parts", "Cross-modal gain [95 % interval]"}) table.column(name);
  for (const auto& [metric, gain] : one.gain) {
    Json cells = Json::array();
    cells.push_back(cell(metric, one.full, metric));
    cells.push_back(cell(metric, one.additive, metric));
    cells.push_back(cell(metric, gain));
    table.row(metric, false, std::move(cells));
  }
  Json solved = Json::array();
  solved.push_back(cell("all", one.jointly));
  solved.push_back(cell("all", one.additively));
  solved.push_back(words(""));
  table.row("right with this one only", false, std::move(solved));
  return table;
}

Table conflict_table(const Results& results) {
  Table table{
      "Conflict",
      "One modality comes from another speaker's clip with the opposite label: share of decisions that go over to "
      "it. The control takes it from a clip with the same label; the excess is what the contradiction does.",
      Json::array(), Json::array()};
  for (const char* name :
       {"Follows this modality", "Keeps the other label", "Neither", "Control", "Excess [95 % interval]", "n"})
    table.column(name);
  const std::set<std::string> grey = ignored(results.model_use);
  for (const Conflict& one : results.model_use.conflicts) {
    Json cells = Json::array();
    for (const Score* score : {&one.follows, &one.keeps, &one.neither, &one.control_follows, &one.excess}) {
      cells.push_back(cell("all", *score));
    }
    cells.push_back(words(std::to_string(one.follows.n)));
    table.row(one.modality, grey.contains(one.modality), std::move(cells));
  }
  return table;
}

/// Shapley values under each condition, clean first.
Table conditions_table(const Results& results) {
  Table table{"With evidence missing",
              "Shapley values of the " + metric_title(results.primary) +
                  " with part of every modality lost before: each "
                  "row shares out what is left of the gain.",
              Json::array(), Json::array()};
  const auto& all = results.model_use.attributions;
  const auto first = std::find_if(all.begin(), all.end(), [](const Attribution& one) { return one.why.empty(); });
  if (first == all.end()) return table;
  table.column("All [95 % interval]");
  std::vector<std::string> modalities = first->order;
  std::sort(modalities.begin(), modalities.end(), comes_before);
  for (const std::string& modality : modalities) table.column(modality);
  table.column("n");
  for (const Attribution& one : all) {
    if (!one.why.empty() || one.removal != "fill") continue;
    Json cells = Json::array();
    cells.push_back(cell(results.primary, one.gain));
    for (const std::string& modality : modalities) {
      cells.push_back(cell(results.primary, one.metric.at(results.primary), modality));
    }
    cells.push_back(words(std::to_string(one.gain.n)));
    table.row(one.condition, false, std::move(cells));
  }
  return table;
}

Json notes(const ModelUse& use) {
  Json out = Json::array();
  std::set<std::string> said;
  for (const Attribution& one : use.attributions) {
    if (!one.why.empty() && said.insert(one.condition + one.removal).second) {
      out.push_back(one.condition + ", by " + one.removal + ": " + one.why + ".");
    }
  }
  if (use.interaction && !use.interaction->why.empty()) out.push_back("Sum of parts: " + use.interaction->why + ".");
  return out;
}

}  // namespace

Json model_use_view(const Results& results) {
  const ModelUse& use = results.model_use;
  Json tables = Json::array();
  const auto add = [&](const Table& table) {
    if (!table.rows.empty()) tables.push_back(table.view());
  };
  add(modalities_table(results));
  for (const char* removal : {"fill", "marginal"}) {
    const Attribution* one = clean_attribution(use, removal);
    if (one == nullptr) continue;
    add(together_table(results, *one));
    break;
  }
  if (use.interaction && use.interaction->why.empty()) add(interaction_table(results.primary, *use.interaction));
  add(conflict_table(results));
  if (use.attributions.size() > 2 || std::any_of(use.attributions.begin(), use.attributions.end(),
                                                 [](const auto& one) { return one.condition != "clean"; })) {
    add(conditions_table(results));
  }
  const std::vector<std::string> sentences = use_sentences(results);
  const Json said = notes(use);
  return {
      {"has_sentences", !sentences.empty()}, {"sentences", sentences}, {"use_tables", tables},
      {"has_use_notes", !said.empty()},      {"use_notes", said},      {"has_use", !tables.empty() || !said.empty()}};
}

}  // namespace shakedown::reports
