#include "shakedown/metrics/table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <tuple>

#include <fmt/format.h>

#include "level_curve.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

/// A model with its checkpoints.
struct Contender {
  std::string name;
  std::vector<const RunView*> views;
};

/// What one table cell asks for: a level or an aggregate of a metric.
struct Question {
  TableColumn column;
  const MetricSpec* metric;
  std::string aggregate;  ///< "" for a level
  double level = 0;
  [[nodiscard]] bool higher_is_better() const {
    return aggregate.empty() ? metric->higher_is_better : aggregate_higher_is_better(aggregate, *metric);
  }
};

std::string row_name(const std::string& model) {
  const auto at = model.rfind("@seed");
  const bool numbered = at != std::string::npos && at + 5 < model.size() &&
                        std::all_of(model.begin() + static_cast<std::ptrdiff_t>(at) + 5, model.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
  return numbered ? model.substr(0, at) : model;
}

std::string hash_of(const RunHeader& header, const std::string& role) {
  for (const InputFile& file : header.inputs) {
    if (file.role == role) return file.sha256;
  }
  return {};
}

void require_alike(const std::vector<RunData>& runs) {
  const auto refuse = [&](const RunData& run, const std::string& what) {
    throw Error(ErrorKind::kUsage, fmt::format("{} and {} cannot stand in one table: their {} differ",
                                               runs.front().header.model_name, run.header.model_name, what));
  };
  const RunHeader& first = runs.front().header;
  for (const RunData& run : runs) {
    const RunHeader& header = run.header;
    if (header.task.kind != first.task.kind || header.task.convention != first.task.convention ||
        header.task.label != first.task.label || header.task.labels != first.task.labels)
      refuse(run, "tasks");
    if (hash_of(header, "suite") != hash_of(first, "suite") || header.seed != first.seed) refuse(run, "suites");
    const auto same_id = [](const SampleRow& a, const SampleRow& b) { return a.id == b.id && a.group == b.group; };
    if (!std::equal(run.samples.begin(), run.samples.end(), runs.front().samples.begin(), runs.front().samples.end(),
                    same_id))
      refuse(run, "samples");
  }
}

std::optional<double> deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Jackknifed mean_of(const std::vector<Jackknifed>& statistics) {
  std::vector<std::pair<const Jackknifed*, double>> parts;
  for (const auto& one : statistics) parts.emplace_back(&one, 1.0 / static_cast<double>(statistics.size()));
  return weighted_sum(parts);
}

class Tables {
 public:
  Tables(const std::vector<RunData>& runs, const TableOptions& options) : options_(options) {
    require_alike(runs);
    for (const RunData& run : runs) views_.push_back(std::make_unique<RunView>(run));
    for (const auto& view : views_) {
      const std::string name = row_name(view->run().header.model_name);
      auto found =
          std::find_if(contenders_.begin(), contenders_.end(), [&](const Contender& c) { return c.name == name; });
      if (found == contenders_.end()) found = contenders_.insert(contenders_.end(), {name, {}});
      found->views.push_back(view.get());
    }
    if (options.reference != nullptr) {
      require_alike({runs.front(), *options.reference});
      reference_ = std::make_unique<RunView>(*options.reference);
    }
    axis_ = options.columns == "severity" ? "severity" : "rate";
    choose_metrics();
    find_families();
  }

  std::vector<Table> make() const {
    std::vector<Table> made;
    const bool by_metric = options_.columns == "metric";
    const auto add = [&](const std::string& title, const std::string& rows, const auto& entries) {
      if (by_metric) return made.push_back(table(title, rows, entries, questions_by_metric(entries.front().second)));
      for (const MetricSpec& metric : metrics_) {
        made.push_back(
            table(title + ", " + metric.name, rows, entries, questions_by_level(entries.front().second, metric)));
      }
    };
    using Entries = std::vector<std::pair<const Contender*, std::string>>;
    if (options_.rows_are_models) {
      for (const std::string& family : families_) {
        Entries entries;
        for (const Contender& contender : contenders_) entries.emplace_back(&contender, family);
        add(family, "model", entries);
      }
    } else {
      for (const Contender& contender : contenders_) {
        Entries entries;
        for (const std::string& family : families_) entries.emplace_back(&contender, family);
        add(contender.name, "perturbation", entries);
      }
    }
    return made;
  }

 private:
  void choose_metrics() {
    const auto all = metrics_for(views_.front()->task());
    if (options_.metrics.empty()) {
      for (const MetricSpec& metric : all) {
        if (options_.columns == "metric" || metrics_.empty()) metrics_.push_back(metric);
      }
      return;
    }
    std::vector<std::string> names;
    for (const MetricSpec& metric : all) names.push_back(metric.name);
    for (const std::string& name : options_.metrics) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) {
        throw Error(ErrorKind::kUsage,
                    fmt::format("--metric: '{}' is none of {}{}", name, join(names, ", "), suggestion(name, names)));
      }
      metrics_.push_back(all[static_cast<std::size_t>(found - names.begin())]);
    }
  }

  /// Those that every run has.
  void find_families() {
    for (const auto& [family, cells] : level_cells(*views_.front(), axis_, options_.only)) {
      const bool everywhere = std::all_of(views_.begin(), views_.end(), [&, name = family](const auto& view) {
        return cells_of(*view, name).size() > 1;
      });
      if (everywhere) families_.push_back(family);
    }
    if (families_.empty()) {
      throw Error(ErrorKind::kUsage, fmt::format("no perturbation with levels of {} is in all runs{}", axis_,
                                                 options_.only.empty() ? "" : " and matches --only"));
    }
  }

  LevelCells cells_of(const RunView& view, const std::string& family) const {
    for (auto& [name, cells] : level_cells(view, axis_, options_.only)) {
      if (name == family) return cells;
    }
    return {};
  }

  std::vector<std::string> aggregates() const {
    std::vector<std::string> names = aggregate_names();
    if (!reference_) names.pop_back();
    return names;
  }

  static std::string aggregate_title(const std::string& name) { return name == "auilc" ? "AUILC" : name; }

  std::vector<Question> questions_by_level(const std::string& family, const MetricSpec& metric) const {
    std::vector<Question> questions;
    const LevelCells cells = cells_of(*views_.front(), family);
    const auto floor = curve(*views_.front(), family, metric, Replicates::kOne, 0).floor;
    for (const auto& [level, members] : cells) {
      questions.push_back({{format_number(level), metric.name, floor}, &metric, "", level});
    }
    for (const std::string& name : aggregates())
      questions.push_back({{aggregate_title(name), metric.name, {}}, &metric, name});
    return questions;
  }

  std::vector<Question> questions_by_metric(const std::string& family) const {
    std::vector<Question> questions;
    const LevelCells cells = cells_of(*views_.front(), family);
    const double span = cells.rbegin()->first - cells.begin()->first;
    for (const MetricSpec& metric : metrics_) {
      auto floor = curve(*views_.front(), family, metric, Replicates::kOne, 0).floor;
      if (options_.aggregate == "auilc" && floor) *floor *= span;
      if (options_.aggregate != "auilc" && options_.aggregate != "area" && options_.aggregate != "mean") floor.reset();
      questions.push_back({{metric.name, metric.name, floor}, &metric, options_.aggregate});
    }
    return questions;
  }

  /// Kept: every level and aggregate of a row reads the same curves.
  const LevelCurve& curve(const RunView& view, const std::string& family, const MetricSpec& metric,
                          Replicates replicates, std::size_t replicate) const {
    const auto [found, added] =
        curves_.try_emplace(std::tuple(&view, family, metric.name, static_cast<int>(replicates), replicate));
    if (added) found->second = level_curve(view, cells_of(view, family), metric, replicates, replicate);
    return found->second;
  }

  Jackknifed answer(const Question& question, const RunView& view, const std::string& family, Replicates replicates,
                    std::size_t replicate) const {
    const LevelCurve& own = curve(view, family, *question.metric, replicates, replicate);
    if (question.aggregate.empty()) {
      const auto level = std::find(own.grid.begin(), own.grid.end(), question.level);
      if (level == own.grid.end()) return {std::nullopt, "there is no such level", {}, {}, nullptr};
      return own.values[static_cast<std::size_t>(level - own.grid.begin())];
    }
    const LevelCurve* reference = nullptr;
    if (reference_ && question.aggregate == "multibench_effective" && !cells_of(*reference_, family).empty())
      reference = &curve(*reference_, family, *question.metric, replicates, replicate);
    return aggregate_of(question.aggregate, own, *question.metric, reference);
  }

  struct Answered {
    TableFigure figure;
    Jackknifed statistic;
  };

  Answered figure(const Question& question, const Contender& contender, const std::string& family) const {
    const auto mode = options_.concatenated ? Replicates::kConcatenated : Replicates::kMean;
    std::vector<Jackknifed> checkpoints;
    std::vector<double> values, spreads;
    for (const RunView* view : contender.views) {
      checkpoints.push_back(answer(question, *view, family, mode, 0));
      if (checkpoints.back().value) values.push_back(*checkpoints.back().value);
      std::vector<double> by_seed;
      const std::size_t count = replicate_count(cells_of(*view, family));
      for (std::size_t r = 0; count > 1 && r < count; ++r) {
        const auto one = answer(question, *view, family, Replicates::kOne, r);
        if (one.value) by_seed.push_back(*one.value);
      }
      if (const auto spread = deviation(by_seed)) spreads.push_back(*spread);
    }
    Answered answered;
    answered.statistic = mean_of(checkpoints);
    answered.figure.mean = answered.statistic.value;
    if (answered.figure.mean && values.size() == checkpoints.size()) answered.figure.deviation = deviation(values);
    if (!spreads.empty()) {
      answered.figure.mask_spread = 0;
      for (const double spread : spreads) *answered.figure.mask_spread += spread / static_cast<double>(spreads.size());
    }
    return answered;
  }

  /// Best of a column, those not told from it by the paired interval, and the best of the rest.
  static void mark(const Question& question, std::vector<Answered*> column) {
    std::erase_if(column, [](const Answered* one) { return !one->figure.mean; });
    if (column.size() < 2) return;
    std::stable_sort(column.begin(), column.end(), [&](const Answered* a, const Answered* b) {
      return question.higher_is_better() ? *a->figure.mean > *b->figure.mean : *a->figure.mean < *b->figure.mean;
    });
    column.front()->figure.best = true;
    for (std::size_t i = 1; i < column.size(); ++i) {
      const std::pair<const Jackknifed*, double> parts[] = {{&column.front()->statistic, 1.0},
                                                            {&column[i]->statistic, -1.0}};
      constexpr double kAnything = std::numeric_limits<double>::infinity();
      const Score difference = with_interval(weighted_sum(parts), -kAnything, kAnything, 0);
      const bool tie = *column[i]->figure.mean == *column.front()->figure.mean ||
                       (difference.low && difference.high && *difference.low <= 0 && *difference.high >= 0);
      if (tie) {
        column[i]->figure.best = true;
      } else {
        column[i]->figure.second = true;
        return;
      }
    }
  }

  Table table(const std::string& title, const std::string& row_title,
              const std::vector<std::pair<const Contender*, std::string>>& entries,
              const std::vector<Question>& questions) const {
    Table made{title, row_title, {}, {}, {}};
    std::vector<std::vector<Answered>> answers;
    for (const auto& [contender, family] : entries) {
      answers.emplace_back();
      for (const Question& question : questions) answers.back().push_back(figure(question, *contender, family));
    }
    for (std::size_t q = 0; q < questions.size(); ++q) {
      made.columns.push_back(questions[q].column);
      std::vector<Answered*> column;
      for (auto& row : answers) column.push_back(&row[q]);
      if (options_.rows_are_models) mark(questions[q], column);
    }
    for (std::size_t e = 0; e < entries.size(); ++e) {
      TableRow row{
          row_title == "model" ? entries[e].first->name : entries[e].second, entries[e].first->views.size(), {}};
      for (const auto& answered : answers[e]) row.figures.push_back(answered.figure);
      made.rows.push_back(std::move(row));
    }
    made.notes = notes(made, entries.front().second);
    return made;
  }

  std::vector<std::string> notes(const Table& made, const std::string& family) const {
    const RunHeader& header = views_.front()->run().header;
    std::vector<std::string> notes, grid, floors;
    const LevelCells cells = cells_of(*views_.front(), family);
    for (const auto& [level, members] : cells) grid.push_back(format_number(level));
    notes.push_back(
        fmt::format("{} grid {}; AUILC is the trapezoid over it, at most {} for a metric of at most 1, and "
                    "area the same divided by its length",
                    axis_, join(grid, ", "), format_number(cells.rbegin()->first - cells.begin()->first)));
    if (options_.columns == "metric") notes.push_back("shown is " + aggregate_title(options_.aggregate));
    const std::size_t seeds = replicate_count(cells);
    if (seeds > 1) {
      double widest = 0;
      for (const TableRow& row : made.rows) {
        for (const TableFigure& figure : row.figures) widest = std::max(widest, figure.mask_spread.value_or(0));
      }
      notes.push_back(fmt::format("{} mask seeds, {}; their standard deviation is at most {:.2f}", seeds,
                                  options_.concatenated ? "scored as one set" : "averaged", 100 * widest));
    } else {
      notes.emplace_back("one mask seed");
    }
    for (const TableColumn& column : made.columns) {
      if (column.floor) floors.push_back(fmt::format("{} {:.2f}", column.title, 100 * *column.floor));
      if (column.floor && options_.columns != "metric") {
        floors.back() = fmt::format("{:.2f}", 100 * *column.floor);
        break;
      }
    }
    if (!floors.empty()) notes.push_back("the best constant answer has " + join(floors, ", "));
    notes.push_back(fmt::format("suite {}@{}, sha256 {}, seed {}; data {}, {} samples", header.suite_name,
                                header.suite_version, hash_of(header, "suite").substr(0, 12), header.seed,
                                header.data_name, views_.front()->samples()));
    for (const std::string& note : header.data_notes) {
      if (note.starts_with("one checkpoint")) notes.push_back(note);
    }
    return notes;
  }

  const TableOptions& options_;
  std::vector<std::unique_ptr<RunView>> views_;
  std::unique_ptr<RunView> reference_;
  std::vector<Contender> contenders_;
  std::vector<MetricSpec> metrics_;
  std::vector<std::string> families_;
  std::string axis_;
  mutable std::map<std::tuple<const RunView*, std::string, std::string, int, std::size_t>, LevelCurve> curves_;
};

}  // namespace

std::vector<Table> tables(const std::vector<RunData>& runs, const TableOptions& options) {
  if (runs.empty()) throw Error(ErrorKind::kUsage, "a table takes one or more runs");
  return Tables(runs, options).make();
}

}  // namespace shakedown::metrics
