// Over-exposure: the shutter was open for too long. Light is multiplied, and what is beyond white is lost.
#include <cmath>

#include "frames.h"
#include "linear_light.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "tones.h"

namespace shakedown::perturb {
namespace {

class OverExposure final : public Perturbation {
 public:
  struct Config {
    double stops = 1;
  };

  explicit OverExposure(const Config& config)
      : stops_(config.stops), codes_(codes_of_light([&](double light) { return light * std::exp2(config.stops); })) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (stops_ == 0) return Effect::unchanged("0 stops");
    return change_frames(sample, [&](std::size_t i) {
      return with_tones(*sample.clip->frames[i], {codes_, codes_, codes_});
    });
  }

  // The ratio of light over values that stay below white; the share of those that do not stands beside it.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    double was = 0, is = 0;
    const Response seen = response(*before.clip, *after.clip);
    for (const auto& channel : seen.channels) {
      for (std::size_t code = 0; code < channel.size(); ++code) {
        if (channel[code].count == 0 || channel[code].code > 254) continue;
        was += channel[code].count * linear_of(static_cast<double>(code));
        is += channel[code].count * channel[code].light;
      }
    }
    if (was > 0) dose.realised = dose.effective = std::log2(is / was);
    return dose;
  }

 private:
  double stops_;
  Codes codes_;
};

PerturbationSpec spec() {
  return Schema<OverExposure>(
             "video.over_exposure", Modality::kVideo,
             "The picture is over-exposed: brighter by whole or part stops, with what is brighter than "
             "white cut off.")
      .source("Exposure in stops of linear light; transfer: IEC 61966-2-1 (sRGB).")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("stops", &OverExposure::Config::stops, "stops", {.min = 0, .max = 10},
              "Exposure against the original: 1 is twice the light.")
      .dose({.parameter = "stops", .unit = "stops", .identity = 0, .ladder = {.5, 1, 1.5, 2, 3}, .tolerance = 0.05})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_over_exposure, shakedown::perturb::spec);
