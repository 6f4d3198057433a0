// Face dropout: the detector lost the face in some frames, and the pipeline put something in their place.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "frame_loss.h"
#include "shakedown/media/faces.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class FaceDropout final : public Perturbation {
 public:
  struct Config : FrameChoice {
    std::string fill = "blank";
  };

  explicit FaceDropout(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const auto& frames = sample.clip->frames;
    if (frames.empty()) return Effect::ineligible("no frames");
    const auto eligible = frames_with_face(sample);
    if (count_eligible(eligible) == 0) return Effect::ineligible("no face found in any frame");
    const auto lost = chosen_frames(config_, rng.stream("video"), eligible);
    Effect effect = lose_frames(sample, filled(sample, lost), lost, config_.fill == "removed");
    effect.measures["frames_without_face"] = static_cast<double>(eligible.size() - count_eligible(eligible));
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return measure_frames(before, after, effect, frames_with_face(before), config_.fill == "removed");
  }

 private:
  static constexpr double kBlurredFace = 4;  // pixels that are left of the width of a blurred face

  [[nodiscard]] std::vector<Shared<Image>> filled(const Sample& sample, const std::vector<std::size_t>& lost) const {
    const auto& frames = sample.clip->frames;
    std::vector<Shared<Image>> out = frames;
    if (config_.fill == "removed") {
      for (auto i = lost.rbegin(); i != lost.rend(); ++i) out.erase(out.begin() + static_cast<std::ptrdiff_t>(*i));
      return out;
    }
    for (const std::size_t i : lost) {
      if (config_.fill == "freeze") {
        out[i] = i > 0 ? out[i - 1] : first_kept(frames, lost);
      } else {
        const Image& image = *frames[i];
        Image other = config_.fill == "blank"  ? even(image, {0, 0, 0})
                      : config_.fill == "mean" ? even(image, mean_of(image))
                                               : blurred(image, sample.faces->boxes[i]->width);
        if (other.pixels != image.pixels) out[i] = std::make_shared<const Image>(std::move(other));
      }
    }
    return out;
  }

  static Shared<Image> first_kept(const std::vector<Shared<Image>>& frames, const std::vector<std::size_t>& lost) {
    std::size_t kept = 0;
    while (kept < lost.size() && lost[kept] == kept) ++kept;
    return frames[kept < frames.size() ? kept : 0];
  }

  using Colour = std::array<std::uint8_t, 3>;

  static Image even(const Image& image, const Colour& colour) {
    Image out = image;
    for (std::size_t i = 0; i < out.pixels.size(); ++i) out.pixels[i] = colour[i % 3];
    return out;
  }

  static Colour mean_of(const Image& image) {
    std::array<std::uint64_t, 3> sum{};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) sum[i % 3] += image.pixels[i];
    const std::uint64_t count = std::max<std::uint64_t>(1, image.pixels.size() / 3);
    Colour mean{};
    for (std::size_t c = 0; c < 3; ++c) mean[c] = static_cast<std::uint8_t>((sum[c] + count / 2) / count);
    return mean;
  }

  // Averaged down until the face is kBlurredFace pixels wide, and interpolated up again.
  static Image blurred(const Image& image, double face_width) {
    const double scale = std::min(1.0, kBlurredFace / face_width);
    const auto small = [&](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    return media::resize(media::resize(image, small(image.width), small(image.height)), image.width, image.height);
  }

  Config config_;
};

PerturbationSpec spec() {
  Schema<FaceDropout> schema("video.face_dropout", Modality::kVideo,
                             "The face detector lost the face in some frames, and the pipeline put something in their "
                             "place or left them out.");
  schema
      .source(
          "Failures of MTCNN and OpenFace as feature pipelines see them (zero frames): Yuan et al., NIAT, IEEE TMM "
          "2024; Zhang et al., LNLN, NeurIPS 2024. Runs: this project.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs({.faces = true});
  return declare_frame_choice(schema, "Share of the frames with a face in which it is lost.")
      .choice(
          "fill", &FaceDropout::Config::fill, {"blank", "mean", "blur", "freeze", "removed"},
          "What the frame becomes: black, its mean colour, blurred until the face is 4 pixels wide, the frame before "
          "it, or nothing, so that the clip gets shorter.")
      .dose(fraction_of_frames({.1, .25, .5, .75, 1}))
      .label_effect(LabelEffect::kUnknowable)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_face_dropout, shakedown::perturb::spec);
