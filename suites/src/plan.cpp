#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "cell_builder.h"
#include "requirements.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/suites/suite.h"

namespace shakedown::suites {
namespace {

/// The clean cell that `cell` is compared with. A cell that does nothing but make the input another way is the step to
/// that way: beside itself it would say nothing.
Cell reference_of(const Cell& cell, const Fit& fit) {
  for (std::size_t i = cell.parts.size(); cell.parts.size() > 1 && i-- > 0;)
    if (!cell.parts[i].spec->front_end.empty()) return clean_cell(cell, i);
  if (fit.retokenised) return clean_cell({{"text", "retokenised"}});
  return clean_cell({});
}

LabelEffect label_effect(const Cell& cell, const Facts& facts) {
  auto effect = LabelEffect::kInvariant;
  for (const auto& part : cell.parts)
    effect = weakest(effect, part.spec->label_effect(part.params, {facts.model_reads}));
  // What was said before does not move the prediction for what is said now in a stated way.
  if (cell.scope == Cell::Scope::kHistory && effect == LabelEffect::kDirectional) return LabelEffect::kDiagnostic;
  return effect;
}

/// One line for all levels and replicates that lack the same; compositions, whose family holds their levels, go by the
/// names of their parts.
void leave_out(const Cell& cell, const Unmet& unmet, std::vector<NotTested>& list) {
  std::vector<std::string> names;
  for (const auto& part : cell.parts) names.push_back(part.spec->name);
  const auto what = names.size() > 1 ? join(names, "+") : cell.row.family;
  const auto key = std::tie(what, unmet.reason, unmet.enable);
  if (std::none_of(list.begin(), list.end(),
                   [&](const NotTested& known) { return std::tie(known.what, known.reason, known.enable) == key; }))
    list.push_back({what, unmet.reason, unmet.enable});
}

}  // namespace

Plan plan(const Suite& suite, const Facts& facts, bool strict) {
  Plan plan;
  plan.cells.push_back(clean_cell({}));
  std::vector<Cell> cells;
  for (auto cell : suite.cells) {
    const auto found = fit(cell, facts);
    if (found.unmet) {
      if (strict || !suite.shipped) {
        throw Error(ErrorKind::kUsage, fmt::format("{}: {}: {}; it takes {}", cell.where, cell.row.id,
                                                   found.unmet->reason, found.unmet->enable));
      }
      leave_out(cell, *found.unmet, plan.not_tested);
      continue;
    }
    auto reference = reference_of(cell, found);
    cell.row.reference = reference.row.id;
    cell.row.label_effect = label_effect(cell, facts);
    const auto is_it = [&](const Cell& known) { return known.row.id == reference.row.id; };
    if (std::none_of(plan.cells.begin(), plan.cells.end(), is_it)) plan.cells.push_back(std::move(reference));
    cells.push_back(std::move(cell));
  }
  if (cells.empty()) {
    std::string why = "no cell of it can be served";
    if (!plan.not_tested.empty()) why += ": " + plan.not_tested.front().what + ": " + plan.not_tested.front().reason;
    throw Error(ErrorKind::kUsage, fmt::format("suite '{}': {}", suite.name, why));
  }
  std::move(cells.begin(), cells.end(), std::back_inserter(plan.cells));
  return plan;
}

Forms removed_by_reference(const CellRow& clean_row) {
  return clean_row.clean() && clean_row.id != clean_row.reference ? Forms{Form::kTokens} : Forms{};
}

}  // namespace shakedown::suites
