#include "checkpoints.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "readable.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::runners {
namespace {

/// Protocols whose authors train one model for each level or subset; docs/protocols.md.
constexpr std::array<std::string_view, 6> kModelPerLevel{"tfrnet", "emt-dlfr",      "emt-dlfr-sims",
                                                         "gcnet",  "unimf-subsets", "meta-na"};

}  // namespace

bool PlannedModel::serves(const CellRow& cell) const {
  if (by_level.empty() || cell.clean()) return true;
  if (cell.axis != model->manifest().level_axis || !cell.level) return false;
  return *cell.level == 0 || by_level.contains(*cell.level);
}

const models::Model& PlannedModel::model_for(const CellRow& cell) const {
  const auto found = cell.level && !cell.clean() ? by_level.find(*cell.level) : by_level.end();
  return found == by_level.end() ? *model : *found->second;
}

std::vector<PlannedModel> planned_models(std::vector<std::unique_ptr<models::Model>> loaded) {
  std::vector<PlannedModel> planned;
  const models::Manifest& manifest = loaded.front()->manifest();
  if (!manifest.level_axis.empty()) {
    const std::vector<double> levels = manifest.levels;  // the manifest goes with its model
    PlannedModel one;
    one.name = manifest.name;
    one.limits = {manifest.limits(), readable_by(manifest)};
    for (std::size_t i = 0; i < loaded.size(); ++i) {
      (levels[i] == 0 ? one.model : one.by_level[levels[i]]) = std::move(loaded[i]);
    }
    planned.push_back(std::move(one));
    return planned;
  }
  const bool seeds = loaded.size() > 1;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    PlannedModel one;
    one.name = loaded[i]->manifest().name + (seeds ? "@seed" + std::to_string(i + 1) : "");
    one.limits = {loaded[i]->manifest().limits(), readable_by(loaded[i]->manifest())};
    one.model = std::move(loaded[i]);
    planned.push_back(std::move(one));
  }
  return planned;
}

void keep_served(PlannedModel& planned, const suites::Suite& suite, bool strict) {
  const std::string& axis = planned.model->manifest().level_axis;
  std::vector<suites::Cell> served;
  for (auto& cell : planned.cells) {
    if (planned.serves(cell.row)) {
      served.push_back(std::move(cell));
      continue;
    }
    const bool other = cell.row.axis != axis;
    const std::string what = other ? cell.row.family : cell.row.id;
    const std::string reason = "the model has one checkpoint per level of " + axis + " and none for this";
    const std::string enable =
        other ? "a manifest with one checkpoint"
              : "a line under torchscript: `" + axis + "=" + format_number(*cell.row.level) + ": FILE`";
    if (strict || !suite.shipped)
      throw Error(ErrorKind::kUsage, cell.where + ": " + cell.row.id + ": " + reason + "; it takes " + enable);
    const auto same = [&](const NotTested& known) { return known.what == what && known.reason == reason; };
    if (std::none_of(planned.header.not_tested.begin(), planned.header.not_tested.end(), same))
      planned.header.not_tested.push_back({what, reason, enable});
  }
  planned.cells = std::move(served);
}

std::string checkpoint_note(const PlannedModel& planned, const suites::Suite& suite) {
  if (!planned.by_level.empty()) {
    return "one checkpoint per level of " + planned.model->manifest().level_axis + ": " +
           std::to_string(planned.by_level.size() + 1) + " checkpoints";
  }
  if (suite.shipped && std::find(kModelPerLevel.begin(), kModelPerLevel.end(), suite.name) != kModelPerLevel.end()) {
    return "one checkpoint, zero-shot: not comparable with the published table of " + suite.name +
           ", which has one model per level";
  }
  return {};
}

}  // namespace shakedown::runners
