// The best approximation of a model by a sum of functions of one modality each, under the product of the modalities'
// marginals (empirical multimodally-additive projection, Hessel and Lee, EMNLP 2020), for k modalities:
//
//     additive(i) = sum over m of E f(m of i, donors) - (k - 1) E f(donors)
//
// It is made in the space of the outputs as they are stored (values or logits). Each expectation is the mean over the
// donors drawn; a replicate has the same donors in every term, so that for an additive model they cancel exactly,
// however few are drawn. With every combination of clips (every_donor) the expectations are exact.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "answers.h"
#include "conventions.h"
#include "model_use/shapley.h"

namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The cells that the projection reads: one list of replicates a term, all of one length.
struct Terms {
  std::vector<const std::vector<std::size_t>*> single;  ///< one modality kept
  const std::vector<std::size_t>* none = nullptr;       ///< null: taken from the single ones (every_donor)
  std::size_t draws = 0;
  std::string why;
};

Terms terms_of(const Removal& removal) {
  Terms terms;
  const bool exact = removal.by == "every_donor";
  std::vector<Subset> wanted = members(removal.players);
  if (!exact) wanted.push_back(0);
  for (const Subset kept : wanted) {
    const auto found = removal.cells.find(kept);
    if (found == removal.cells.end()) {
      terms.why = fmt::format("the additive projection needs cells with keep={}, by={}", subset_name(kept), removal.by);
      return terms;
    }
    if (terms.draws == 0) terms.draws = found->second.size();
    if (found->second.size() != terms.draws) {
      terms.why = "the additive projection needs equally many replicates of every subset";
      return terms;
    }
    (kept == 0 ? terms.none : terms.single.emplace_back()) = &found->second;
  }
  return terms;
}

/// Outputs of the projection for `rows`, from all draws but `left_out` (none beyond the last).
Scored project(const RunView& view, const Terms& terms, const std::vector<std::size_t>& rows, std::size_t left_out) {
  const std::size_t columns = view.columns();
  const auto used = static_cast<double>(left_out < terms.draws ? terms.draws - 1 : terms.draws);
  Scored result{columns, std::vector<double>(rows.size() * columns, 0.0), {}};
  std::vector<double> grand(columns, 0.0);
  const double others = static_cast<double>(terms.single.size()) - 1;
  const auto add = [&](const std::vector<std::size_t>& cells, double weight, std::size_t at) {
    for (std::size_t draw = 0; draw < terms.draws; ++draw) {
      if (draw == left_out) continue;
      const auto& outputs = view.outcome(cells[draw], rows[at]).outputs;
      for (std::size_t column = 0; column < columns; ++column) {
        result.outputs[at * columns + column] += weight * outputs[column] / used;
      }
    }
  };
  for (std::size_t at = 0; at < rows.size(); ++at) {
    result.labels.push_back(view.label(rows[at]));
    for (const auto* cells : terms.single) add(*cells, 1.0, at);
    if (terms.none != nullptr) {
      add(*terms.none, -others, at);
    } else {  // with the sample's own clip among the donors, the mean over samples is the expectation over all
      for (std::size_t column = 0; column < columns; ++column) grand[column] += result.outputs[at * columns + column];
    }
  }
  if (terms.none != nullptr) return result;
  const double count = static_cast<double>(rows.size()) * (others + 1);
  for (std::size_t at = 0; at < rows.size(); ++at) {
    for (std::size_t column = 0; column < columns; ++column) {
      result.outputs[at * columns + column] -= others * grand[column] / count;
    }
  }
  return result;
}

std::vector<std::size_t> rows_of(const RunView& view, const Removal& removal, const Terms& terms) {
  std::vector<const std::vector<std::size_t>*> lists = terms.single;
  if (terms.none != nullptr) lists.push_back(terms.none);
  std::vector<std::size_t> rows;
  for (std::size_t sample = 0; sample < view.samples(); ++sample) {
    const bool all =
        usable(view, removal.full, sample) && std::all_of(lists.begin(), lists.end(), [&](const auto* cells) {
          return std::all_of(cells->begin(), cells->end(),
                             [&](std::size_t cell) { return usable(view, cell, sample); });
        });
    if (all) rows.push_back(sample);
  }
  return rows;
}

void add_solved(const RunView& view, const std::vector<std::size_t>& rows, const Scored& full, const Scored& additive,
                Interaction& into) {
  const Task& task = view.task();
  std::vector<double> jointly, additively;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const int truth = truth_of(view, rows[at]);
    const bool whole = decision(full.output(at), full.columns, task) == truth;
    const bool sum = decision(additive.output(at), additive.columns, task) == truth;
    jointly.push_back(whole && !sum);
    additively.push_back(!whole && sum);
  }
  const auto groups = view.groups_of(rows);
  into.jointly = with_interval(jackknife_mean(jointly, groups, view.group_count()), 0, 1, rows.size());
  into.additively = with_interval(jackknife_mean(additively, groups, view.group_count()), 0, 1, rows.size());
}

/// Standard error of the primary gain by leaving one draw out at a time.
std::optional<double> draw_error(const RunView& view, const Terms& terms, const std::vector<std::size_t>& rows,
                                 const MetricSpec& primary) {
  std::vector<double> values;
  double mean = 0;
  for (std::size_t draw = 0; draw < terms.draws; ++draw) {
    const Value value = primary.compute(project(view, terms, rows, draw), view.task());
    if (!value.value) return std::nullopt;
    values.push_back(*value.value);
    mean += *value.value / static_cast<double>(terms.draws);
  }
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  const auto n = static_cast<double>(terms.draws);
  return terms.draws < 2 ? std::nullopt : std::optional(std::sqrt((n - 1) / n * sum));
}

/// Every combination of the clips of the whole split was asked, and the whole split was run.
bool covers_all(const RunView& view, const Removal& removal, const Terms& terms) {
  const auto setting = [&](const char* name) {
    const auto found = view.run().header.settings.find(name);
    return found == view.run().header.settings.end() ? std::string() : found->second;
  };
  const bool whole = (setting("limit").empty() || setting("limit") == "0") && setting("shard").empty();
  const double combinations =
      std::pow(static_cast<double>(view.samples()), static_cast<double>(size_of(removal.players)) - 1);
  return removal.by == "every_donor" && whole && static_cast<double>(terms.draws) == combinations;
}

}  // namespace

Interaction interaction_of(const RunView& view, const Removal& removal, const std::vector<MetricSpec>& metrics) {
  Interaction result;
  const Terms terms = size_of(removal.players) < 2 ? Terms{{}, nullptr, 0, "one modality is kept"} : terms_of(removal);
  result.why = terms.why;
  if (!result.why.empty()) return result;
  result.draws = terms.draws;
  result.exact = covers_all(view, removal, terms);
  if (removal.by == "every_donor" && !result.exact) {
    result.why = "every_donor needs the whole split and as many replicates as there are combinations of its clips";
    return result;
  }
  const std::vector<std::size_t> rows = rows_of(view, removal, terms);
  if (rows.empty()) {
    result.why = "no sample could be scored in every cell";
    return result;
  }
  const Scored full = view.gather(removal.full, rows), additive = project(view, terms, rows, terms.draws);
  const std::vector<int> groups = view.groups_of(rows);
  for (const MetricSpec& metric : metrics) {
    const Jackknifed whole = jackknife(metric, full, groups, view.group_count(), view.task());
    const Jackknifed sum = jackknife(metric, additive, groups, view.group_count(), view.task());
    const double sign = metric.higher_is_better ? 1.0 : -1.0;
    const std::pair<const Jackknifed*, double> parts[] = {{&whole, sign}, {&sum, -sign}};
    result.full[metric.name] = with_interval(whole, metric.lowest, metric.highest, rows.size());
    result.additive[metric.name] = with_interval(sum, metric.lowest, metric.highest, rows.size());
    result.gain[metric.name] = with_interval(weighted_sum(parts), -kInfinity, kInfinity, rows.size());
  }
  add_solved(view, rows, full, additive, result);
  result.draw_error = result.exact ? std::optional(0.0) : draw_error(view, terms, rows, metrics.front());
  return result;
}

}  // namespace shakedown::metrics
