#pragma once

#include <string>
#include <vector>

#include "missing/steps.h"

namespace shakedown::perturb {

/// Options of the perturbations that draw lost steps from shakedown's own stream.
struct DrawOptions : StepOptions {
  double rate = 0.3;
  std::string sharing = "independent";
  double text_rate = 1, audio_rate = 1, video_rate = 1;
  double audio_hz = 0, video_hz = 0;
};

/// Each modality loses steps of its own, or one mask is laid over all: position by position where all lengths
/// are equal (aligned data); else it is drawn on the modality of fewest steps and the others follow, by time
/// where times are known (media, or audio_hz and video_hz are given), else by share of their length, so that a
/// lost step is lost as a whole everywhere. Masks are nested: at a smaller rate a part of those at a larger.
class DrawnLoss : public StepLoss {
 protected:
  explicit DrawnLoss(const DrawOptions& options) : StepLoss(options, options.sharing == "shared"), options_(options) {}

  /// Takes from the eligible positions by one stream; see positions.h.
  [[nodiscard]] virtual std::vector<std::size_t> pick(const Stream& stream, const std::vector<bool>& eligible,
                                                      double rate) const = 0;

 private:
  std::string draw(const Sample& sample, const Corpus& corpus, const Rng& rng, std::vector<Track>& tracks) const final;
  void share(std::vector<Track>& tracks, const Stream& stream) const;
  [[nodiscard]] double rate_of(const Track& track) const;

  DrawOptions options_;
};

/// Declares the options that all of them have, but `sharing`.
template <class P>
Schema<P>& declare_draws(Schema<P>& schema) {
  using Config = typename P::Config;
  const Limits share{.min = 0, .max = 1};
  const Limits hertz{.min = 0, .max = 10000};
  return declare_steps(
      schema.number("text_rate", &Config::text_rate, "", share, "Rate of the text as a share of `rate`.")
          .number("audio_rate", &Config::audio_rate, "", share, "Rate of the audio as a share of `rate`.")
          .number("video_rate", &Config::video_rate, "", share, "Rate of the video as a share of `rate`.")
          .number("audio_hz", &Config::audio_hz, "Hz", hertz,
                  "Audio feature steps a second, so that shared masks agree in seconds; 0: spread over the clip.")
          .number("video_hz", &Config::video_hz, "Hz", hertz,
                  "Vision feature steps a second, so that shared masks agree in seconds; 0: spread over the clip."));
}

}  // namespace shakedown::perturb
