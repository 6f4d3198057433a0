#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "assets.h"
#include "comparisons.h"
#include "figures.h"
#include "page.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"
#include "views.h"

namespace shakedown::reports {
namespace {

constexpr std::size_t kMostPoints = 2000;  ///< drawn in a scatter
constexpr std::size_t kMostFlips = 12;     ///< listed each way

std::string numbered(const RunComparison& runs, std::size_t run) {
  return "(" + std::to_string(run + 1) + ") " + runs.table.runs[run].model_name;
}

std::string mark(std::size_t run) {
  return "(" + std::to_string(run + 1) + ")";
}

std::string suite_of(const RunHeader& header) {
  return header.suite_version.empty() ? header.suite_name : header.suite_name + "@" + header.suite_version;
}

Json runs_view(const RunComparison& runs) {
  Json out = Json::array();
  for (std::size_t run = 0; run < runs.table.runs.size(); ++run) {
    const RunHeader& header = runs.table.runs[run];
    out.push_back({{"name", numbered(runs, run)},
                   {"role", run == runs.reference ? "reference" : "compared with it"},
                   {"model", header.model_name},
                   {"data", header.data_name},
                   {"split", header.split},
                   {"suite", suite_of(header)},
                   {"provenance", provenance_view(header)}});
  }
  return out;
}

Json scoreboard_view(const SideBySide& table) {
  Json rows = Json::array();
  for (const SideBySide::Row& row : table.rows) {
    Json scores = Json::array();
    for (const Score& score : row.scores) {
      const Json shown = score_view(row.metric, &score);
      scores.push_back({{"text", shown["text"]},
                        {"why", shown["why"]},
                        {"floor", show(row.metric, score.floor)},
                        {"n", std::to_string(score.n)}});
    }
    rows.push_back({{"name", row.name}, {"metric", metric_title(row.metric)}, {"note", row.note}, {"scores", scores}});
  }
  return rows;
}

/// What one run has to say in a row of paired differences.
Json difference_view(const RunPair& pair, const RuleResult* rule) {
  if (rule == nullptr) {
    return {{"value", kDash}, {"difference", kDash}, {"sort", ""},      {"bounds", kDash}, {"p", kDash},
            {"p_of", ""},     {"lost", kDash},       {"gained", kDash}, {"n", kDash}};
  }
  const auto flips =
      std::find_if(pair.flips.begin(), pair.flips.end(), [&](const CellFlips& f) { return f.cell == rule->name; });
  const bool counted_flips = flips != pair.flips.end();
  return {{"value", show(rule->metric, rule->candidate)},
          {"difference", rule->difference ? show_change(rule->metric, *rule->difference) : std::string(kDash)},
          {"sort", rule->difference ? exact(*rule->difference) : std::string()},
          {"bounds", bounds_text(*rule)},
          {"p", rule->p_value ? fixed(*rule->p_value, 4) : std::string(kDash)},
          {"p_of", rule->p_of},
          {"lost", counted_flips ? std::to_string(flips->lost) : std::string(kDash)},
          {"gained", counted_flips ? std::to_string(flips->gained) : std::string(kDash)},
          {"n", std::to_string(rule->n) + " / " + std::to_string(rule->groups)}};
}

const RuleResult* rule_named(const Comparison& comparison, const std::string& name, const std::string& metric) {
  for (const RuleResult& rule : comparison.rules)
    if (rule.name == name && rule.metric == metric) return &rule;
  return nullptr;
}

/// A row for everything that was compared in any pair, in the order of the first that has it.
Json differences_view(const RunComparison& runs) {
  std::vector<const RuleResult*> order;
  std::set<std::pair<std::string, std::string>> seen;
  for (const RunPair& pair : runs.pairs) {
    for (const RuleResult& rule : pair.comparison.rules)
      if (seen.insert({rule.name, rule.metric}).second) order.push_back(&rule);
  }
  Json rows = Json::array();
  for (const RuleResult* first : order) {
    Json row = name_view(first->name);
    Json sides = Json::array();
    std::vector<std::string> notes;
    for (const RunPair& pair : runs.pairs) {
      const RuleResult* rule = rule_named(pair.comparison, first->name, first->metric);
      sides.push_back(difference_view(pair, rule));
      if (rule != nullptr && !note_text(*rule).empty())
        notes.push_back((runs.pairs.size() > 1 ? mark(pair.candidate) + " " : "") + note_text(*rule));
    }
    row.update({{"cells", first->cells},
                {"show_cells", first->cells != first->name},
                {"metric", metric_title(first->metric)},
                {"reference", show(first->metric, first->baseline)},
                {"sides", std::move(sides)},
                {"note", join(notes, "; ")}});
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Pearson's correlation; nothing where one side does not vary.
std::optional<double> correlation(const std::vector<PairedAnswer>& answers) {
  const auto n = static_cast<double>(answers.size());
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
  for (const PairedAnswer& answer : answers) mean_a += answer.baseline / n, mean_b += answer.candidate / n;
  for (const PairedAnswer& answer : answers) {
    const double a = answer.baseline - mean_a, b = answer.candidate - mean_b;
    aa += a * a, bb += b * b, ab += a * b;
  }
  return aa > 0 && bb > 0 ? std::optional(ab / std::sqrt(aa * bb)) : std::nullopt;
}

/// Every sample whose decision changed hands, and as many others, evenly spaced, as there is room for.
std::vector<const PairedAnswer*> drawn(const std::vector<PairedAnswer>& answers) {
  std::vector<const PairedAnswer*> chosen, rest;
  for (const PairedAnswer& answer : answers)
    (answer.baseline_right != answer.candidate_right ? chosen : rest).push_back(&answer);
  const std::size_t room = chosen.size() < kMostPoints ? kMostPoints - chosen.size() : 0;
  const std::size_t step = room == 0 ? 0 : (rest.size() + room - 1) / room;
  for (std::size_t i = 0; step > 0 && i < rest.size(); i += step) chosen.push_back(rest[i]);
  return chosen;
}

Json flipped_view(const std::vector<PairedAnswer>& answers) {
  Json rows = Json::array();
  for (const bool lost : {true, false}) {
    std::vector<const PairedAnswer*> found;
    for (const PairedAnswer& answer : answers)
      if (answer.baseline_right == lost && answer.candidate_right != lost) found.push_back(&answer);
    std::stable_sort(found.begin(), found.end(), [](const PairedAnswer* a, const PairedAnswer* b) {
      return std::abs(a->candidate - a->baseline) > std::abs(b->candidate - b->baseline);
    });
    if (found.size() > kMostFlips) found.resize(kMostFlips);
    for (const PairedAnswer* answer : found) {
      rows.push_back({{"way", lost ? "lost" : "gained"},
                      {"sample", answer->sample},
                      {"label", answer->label},
                      {"before", plain(answer->baseline)},
                      {"before_sort", exact(answer->baseline)},
                      {"after", plain(answer->candidate)},
                      {"after_sort", exact(answer->candidate)}});
    }
  }
  return rows;
}

/// One scatter: its words and numbers, and its points for report.js.
Json scatter_view(const RunComparison& runs, const RunPair& pair, const PairedCell& cell, Json& data) {
  std::size_t both = 0, lost = 0, gained = 0, neither = 0;
  for (const PairedAnswer& answer : cell.answers) {
    if (answer.baseline_right) {
      ++(answer.candidate_right ? both : lost);
    } else {
      ++(answer.candidate_right ? gained : neither);
    }
  }
  const std::vector<const PairedAnswer*> points = drawn(cell.answers);
  const std::string key = std::to_string(data.size());
  Json coordinates = Json::array();
  for (const PairedAnswer* answer : points) {
    const int kind = answer->baseline_right ? (answer->candidate_right ? 0 : 1) : (answer->candidate_right ? 2 : 3);
    coordinates.push_back({number(answer->baseline), number(answer->candidate), kind});
  }
  const bool regression = runs.table.runs[runs.reference].task.kind == Task::Kind::kRegression;
  const std::string what = regression ? "prediction" : "probability of the label";
  data.push_back({{"key", key},
                  {"x", what + " of " + numbered(runs, runs.reference)},
                  {"y", what + " of " + numbered(runs, pair.candidate)},
                  {"points", std::move(coordinates)}});
  const std::optional<double> r = correlation(cell.answers);
  Json out = name_view(cell.cell);
  Json flipped = flipped_view(cell.answers);
  const std::size_t listed = flipped.size();
  out.update({{"key", key},
              {"why", cell.why},
              {"candidate", numbered(runs, pair.candidate)},
              {"n", std::to_string(cell.answers.size())},
              {"all_drawn", points.size() == cell.answers.size()},
              {"drawn", std::to_string(points.size())},
              {"both", std::to_string(both)},
              {"lost", std::to_string(lost)},
              {"gained", std::to_string(gained)},
              {"neither", std::to_string(neither)},
              {"r", r ? fixed(*r, 3) : std::string(kDash)},
              {"has_flipped", listed > 0},
              {"unlisted", listed < lost + gained ? std::to_string(lost + gained - listed) : std::string()},
              {"has_unlisted", listed < lost + gained},
              {"flipped", std::move(flipped)}});
  return out;
}

/// Facts of every run by name, those apart that are not the same in all.
class Provenance {
 public:
  explicit Provenance(const std::vector<RunHeader>& runs) : runs_(runs) {
    add("model", [](const RunHeader& run) { return run.model_name; });
    add("data", [](const RunHeader& run) { return run.data_name; });
    add("split", [](const RunHeader& run) { return run.split; });
    add("suite", suite_of);
    add("seed", [](const RunHeader& run) { return std::to_string(run.seed); });
    add("trained with", [](const RunHeader& run) { return join(run.trained_with, ", "); });
    for (const std::string& role : names([](const RunHeader&run, std::set<std::string>&into) {
           for (const InputFile& file : run.inputs) into.insert(file.role);
         })) {
      add(role + " (SHA-256)", [role](const RunHeader& run) {
        std::vector<std::string> hashes;
        for (const InputFile& file : run.inputs)
          if (file.role == role) hashes.push_back(file.sha256.substr(0, 16));
        return join(hashes, ", ");
      });
    }
    add_map(&RunHeader::settings, "");
    add_map(&RunHeader::environment, "environment: ");
  }

  [[nodiscard]] const Json& differing() const { return differing_; }
  [[nodiscard]] const std::vector<std::string>& equal() const { return equal_; }

 private:
  template <class Collect>
  [[nodiscard]] std::set<std::string> names(Collect collect) const {
    std::set<std::string> all;
    for (const RunHeader& run : runs_) collect(run, all);
    return all;
  }

  void add(const std::string& name, const std::function<std::string(const RunHeader&)>& of) {
    std::vector<std::string> values;
    for (const RunHeader& run : runs_) values.push_back(of(run));
    if (std::all_of(values.begin(), values.end(), [&](const std::string& value) { return value == values.front(); })) {
      equal_.push_back(name);
      return;
    }
    Json shown = Json::array();
    for (const std::string& value : values) shown.push_back(value.empty() ? std::string(kDash) : value);
    differing_.push_back({{"name", name}, {"values", std::move(shown)}});
  }

  void add_map(std::map<std::string, std::string> RunHeader::*member, const std::string& prefix) {
    for (const std::string& key : names([&](const RunHeader&run, std::set<std::string>&into) {
           for (const auto& [name, value] : run.*member) into.insert(name);
         })) {
      if (key == "command_line") continue;  // names the folders, which differ always
      add(prefix + key, [&](const RunHeader& run) {
        const auto found = (run.*member).find(key);
        return found == (run.*member).end() ? std::string() : found->second;
      });
    }
  }

  const std::vector<RunHeader>& runs_;
  Json differing_ = Json::array();
  std::vector<std::string> equal_;
};

}  // namespace

std::string to_html(const RunComparison& runs) {
  const RunHeader& reference = runs.table.runs[runs.reference];
  Json pairs = Json::array(), scatters = Json::array(), data = Json::array(), compared = Json::array();
  std::vector<std::string> notes = runs.table.notes;
  for (const RunPair& pair : runs.pairs) {
    const Comparison& comparison = pair.comparison;
    pairs.push_back({{"name", numbered(runs, pair.candidate)},
                     {"sentences", comparison_sentences(comparison)},
                     {"has_missing", !comparison.missing_in_candidate.empty()},
                     {"missing", comparison.missing_in_candidate},
                     {"has_further", !comparison.missing_in_baseline.empty()},
                     {"further", comparison.missing_in_baseline}});
    compared.push_back({{"mark", mark(pair.candidate)}, {"name", numbered(runs, pair.candidate)}});
    for (const PairedCell& cell : pair.shown) scatters.push_back(scatter_view(runs, pair, cell, data));
    for (const std::string& note : comparison.notes) {
      const std::string told = comparison.candidate.model_name + ": " + note;
      if (std::find(notes.begin(), notes.end(), told) == notes.end()) notes.push_back(told);
    }
  }
  const Provenance provenance(runs.table.runs);
  Json heads = Json::array();
  for (std::size_t run = 0; run < runs.table.runs.size(); ++run) heads.push_back(numbered(runs, run));
  const bool two = runs.pairs.size() == 1;
  const std::string candidate =
      two ? runs.table.runs[runs.pairs.front().candidate].model_name : counted(runs.pairs.size(), "run", "runs");
  Page page;
  page.title = candidate + " against " + reference.model_name + ": robustness";
  page.body_template = assets::kRunsTemplate;
  page.charts = !data.empty();
  page.view = {{"candidate", candidate},
               {"reference", reference.model_name},
               {"reference_numbered", numbered(runs, runs.reference)},
               {"reference_mark", mark(runs.reference)},
               {"data", reference.data_name},
               {"interval", runs.table.interval},
               {"confidence", confidence_text(runs.pairs.front().comparison)},
               {"pairs", std::move(pairs)},
               {"has_notes", !notes.empty()},
               {"notes", notes},
               {"heads", std::move(heads)},
               {"scoreboard", scoreboard_view(runs.table)},
               {"compared", std::move(compared)},
               {"differences", differences_view(runs)},
               {"scatters", std::move(scatters)},
               {"has_differing", !provenance.differing().empty()},
               {"differing", provenance.differing()},
               {"equal", join(provenance.equal(), ", ")},
               {"runs", runs_view(runs)}};
  page.data = {{"scatters", std::move(data)}};
  return render_page(std::move(page));
}

}  // namespace shakedown::reports
