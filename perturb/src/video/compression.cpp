// Compression: what a codec leaves of the frames. JPEG takes each by itself; H.264 predicts them from one another.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frames.h"
#include "shakedown/core/error.h"
#include "shakedown/media/encode.h"
#include "shakedown/media/video_codec.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr int kBestQuality = 100, kBestCrf = 0;
constexpr int kWorstCrf = 51;
constexpr double kAssumedFps = 25;  // of clips that do not say theirs
constexpr std::size_t kMeasuredFrames = 4;

double square_distance(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const double difference = double{1} * a.pixels[i] - b.pixels[i];
    sum += difference * difference;
  }
  return sum;
}

// In dB; nothing where not a pixel differs.
std::optional<double> peak_signal_to_noise(const Clip& before, const Clip& after) {
  double squares = 0, values = 0;
  for (std::size_t i = 0; i < before.frames.size(); ++i) {
    squares += square_distance(*before.frames[i], *after.frames[i]);
    values += static_cast<double>(before.frames[i]->pixels.size());
  }
  if (squares <= 0) return std::nullopt;
  return 10 * std::log10(255.0 * 255.0 * values / squares);
}

// The setting with the least distance; `likely` if it leaves none, which looking at one setting tells.
template <class Distance>
int nearest_setting(int likely, int low, int high, Distance distance) {
  if (distance(likely) == 0) return likely;
  int best = low;
  double least = std::numeric_limits<double>::infinity();
  for (int setting = low; setting <= high; ++setting) {
    const double found = distance(setting);
    if (found < least) least = found, best = setting;
  }
  return best;
}

class Compression final : public Perturbation {
 public:
  struct Config {
    std::string codec = "jpeg";
    int quality = 25;
    int crf = 34;
    std::string ladder = "own";  // of severities only
  };

  explicit Compression(Config config) : config_(std::move(config)) {
    if (is_video() && config_.ladder == "imagenet-c")
      throw Error(ErrorKind::kUsage, "ladder: imagenet-c is of codec: jpeg; codec: h264 takes ladder: own");
  }

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Shared<Clip> clip = sample.clip;
    const auto& frames = clip->frames;
    if (frames.empty()) return Effect::ineligible("no frames");
    if (std::any_of(frames.begin(), frames.end(), [](const auto& f) { return f->pixels.empty(); }))
      return Effect::ineligible("frames without pixels");
    if (is_video() ? config_.crf == kBestCrf : config_.quality == kBestQuality)
      return Effect::unchanged(is_video() ? "CRF 0 is taken for none" : "quality 100 is taken for none");
    double bytes = 0;
    Effect effect;
    if (is_video()) {
      if (!media::can_encode_h264()) return Effect::skipped("this libavcodec has no encoder for H.264");
      if (std::any_of(frames.begin(), frames.end(), [&](const auto& f) {
            return f->width != frames.front()->width || f->height != frames.front()->height;
          }))
        return Effect::skipped("frames of several sizes");
      media::CodedFrames coded = media::code_h264(frames, rate_of(*clip), config_.crf);
      bytes = static_cast<double>(coded.bytes);
      effect = change_frames(sample, [&](std::size_t i) { return std::move(coded.frames[i]); });
    } else {
      effect = change_frames(sample, [&](std::size_t i) {
        const auto jpeg = media::encode_jpeg(*frames[i], config_.quality);
        bytes += static_cast<double>(jpeg.size());
        return media::decode_jpeg(jpeg);
      });
    }
    if (clip->fps > 0) effect.measures["kbit_s"] = 8e-3 * bytes * clip->fps / static_cast<double>(frames.size());
    if (const auto psnr = peak_signal_to_noise(*clip, *sample.clip)) effect.measures["psnr_db"] = *psnr;
    return effect;
  }

  // The setting that turns the frames before into those after: the middle one by JPEG, by H.264 the first few, which
  // do not depend on what follows.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied || before.clip->frames.empty()) return dose;
    const auto &was = before.clip->frames, &is = after.clip->frames;
    if (is_video()) {
      const std::span<const Shared<Image>> first(was.data(), std::min(was.size(), kMeasuredFrames));
      dose.realised = nearest_setting(config_.crf, kBestCrf + 1, kWorstCrf, [&](int crf) {
        const auto coded = media::code_h264(first, rate_of(*before.clip), crf);
        double distance = 0;
        for (std::size_t i = 0; i < first.size(); ++i) distance += square_distance(coded.frames[i], *is.at(i));
        return distance;
      });
    } else {
      const std::size_t middle = was.size() / 2;
      dose.realised = nearest_setting(config_.quality, 1, kBestQuality - 1, [&](int quality) {
        return square_distance(media::decode_jpeg(media::encode_jpeg(*was[middle], quality)), *is.at(middle));
      });
    }
    dose.effective = dose.realised;
    return dose;
  }

 private:
  [[nodiscard]] bool is_video() const { return config_.codec == "h264"; }
  static double rate_of(const Clip& clip) { return clip.fps > 0 ? clip.fps : kAssumedFps; }

  Config config_;
};

PerturbationSpec spec() {
  const auto quality = [](std::vector<double> ladder) {
    return DoseSpec{.parameter = "quality",
                    .unit = "quality",
                    .identity = kBestQuality,
                    .ladder = std::move(ladder),
                    .lower_is_harsher = true,
                    .tolerance = 1};
  };
  const DoseSpec crf{
      .parameter = "crf", .unit = "CRF", .identity = kBestCrf, .ladder = {28, 34, 40, 46, 51}, .tolerance = 1};
  return Schema<Compression>("video.compression", Modality::kVideo,
                             "What a codec leaves of the frames: JPEG of each by itself, or H.264 as in a video call.")
      .source("JPEG of ImageNet-C: Hendrycks and Dietterich, ICLR 2019; ITU-T H.264 by x264 at a constant rate factor.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .choice("codec", &Compression::Config::codec, {"jpeg", "h264"},
              "jpeg: each frame by itself; h264: x264's preset medium without reordering or look-ahead.")
      .number("quality", &Compression::Config::quality, "quality", {.min = 1, .max = kBestQuality},
              "Of jpeg, as libjpeg counts it; 100 leaves frames as they are.")
      .number("crf", &Compression::Config::crf, "CRF", {.min = kBestCrf, .max = kWorstCrf},
              "Of h264: constant rate factor as x264 counts it; 0 leaves frames as they are.")
      .choice("ladder", &Compression::Config::ladder, {"own", "imagenet-c"},
              "Which qualities severities 1 to 5 of jpeg stand for: imagenet-c: those of that benchmark.")
      .dose(quality({50, 25, 15, 10, 5}))
      .dose_when("codec", "h264", crf)
      .dose_when("ladder", "imagenet-c", quality({25, 18, 15, 10, 7}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_compression, shakedown::perturb::spec);
