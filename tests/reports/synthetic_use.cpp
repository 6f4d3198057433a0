#include "reports/synthetic.h"

namespace shakedown::reports::test {
namespace {

Score score(double value, double half = 0.02) {
  Score result;
  result.value = value;
  result.low = value - half;
  result.high = value + half;
  result.n = 640;
  return result;
}

/// MAE by subset: text and video together decide, audio is ignored.
Attribution attribution(const std::string& removal, double both) {
  Attribution one;
  one.removal = removal;
  one.draws = removal == "fill" ? 1 : 16;
  const double none = 0.81, text = 0.78, video = 0.8;
  one.kept = {{"none", score(none)},         {"text", score(text)},
              {"audio", score(none)},        {"video", score(video)},
              {"text+audio", score(text)},   {"text+video", score(both)},
              {"audio+video", score(video)}, {"text+audio+video", score(both)}};
  one.gain = score(none - both);
  one.together = {{"text", score(none - text)},
                  {"audio", score(0, 0)},
                  {"video", score(none - video)},
                  {"text+audio", score(0, 0)},
                  {"text+video", score(text + video - none - both)},
                  {"audio+video", score(0, 0)},
                  {"text+audio+video", score(0, 0)}};
  const double half = (text + video - none - both) / 2;
  one.metric["mae"] = {
      {"text", score(none - text + half)}, {"audio", score(0, 0)}, {"video", score(none - video + half)}};
  one.loss = one.metric["mae"];
  one.prediction = {{"text", score(0.4)}, {"audio", score(0, 0)}, {"video", score(0.3)}};
  one.decides = {{"text", score(0.6)}, {"audio", score(0, 0)}, {"video", score(0.4)}};
  one.order = {"text", "video", "audio"};
  return one;
}

}  // namespace

ModelUse make_model_use() {
  ModelUse use;
  use.attributions = {attribution("fill", 0.6231), attribution("marginal", 0.6231), attribution("fill", 0.7)};
  use.attributions[2].condition = "missing.random@rate=0.3#0";
  use.attributions[2].axis = "rate";
  use.attributions[2].level = 0.3;
  use.attributions.emplace_back();
  use.attributions.back().condition = "missing.random@rate=0.5#0";
  use.attributions.back().removal = "fill";
  use.attributions.back().why = "Shapley values need a cell for every subset; missing: keep=text+video";
  Interaction interaction;
  interaction.draws = 16;
  interaction.draw_error = 0.004;
  interaction.full = {{"mae", score(0.6231)}};
  interaction.additive = {{"mae", score(0.75)}};
  interaction.gain = {{"mae", score(0.1269)}};
  interaction.jointly = score(0.14);
  interaction.additively = score(0.03);
  use.interaction = interaction;
  use.conflicts = {{"text", score(0.7), score(0.3), score(0, 0), score(0.1), score(0.6)},
                   {"audio", score(0.1), score(0.9), score(0, 0), score(0.1), score(0, 0)}};
  use.shuffle = {{"text", score(0.2)}, {"audio", score(0, 0)}, {"video", score(0.15)}};
  use.notes = {"The two ways of taking a modality away disagree on the order."};
  return use;
}

}  // namespace shakedown::reports::test
