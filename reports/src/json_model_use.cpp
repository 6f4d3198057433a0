#include "model_use.h"

namespace shakedown::reports {
namespace {

Json attribution_json(const Attribution& one) {
  Json metrics = Json::object();
  for (const auto& [metric, scores] : one.metric) metrics[metric] = scores_json(scores);
  Json out = {{"condition", one.condition},
              {"axis", one.axis},
              {"level", number(one.level)},
              {"removal", one.removal},
              {"draws", one.draws},
              {"order", one.order},
              {"gain", score_json(one.gain)},
              {"kept", scores_json(one.kept)},
              {"together", scores_json(one.together)},
              {"metric", std::move(metrics)},
              {"loss", scores_json(one.loss)},
              {"prediction", scores_json(one.prediction)},
              {"decides", scores_json(one.decides)}};
  if (!one.why.empty()) out["why"] = one.why;
  return out;
}

Json interaction_json(const std::optional<Interaction>& one) {
  if (!one) return nullptr;
  Json out = {{"draws", one->draws},
              {"exact", one->exact},
              {"draw_error", number(one->draw_error)},
              {"full", scores_json(one->full)},
              {"additive", scores_json(one->additive)},
              {"gain", scores_json(one->gain)},
              {"solved_jointly", score_json(one->jointly)},
              {"solved_additively", score_json(one->additively)}};
  if (!one->why.empty()) out["why"] = one->why;
  return out;
}

}  // namespace

Json model_use_json(const ModelUse& use) {
  Json shapley = Json::array(), conflicts = Json::array();
  for (const Attribution& one : use.attributions) shapley.push_back(attribution_json(one));
  for (const Conflict& one : use.conflicts) {
    conflicts.push_back({{"modality", one.modality},
                         {"follows", score_json(one.follows)},
                         {"keeps", score_json(one.keeps)},
                         {"neither", score_json(one.neither)},
                         {"control_follows", score_json(one.control_follows)},
                         {"excess", score_json(one.excess)}});
  }
  return {{"shapley", std::move(shapley)},
          {"interaction", interaction_json(use.interaction)},
          {"conflict", std::move(conflicts)},
          {"shuffle", scores_json(use.shuffle)},
          {"notes", use.notes}};
}

}  // namespace shakedown::reports
