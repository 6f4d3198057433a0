#include "model_use/shapley.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "conventions.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeastProbability = 1e-12;  ///< a loss stays finite
constexpr double kNothing = 1e-9;            ///< of the label unit: nothing moved, nobody decides

/// Outputs by subset over the same samples, as the task reads them.
struct Answers {
  Task task;  ///< with `probabilities` where outputs were averaged
  std::vector<std::size_t> rows;
  std::vector<int> groups;
  std::map<Subset, Scored> by_subset;
};

Scored averaged(const RunView& view, const std::vector<std::size_t>& cells, const std::vector<std::size_t>& rows) {
  if (cells.size() == 1) return view.gather(cells.front(), rows);
  Scored mean{view.columns(), std::vector<double>(rows.size() * view.columns(), 0.0), {}};
  const bool classes = view.task().kind == Task::Kind::kClassification;
  const auto values_of = [&](std::size_t cell, std::size_t row) {
    const auto& outputs = view.outcome(cell, row).outputs;
    return classes ? probabilities(outputs.data(), outputs.size(), view.task()) : outputs;
  };
  for (std::size_t at = 0; at < rows.size(); ++at) {
    mean.labels.push_back(view.label(rows[at]));
    // Deviations from the first are averaged, so that equal answers stay what they are, bit for bit.
    const auto first = values_of(cells.front(), rows[at]);
    double* into = mean.outputs.data() + at * mean.columns;
    for (const std::size_t cell : cells) {
      const auto values = values_of(cell, rows[at]);
      for (std::size_t column = 0; column < values.size(); ++column) into[column] += values[column] - first[column];
    }
    for (std::size_t column = 0; column < first.size(); ++column) {
      into[column] = first[column] + into[column] / static_cast<double>(cells.size());
    }
  }
  return mean;
}

Scored as_probabilities(Scored scored, const Task& task) {
  for (std::size_t row = 0; row < scored.rows(); ++row) {
    const auto shares = probabilities(scored.output(row), scored.columns, task);
    std::copy(shares.begin(), shares.end(), scored.outputs.begin() + static_cast<std::ptrdiff_t>(row * scored.columns));
  }
  return scored;
}

Answers answers_of(const RunView& view, const Removal& removal) {
  Answers answers{view.task(), {}, {}, {}};
  for (std::size_t sample = 0; sample < view.samples(); ++sample) {
    bool all = usable(view, removal.full, sample);
    for (const auto& [kept, cells] : removal.cells) {
      all =
          all && std::all_of(cells.begin(), cells.end(), [&](std::size_t cell) { return usable(view, cell, sample); });
    }
    if (all) answers.rows.push_back(sample);
  }
  answers.groups = view.groups_of(answers.rows);
  std::map<Subset, std::vector<std::size_t>> cells = removal.cells;
  cells[removal.players] = {removal.full};
  const bool many = std::any_of(cells.begin(), cells.end(), [](const auto& entry) { return entry.second.size() > 1; });
  const bool convert = many && view.task().kind == Task::Kind::kClassification;
  for (const auto& [kept, replicates] : cells) {
    Scored scored = averaged(view, replicates, answers.rows);
    if (convert && replicates.size() == 1) scored = as_probabilities(std::move(scored), view.task());
    answers.by_subset[kept] = std::move(scored);
  }
  answers.task.probabilities = answers.task.probabilities || convert;
  return answers;
}

/// What is shared out among the modalities for one sample: the value for regression; for classes the expected polarity
/// or, without polarities, the probability of the class that the whole model decides for.
double prediction(const Answers& answers, const Scored& scored, const Scored& whole, std::size_t row) {
  const double* outputs = scored.output(row);
  if (answers.task.kind == Task::Kind::kRegression) return outputs[0];
  if (!answers.task.polarity.empty()) return position(outputs, scored.columns, answers.task);
  const int decided = decision(whole.output(row), whole.columns, answers.task);
  return probabilities(outputs, scored.columns, answers.task)[static_cast<std::size_t>(decided)];
}

/// |p - y| for regression (clipped as the convention does), -ln of the label's probability for classes.
double loss(const Task& task, const double* outputs, std::size_t columns, double label) {
  if (task.kind == Task::Kind::kClassification) {
    const double share = probabilities(outputs, columns, task)[static_cast<std::size_t>(label)];
    return -std::log(std::max(share, kLeastProbability));
  }
  return is_sims(task) ? std::abs(clip_unit(outputs[0]) - clip_unit(label)) : std::abs(outputs[0] - label);
}

Score interval(const RunView& view, const Answers& answers, const std::vector<double>& values, double low,
               double high) {
  return with_interval(jackknife_mean(values, answers.groups, view.group_count()), low, high, values.size());
}

void add_samples(const RunView& view, const Answers& answers, Subset players, Attribution& into) {
  const auto bits = members(players);
  std::map<Subset, std::vector<double>> size, spared, decides;
  const Scored& whole = answers.by_subset.at(players);
  for (std::size_t row = 0; row < answers.rows.size(); ++row) {
    Game predicted{}, lost{};
    for (const auto& [kept, scored] : answers.by_subset) {
      predicted[kept] = prediction(answers, scored, whole, row);
      lost[kept] = loss(answers.task, scored.output(row), scored.columns, scored.labels[row]);
    }
    double largest = kNothing;
    for (const Subset bit : bits) {
      size[bit].push_back(std::abs(shapley_value(predicted, players, bit)));
      spared[bit].push_back(-shapley_value(lost, players, bit));
      largest = std::max(largest, size[bit].back());
    }
    for (const Subset bit : bits) decides[bit].push_back(size[bit].back() >= largest ? 1.0 : 0.0);
  }
  for (const Subset bit : bits) {
    const std::string name = subset_name(bit);
    into.prediction[name] = interval(view, answers, size[bit], 0, kInfinity);
    into.loss[name] = interval(view, answers, spared[bit], -kInfinity, kInfinity);
    into.decides[name] = interval(view, answers, decides[bit], 0, 1);
  }
}

/// `function` of the values of all subsets, and of those without each group.
Jackknifed of_game(const std::map<Subset, Jackknifed>& values, const std::function<double(const Game&)>& function) {
  std::vector<const Jackknifed*> parts;
  std::vector<Subset> subsets;
  for (const auto& [subset, value] : values) {
    parts.push_back(&value);
    subsets.push_back(subset);
  }
  return combine(parts, [&](std::span<const double> numbers) {
    Game game{};
    for (std::size_t at = 0; at < numbers.size(); ++at) game[subsets[at]] = numbers[at];
    return function(game);
  });
}

void add_metrics(const RunView& view, const Answers& answers, const Removal& removal,
                 const std::vector<MetricSpec>& metrics, Attribution& into) {
  const Subset players = removal.players;
  const std::size_t n = answers.rows.size();
  for (const MetricSpec& metric : metrics) {
    std::map<Subset, Jackknifed> values;
    for (const auto& [kept, scored] : answers.by_subset) {
      values[kept] = jackknife(metric, scored, answers.groups, view.group_count(), answers.task);
    }
    const double sign = metric.higher_is_better ? 1.0 : -1.0;
    const auto of = [&](const std::function<double(const Game&)>& function) {
      const Jackknifed statistic = of_game(values, [&](const Game& game) { return sign * function(game); });
      return with_interval(statistic, -kInfinity, kInfinity, n);
    };
    for (const Subset bit : members(players)) {
      into.metric[metric.name][subset_name(bit)] =
          of([&](const Game& game) { return shapley_value(game, players, bit); });
    }
    if (&metric != &metrics.front()) continue;
    into.gain = of([&](const Game& game) { return game[players] - game[0]; });
    for (const auto& [kept, scored] : answers.by_subset) {
      Score& score = into.kept[subset_name(kept)];
      score = with_interval(values[kept], metric.lowest, metric.highest, n);
      add_floor(score, floor_of(metric, scored, answers.task), metric.perfect);
      if (kept == 0) continue;
      into.together[subset_name(kept)] = of([&, subset = kept](const Game& game) { return dividend(game, subset); });
    }
  }
}

std::vector<std::string> ordered(const Scores& scores, Subset players) {
  std::vector<std::string> names;
  for (const Subset bit : members(players)) names.push_back(subset_name(bit));
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return scores.at(a).value.value_or(-kInfinity) > scores.at(b).value.value_or(-kInfinity);
  });
  return names;
}

}  // namespace

double shapley_value(const Game& game, Subset players, Subset player) {
  constexpr std::array<double, 4> kFactorial = {1, 1, 2, 6};
  const std::size_t n = size_of(players);
  double value = 0;
  for (Subset others = 0; others <= players; ++others) {
    if ((others & ~players) != 0 || (others & player) != 0) continue;
    const std::size_t size = size_of(others);
    value += kFactorial[size] * kFactorial[n - size - 1] / kFactorial[n] * (game[others | player] - game[others]);
  }
  return value;
}

double dividend(const Game& game, Subset subset) {
  double value = 0;
  for (Subset part = 0; part <= subset; ++part) {
    if ((part & ~subset) != 0) continue;
    value += (size_of(subset) - size_of(part)) % 2 == 0 ? game[part] : -game[part];
  }
  return value;
}

Attribution attribute(const RunView& view, const Removal& removal, const std::vector<MetricSpec>& metrics) {
  Attribution result;
  const CellRow& full = view.run().cells[removal.full];
  result.condition = removal.condition;
  result.axis = full.axis;
  result.level = full.level;
  result.removal = removal.by == "fill" ? "fill" : "marginal";
  for (const auto& [kept, cells] : removal.cells) result.draws = std::max(result.draws, cells.size());
  const auto missing = missing_subsets(removal);
  if (size_of(removal.players) < 2 || !missing.empty()) {
    result.why = "Shapley values need a cell for every subset" +
                 (missing.empty() ? "; one modality is kept" : "; missing: keep=" + join(missing, ", keep="));
    return result;
  }
  const Answers answers = answers_of(view, removal);
  if (answers.rows.empty()) {
    result.why = "no sample could be scored in every subset";
    return result;
  }
  add_metrics(view, answers, removal, metrics, result);
  add_samples(view, answers, removal.players, result);
  result.order = ordered(result.metric.at(metrics.front().name), removal.players);
  return result;
}

}  // namespace shakedown::metrics
