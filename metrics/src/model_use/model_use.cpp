#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "model_use/shapley.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What is lost when a modality is permuted over the split (permutation importance), replicates averaged.
Scores shuffle_losses(const RunView& view, const MetricSpec& metric) {
  std::map<Modality, std::vector<std::size_t>> cells;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell) {
    const CellRow& row = view.run().cells[cell];
    const bool one = row.parts.size() == 1 && row.parts.front().perturbation == "cross.shuffle";
    if (one && view.complete(cell)) cells[row.parts.front().modality].push_back(cell);
  }
  Scores losses;
  for (const auto& [modality, replicates] : cells) {
    const auto reference = view.run().cell_index(view.run().cells[replicates.front()].reference);
    if (!reference || !view.complete(*reference)) continue;
    const double sign = metric.higher_is_better ? 1.0 : -1.0;
    std::vector<std::size_t> rows;
    for (std::size_t sample = 0; sample < view.samples(); ++sample) {
      const bool all = std::all_of(replicates.begin(), replicates.end(),
                                   [&](std::size_t cell) { return usable(view, cell, sample); });
      if (all && usable(view, *reference, sample)) rows.push_back(sample);
    }
    const auto groups = view.groups_of(rows);
    const auto value = [&](std::size_t cell) {
      return jackknife(metric, view.gather(cell, rows), groups, view.group_count(), view.task());
    };
    std::vector<Jackknifed> values = {value(*reference)};
    for (const std::size_t cell : replicates) values.push_back(value(cell));
    std::vector<std::pair<const Jackknifed*, double>> parts;
    for (std::size_t at = 0; at < values.size(); ++at) {
      parts.emplace_back(&values[at], at == 0 ? sign : -sign / static_cast<double>(replicates.size()));
    }
    losses[std::string(modality_name(modality))] =
        with_interval(weighted_sum(parts), -kInfinity, kInfinity, rows.size());
  }
  return losses;
}

void note_disagreement(ModelUse& use) {
  const auto find = [&](const char* removal) {
    return std::find_if(use.attributions.begin(), use.attributions.end(), [&](const Attribution& one) {
      return one.condition == "clean" && one.removal == removal && one.why.empty();
    });
  };
  const auto fill = find("fill"), marginal = find("marginal");
  const auto end = use.attributions.end();
  if (fill == end || marginal == end || fill->order == marginal->order) return;
  use.notes.push_back(fmt::format(
      "The two ways of taking a modality away disagree on the order: {} by fill, {} by donors. A fill is an "
      "input that the model may never have seen; believe what both say.",
      join(fill->order, ", "), join(marginal->order, ", ")));
}

}  // namespace

ModelUse model_use(const RunView& view, const std::vector<MetricSpec>& metrics) {
  ModelUse use;
  std::optional<Interaction> exact;
  for (const Removal& removal : removals(view)) {
    if (removal.by != "fill") {
      const Interaction interaction = interaction_of(view, removal, metrics);
      if (removal.by == "every_donor") exact = interaction;
      if (!use.interaction) use.interaction = interaction;
    }
    if (removal.by == "every_donor") continue;  // its subsets have unlike numbers of replicates
    use.attributions.push_back(attribute(view, removal, metrics));
  }
  if (exact && exact->why.empty()) use.interaction = exact;
  use.conflicts = conflicts_of(view);
  use.shuffle = shuffle_losses(view, metrics.front());
  note_disagreement(use);
  return use;
}

}  // namespace shakedown::metrics
