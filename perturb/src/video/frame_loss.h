#pragma once

#include <string>
#include <vector>

#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {

/// Which frames of a clip are hit: base of the Config of every perturbation that takes a fraction of them.
struct FrameChoice {
  double fraction = 0.25;
  std::string pattern = "random";
  int bursts = 3;
};

/// random: each eligible frame by itself; contiguous: one run; bursts: that many runs. Nested in the fraction.
[[nodiscard]] std::vector<std::size_t> chosen_frames(const FrameChoice& choice, const Stream& stream,
                                                     const std::vector<bool>& eligible);

/// Frames with a usable face box.
[[nodiscard]] std::vector<bool> frames_with_face(const Sample& sample);

/// What `lost` frames say of the effect: spans, decisions, number of runs and longest run.
void describe_loss(Effect& effect, const std::vector<std::size_t>& lost);

/// Gives `effect` its spans and counts and `sample` its frames, of which `lost` were hit (and taken out of the clip
/// where `removed`); unchanged where every frame is the one it was.
[[nodiscard]] Effect lose_frames(Sample& sample, std::vector<Shared<Image>> frames,
                                 const std::vector<std::size_t>& lost, bool removed = false);

/// Frames hit over eligible ones, counted on the clips: a frame counts as changed where its picture differs; where
/// frames were `removed`, when exactly the others are left, in order.
[[nodiscard]] Dose measure_frames(const Sample& before, const Sample& after, const Effect& effect,
                                  const std::vector<bool>& eligible, bool removed = false);

[[nodiscard]] DoseSpec fraction_of_frames(std::vector<double> ladder);

template <class P>
Schema<P>& declare_frame_choice(Schema<P>& schema, const std::string& doc) {
  using Config = typename P::Config;
  return schema.number("fraction", &Config::fraction, "", {.min = 0, .max = 1}, doc)
      .choice("pattern", &Config::pattern, {"random", "contiguous", "bursts"},
              "random: each frame by itself; contiguous: one run; bursts: several runs.")
      .number("bursts", &Config::bursts, "", {.min = 1, .max = 1000}, "bursts: number of runs.");
}

}  // namespace shakedown::perturb
