#include "model_checks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::runners {
namespace {

/// Widths of word vectors that do not know their sentence: GloVe, word2vec, fastText.
constexpr std::array<std::size_t, 5> kStaticWidths = {25, 50, 100, 200, 300};

/// Perturbations that take whole modalities and leave no step.
constexpr std::array<std::string_view, 3> kWholeModalities = {"missing.modality", "missing.multibench",
                                                              "missing.pattern"};

/// Takes some steps away and leaves others.
bool loses_steps(const perturb::Part& part) {
  const std::string& name = part.spec->name;
  if (std::find(kWholeModalities.begin(), kWholeModalities.end(), name) != kWholeModalities.end()) return false;
  return name.starts_with("missing.") || name.find("dropout") != std::string::npos || name == "audio.mute";
}

/// Ids of the cells in which a part that loses steps writes one of `forms`.
std::vector<std::string> cells_losing_steps(const std::vector<suites::Cell>& cells, Forms forms) {
  std::vector<std::string> ids;
  for (const auto& cell : cells) {
    const bool found = std::any_of(cell.parts.begin(), cell.parts.end(), [&](const perturb::Part& part) {
      suites::Cell alone;
      alone.parts = {part};
      return loses_steps(part) && !part.identity && !(alone.writes() & forms).empty();
    });
    if (found) ids.push_back(cell.row.id);
  }
  return ids;
}

/// Forms that the model averages over time before it looks at them.
Forms pooled_forms(const std::vector<models::InputSpec>& inputs) {
  Forms forms;
  for (const auto& input : inputs) {
    forms = forms | pooled_forms(input.tuple);
    if (!input.pool_mean) continue;
    if (input.from == "text.embedding") forms.add(Form::kEmbedding);
    if (input.from == "audio.features") forms.add(Form::kAudioFeatures);
    if (input.from == "audio.logmel" || input.from == "audio.mfcc") forms.add(Form::kWaveform);
    if (input.from == "vision.features") forms.add(Form::kVisionFeatures);
  }
  return forms;
}

}  // namespace

std::vector<Warning> masking_warnings(const models::Manifest& manifest, const std::vector<suites::Cell>& cells,
                                      std::size_t embedding_dims) {
  std::vector<Warning> warnings;
  const bool is_static = std::find(kStaticWidths.begin(), kStaticWidths.end(), embedding_dims) != kStaticWidths.end();
  if (manifest.reads().has(Form::kEmbedding) && embedding_dims > 0 && !is_static) {
    auto leaky = cells_losing_steps(cells, {Form::kEmbedding});
    if (!leaky.empty()) {
      warnings.push_back({"leaky_features",
                          "text.embedding has " + std::to_string(embedding_dims) +
                              " dimensions, as encoders of whole sentences give: a step taken away afterwards still "
                              "shows in its neighbours, so the loss is understated; mask token ids instead (text.bert)",
                          std::move(leaky)});
    }
  }
  const Forms pooled = pooled_forms(manifest.inputs);
  auto averaged = cells_losing_steps(cells, pooled);
  if (!averaged.empty()) {
    warnings.push_back({"averages_over_time",
                        "the model sees the mean over time of " + pooled.describe() +
                            ": steps set to zero only scale it down, which is no test of missing evidence",
                        std::move(averaged)});
  }
  return warnings;
}

void require_polarity(const suites::Suite& suite, bool strict, PlannedModel& planned) {
  const Task& task = planned.header.task;
  if (task.kind != Task::Kind::kClassification || !task.polarity.empty()) return;
  const std::string reason = "a directional cell needs to know which way each class points";
  const std::string enable = "`polarity: {" + task.labels.front() + ": 1, ...}` in the task of model.yaml";
  std::erase_if(planned.cells, [&](const suites::Cell& cell) {
    if (cell.row.label_effect != LabelEffect::kDirectional) return false;
    if (strict || !suite.shipped) {
      throw Error(ErrorKind::kUsage, cell.where + ": " + cell.row.id + ": " + reason + "; it takes " + enable);
    }
    auto& left_out = planned.header.not_tested;
    const bool known = std::any_of(left_out.begin(), left_out.end(), [&](const NotTested& one) {
      return one.what == cell.row.family && one.reason == reason;
    });
    if (!known) left_out.push_back({cell.row.family, reason, enable});
    return true;
  });
}

}  // namespace shakedown::runners
