#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "findings.h"
#include "shakedown/core/text.h"

namespace shakedown::metrics {
namespace {

/// Below this, in the unit of the outputs, a prediction has not changed (single precision).
constexpr double kSame = 1e-6;

/// Modalities that a missing.modality cell takes away.
std::set<Modality> removed_by(const CellRow& cell) {
  if (cell.parts.size() != 1 || cell.parts.front().perturbation != "missing.modality") return {};
  const auto keep = cell.parts.front().params.find("keep");
  if (keep == cell.parts.front().params.end()) return {};
  std::set<Modality> removed{Modality::kText, Modality::kAudio, Modality::kVideo};
  for (const std::string& name : split(keep->second, '+')) {
    for (const Modality modality : {Modality::kText, Modality::kAudio, Modality::kVideo}) {
      if (trim(name) == modality_name(modality)) removed.erase(modality);
    }
  }
  return removed;
}

/// Modalities that a cell writes, or nothing where that is not known to be less than all.
std::set<Modality> written_by(const CellRow& cell) {
  if (auto removed = removed_by(cell); !removed.empty()) return removed;
  std::set<Modality> written;
  for (const PartRow& part : cell.parts) {
    if (part.modality == Modality::kCross) return {};
    written.insert(part.modality);
  }
  return written;
}

/// Whether some prediction differs from the reference; nothing where no sample was changed or can be compared.
std::optional<bool> changes_something(const RunView& view, const ScoredCell& cell) {
  const auto reference = view.run().cell_index(cell.result.cell.reference);
  if (!reference || !view.complete(*reference) || cell.result.applied == 0) return std::nullopt;
  const auto rows = view.scored_in_both(cell.index, *reference);
  if (rows.empty()) return std::nullopt;
  return std::any_of(rows.begin(), rows.end(), [&](std::size_t row) {
    const auto& now = view.outcome(cell.index, row).outputs;
    const auto& before = view.outcome(*reference, row).outputs;
    return !std::equal(now.begin(), now.end(), before.begin(),
                       [](double a, double b) { return std::abs(a - b) <= kSame; });
  });
}

}  // namespace

std::vector<Warning> find_vacuous(const RunView& view, std::vector<ScoredCell>& cells) {
  std::set<Modality> ignored, noticed;
  for (const ScoredCell& cell : cells) {
    const auto changes = changes_something(view, cell);
    if (!changes) continue;
    const std::set<Modality> removed = removed_by(cell.result.cell), written = written_by(cell.result.cell);
    if (*changes) {
      if (written.size() == 1) noticed.insert(written.begin(), written.end());
    } else if (!removed.empty()) {
      ignored.insert(removed.begin(), removed.end());
    } else if (written.size() == 1) {
      ignored.insert(written.begin(), written.end());
    }
  }
  // A fill may equal what was there (silence for silence); one cell that changes a prediction is proof enough.
  for (const Modality modality : noticed) ignored.erase(modality);
  std::vector<Warning> warnings;
  for (const Modality modality : ignored) {
    Warning warning{"vacuous_modality", "", {}};
    for (ScoredCell& cell : cells) {
      const std::set<Modality> written = written_by(cell.result.cell);
      const bool only_ignored =
          !written.empty() && std::includes(ignored.begin(), ignored.end(), written.begin(), written.end());
      if (!only_ignored || !written.contains(modality)) continue;
      cell.result.vacuous = true;
      warning.cells.push_back(cell.result.cell.id);
    }
    warning.message = fmt::format(
        "The model ignores {0}: changing it changes no prediction, so its cells are not evidence of robustness and "
        "stay out of the means.",
        modality_name(modality));
    warnings.push_back(std::move(warning));
  }
  return warnings;
}

std::vector<bool> vacuous_cells(const RunView& view) {
  std::vector<ScoredCell> cells;
  for (std::size_t cell = 0; cell < view.run().cells.size(); ++cell)
    if (view.complete(cell)) cells.push_back({cell, count_outcomes(view, cell), {}});
  (void)find_vacuous(view, cells);
  std::vector<bool> vacuous(view.run().cells.size());
  for (const ScoredCell& cell : cells) vacuous[cell.index] = cell.result.vacuous;
  return vacuous;
}

void withhold_retention(std::vector<Curve>& curves, const std::vector<ScoredCell>& cells) {
  std::set<std::string> vacuous;
  for (const ScoredCell& cell : cells) {
    if (cell.result.vacuous) vacuous.insert(cell.result.cell.id);
  }
  for (Curve& curve : curves) {
    const bool any = std::any_of(curve.points.begin(), curve.points.end(),
                                 [&](const CurvePoint& point) { return vacuous.contains(point.cell); });
    if (!any) continue;
    curve.retention.reset();
    curve.retention_why = "the model ignores this modality";
  }
}

}  // namespace shakedown::metrics
