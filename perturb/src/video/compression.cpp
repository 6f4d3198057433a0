// Compression: what a codec leaves of the frames. JPEG compresses each by itself, H.264 the clip.
#include <algorithm>
#include <cmath>
#include <optional>

#include "frames.h"
#include "shakedown/media/encode.h"
#include "shakedown/media/video_codec.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class Compression final : public Perturbation {
 public:
  struct Config {
    std::string codec = "jpeg";
    int quality = 25;
    int crf = 34;
  };

  explicit Compression(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Clip& clip = *sample.clip;
    if (clip.frames.empty()) return Effect::ineligible("no frames");
    if (std::any_of(clip.frames.begin(), clip.frames.end(), [](const auto& f) { return f->pixels.empty(); }))
      return Effect::ineligible("frames without pixels");
    double bytes = 0;
    Effect effect;
    if (config_.codec == "jpeg") {
      if (config_.quality == kBestQuality) return Effect::unchanged("quality 100 is taken for none");
      effect = change_frames(sample, [&](std::size_t i) {
        const auto jpeg = media::encode_jpeg(*clip.frames[i], config_.quality);
        bytes += static_cast<double>(jpeg.size());
        return media::decode_jpeg(jpeg);
      });
    } else {
      if (config_.crf == 0) return Effect::unchanged("CRF 0 is taken for none");
      const auto coded = media::h264_round_trip(clip, config_.crf);
      if (!coded.reason.empty()) return Effect::skipped(coded.reason);
      bytes = static_cast<double>(coded.bytes);
      effect = change_frames(sample, [&](std::size_t i) { return *coded.clip.frames[i]; });
    }
    if (clip.fps > 0) effect.measures["kbit_s"] = 8e-3 * bytes * clip.fps / static_cast<double>(clip.frames.size());
    return effect;
  }

  // JPEG: the quality that turns the middle frame before into the one after. H.264: the setting at which the clip comes
  // out as it did; its peak signal-to-noise ratio is a matter of content.
  Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    if (config_.codec == "h264") {
      const auto again = media::h264_round_trip(*before.clip, config_.crf);
      const auto& frames = after.clip->frames;
      const bool same = again.reason.empty() && again.clip.frames.size() == frames.size() &&
                        std::equal(frames.begin(), frames.end(), again.clip.frames.begin(),
                                   [](const auto& a, const auto& b) { return a->pixels == b->pixels; });
      if (same) dose.realised = dose.effective = config_.crf;
      return dose;
    }
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
  return Schema<Compression>("video.compression", Modality::kVideo,
                             "What a codec leaves: JPEG, frame by frame, or H.264 over the clip.")
      .source(
          "JPEG of ImageNet-C (Hendrycks and Dietterich, ICLR 2019); H.264 by constant rate factor, as in Kinetics-C "
          "(Yi et al., NeurIPS 2021).")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .choice("codec", &Compression::Config::codec, {"jpeg", "h264"},
              "h264: where libavcodec has libx264; elsewhere its samples are skipped.")
      .number("quality", &Compression::Config::quality, "quality", {.min = 1, .max = 100},
              "jpeg: quality as libjpeg counts it; 100 leaves frames as they are.")
      .number("crf", &Compression::Config::crf, "CRF", {.min = 0, .max = 51},
              "h264: constant rate factor; 0 leaves frames as they are.")
      .dose({.parameter = "quality",
             .unit = "quality",
             .identity = 100,
             .ladder = {50, 25, 15, 10, 5},
             .lower_is_harsher = true,
             .tolerance = 1})
      .dose_when("codec", "h264",
                 {.parameter = "crf", .unit = "CRF", .identity = 0, .ladder = {28, 34, 40, 46, 51}, .tolerance = 0.5})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_compression, shakedown::perturb::spec);
