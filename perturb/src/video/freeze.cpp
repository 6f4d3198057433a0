// Freeze: the picture stands still for a while and then goes on as if nothing had happened, as in a bad call.
#include "frame_loss.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class Freeze final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.25;
    int runs = 1;
  };

  explicit Freeze(const Config& config) : choice_{config.fraction, "bursts", config.runs} {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    std::vector<Shared<Image>> frames = sample.clip->frames;
    if (frames.size() < 2) return Effect::ineligible("fewer than two frames");
    const auto frozen = chosen_frames(choice_, rng.stream("video"), eligible_units(frames.size(), true));
    for (const std::size_t i : frozen) frames[i] = frames[i - 1];
    return lose_frames(sample, std::move(frames), frozen);
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return measure_frames(before, after, effect, eligible_units(before.clip->frames.size(), true));
  }

 private:
  FrameChoice choice_;
};

PerturbationSpec spec() {
  return Schema<Freeze>("video.freeze", Modality::kVideo,
                        "The picture stands still for a part of the clip while the sound goes on. At 1 the first frame "
                        "stays for good.")
      .source("Freezing as a degradation of video calls: ITU-T P.910 and P.1203.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("fraction", &Freeze::Config::fraction, "", {.min = 0, .max = 1},
              "Share of the frames (but the first) that show the one before them.")
      .number("runs", &Freeze::Config::runs, "", {.min = 1, .max = 1000}, "Number of times that the picture freezes.")
      .dose(fraction_of_frames({.1, .25, .5, .75, 1}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_freeze, shakedown::perturb::spec);
