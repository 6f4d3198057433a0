// Compression: what JPEG leaves of the frames, each compressed by itself.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "frames.h"
#include "shakedown/media/encode.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class Compression final : public Perturbation {
 public:
  struct Config {
    int quality = 25;
    std::string ladder = "own";  // of severities only
  };

  explicit Compression(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Clip& clip = *sample.clip;
    if (clip.frames.empty()) return Effect::ineligible("no frames");
    if (std::any_of(clip.frames.begin(), clip.frames.end(), [](const auto& f) { return f->pixels.empty(); }))
      return Effect::ineligible("frames without pixels");
    if (config_.quality == kBestQuality) return Effect::unchanged("quality 100 is taken for none");
    double bytes = 0;
    Effect effect = change_frames(sample, [&](std::size_t i) {
      const auto jpeg = media::encode_jpeg(*clip.frames[i], config_.quality);
      bytes += static_cast<double>(jpeg.size());
      return media::decode_jpeg(jpeg);
    });
    if (clip.fps > 0) effect.measures["kbit_s"] = 8e-3 * bytes * clip.fps / static_cast<double>(clip.frames.size());
    return effect;
  }

  // The quality that turns the middle frame before into the one after.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const std::size_t middle = before.clip->frames.size() / 2;
    const Image &was = *before.clip->frames[middle], &is = *after.clip->frames.at(middle);
    std::optional<double> least;
    int best = 1;
    const auto look_at = [&](int quality) {
      const Image candidate = media::decode_jpeg(media::encode_jpeg(was, quality));
      double distance = 0;
      for (std::size_t i = 0; i < is.pixels.size(); ++i) {
        const double difference = double{1} * candidate.pixels[i] - is.pixels[i];
        distance += difference * difference;
      }
      if (!least || distance < *least) least = distance, best = quality;
    };
    for (int quality = 1; quality < kBestQuality; quality += quality < 10 ? 1 : 6) look_at(quality);
    const int around = best;
    for (int quality = std::max(1, around - 5); quality <= std::min(99, around + 5); ++quality) look_at(quality);
    dose.realised = dose.effective = best;
    return dose;
  }

 private:
  static constexpr int kBestQuality = 100;
  Config config_;
};

PerturbationSpec spec() {
  const auto dose = [](std::vector<double> ladder) {
    return DoseSpec{.parameter = "quality",
                    .unit = "quality",
                    .identity = 100,
                    .ladder = std::move(ladder),
                    .lower_is_harsher = true,
                    .tolerance = 1};
  };
  return Schema<Compression>("video.compression", Modality::kVideo,
                             "What JPEG leaves of the frames, each compressed by itself.")
      .source("JPEG of ImageNet-C: Hendrycks and Dietterich, ICLR 2019.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("quality", &Compression::Config::quality, "quality", {.min = 1, .max = 100},
              "Quality as libjpeg counts it; 100 leaves frames as they are.")
      .choice("ladder", &Compression::Config::ladder, {"own", "imagenet-c"},
              "Which qualities severities 1 to 5 stand for: imagenet-c: those of that benchmark.")
      .dose(dose({50, 25, 15, 10, 5}))
      .dose_when("ladder", "imagenet-c", dose({25, 18, 15, 10, 7}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_compression, shakedown::perturb::spec);
