// Frame drop: frames get lost on the way from the camera, and the player holds the one before or plays on.
#include "frame_loss.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class FrameDrop final : public Perturbation {
 public:
  struct Config : FrameChoice {
    std::string fill = "hold";
  };

  explicit FrameDrop(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    std::vector<Shared<Image>> frames = sample.clip->frames;
    if (frames.size() < 2) return Effect::ineligible("fewer than two frames");
    const auto lost = chosen_frames(config_, rng.stream("video"), eligible_units(frames.size(), true));
    if (config_.fill == "removed") {
      for (auto i = lost.rbegin(); i != lost.rend(); ++i)
        frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(*i));
    } else {
      for (const std::size_t i : lost) frames[i] = frames[i - 1];
    }
    return lose_frames(sample, std::move(frames), lost, config_.fill == "removed");
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return measure_frames(before, after, effect, eligible_units(before.clip->frames.size(), true),
                          config_.fill == "removed");
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  Schema<FrameDrop> schema("video.frame_drop", Modality::kVideo,
                           "Frames get lost; the last one that arrived stays in view, or the clip gets shorter. The "
                           "first frame always arrives.");
  schema.source("Yi et al., Kinetics-C (frame rate), NeurIPS 2021; here at random times, with the frame count kept.")
      .reads({Form::kFrames})
      .writes({Form::kFrames});
  return declare_frame_choice(schema, "Share of the frames (but the first) that is lost.")
      .choice("fill", &FrameDrop::Config::fill, {"hold", "removed"},
              "hold: the frame before stays in view; removed: later frames move up.")
      .dose(fraction_of_frames({.1, .25, .5, .75, .9}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_frame_drop, shakedown::perturb::spec);
