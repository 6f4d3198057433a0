// Wrong face: active-speaker detection took somebody else for the speaker. Frames of a clip of another speaker stand in
// the place of this one's, moved and scaled so that the other face is where this one was.
#include <algorithm>
#include <memory>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "frame_loss.h"
#include "shakedown/core/error.h"
#include "shakedown/media/faces.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class WrongFace final : public Perturbation {
 public:
  struct Config : FrameChoice {
    Config() { pattern = "contiguous"; }
  };

  explicit WrongFace(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    const auto eligible = frames_with_face(sample);
    if (count_eligible(eligible) == 0) return Effect::ineligible("no face found in any frame");
    const auto lost = chosen_frames(config_, rng.stream("video"), eligible);
    if (lost.empty()) return Effect::unchanged("no frame was drawn");
    const auto donor = donor_for(sample, corpus, rng.stream("donor"));
    if (!donor) return Effect::skipped("no clip of another speaker with a face was found");
    std::vector<Shared<Image>> frames = sample.clip->frames;
    for (const std::size_t i : lost) {
      const std::size_t from = donor->frames[i % donor->frames.size()];
      const Image other = laid_over(*donor->sample.clip->frames[from], *donor->sample.faces->boxes[from], *frames[i],
                                    *sample.faces->boxes[i]);
      if (other.pixels != frames[i]->pixels) frames[i] = std::make_shared<const Image>(other);
    }
    Effect effect = lose_frames(sample, std::move(frames), lost);
    effect.measures["donor_index"] = static_cast<double>(donor->sample.index);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return measure_frames(before, after, effect, frames_with_face(before));
  }

 private:
  static constexpr std::size_t kAttempts = 8;  // a split without faces must not be decoded whole for each sample

  struct Donor {
    Sample sample;
    std::vector<std::size_t> frames;  // with a face
  };

  // The first in an order of this sample's own that can be read and shows a face.
  static std::optional<Donor> donor_for(const Sample& sample, const Corpus& corpus, const Stream& stream) {
    std::vector<std::pair<std::uint64_t, std::size_t>> others;
    for (std::size_t place = 0; place < corpus.by_id().size(); ++place) {
      const SampleInfo& info = corpus.info(corpus.by_id()[place]);
      if (info.id != sample.id && info.speaker != sample.speaker) others.emplace_back(stream.bits(place), place);
    }
    std::sort(others.begin(), others.end());
    for (std::size_t i = 0; i < std::min(kAttempts, others.size()); ++i) {
      try {
        Donor donor{corpus.load(corpus.by_id()[others[i].second]), {}};
        if (!donor.sample.clip) continue;
        if (!donor.sample.faces) donor.sample.faces = media::face_track(*donor.sample.clip);
        const auto with_face = frames_with_face(donor.sample);
        for (std::size_t f = 0; f < with_face.size(); ++f)
          if (with_face[f]) donor.frames.push_back(f);
        if (!donor.frames.empty()) return donor;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kData) throw;
      }
    }
    return std::nullopt;
  }

  // The other picture, moved and scaled until its face box lies on this one's; its edge continues.
  static Image laid_over(const Image& other, const FaceTrack::Box& from, const Image& image, const FaceTrack::Box& to) {
    Image out{image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
    if (other.pixels.empty() || image.pixels.empty()) return image;
    const double x = double{from.width} / to.width, y = double{from.height} / to.height;
    const cv::Matx23d to_other(x, 0, from.x - x * to.x + 0.5 * (x - 1),  // pixel centres lie at half numbers
                               0, y, from.y - y * to.y + 0.5 * (y - 1));
    const cv::Mat source(other.height, other.width, CV_8UC3, const_cast<std::uint8_t*>(other.pixels.data()));
    cv::Mat target(out.height, out.width, CV_8UC3, out.pixels.data());
    cv::warpAffine(source, target, to_other, target.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    return out;
  }

  Config config_;
};

PerturbationSpec spec() {
  Schema<WrongFace> schema(
      "video.wrong_face", Modality::kVideo,
      "For some frames the pipeline followed another person: frames of another speaker's clip stand "
      "in their place, the other face where this one was.");
  schema.source("Failures of active-speaker detection: Zheng et al., FacialMMT, ACL 2023.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs({.faces = true, .donors = true});
  return declare_frame_choice(schema, "Share of the frames with a face that come from the other speaker.")
      .dose(fraction_of_frames({.1, .25, .5, .75, 1}))
      .label_effect(LabelEffect::kUnknowable)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_wrong_face, shakedown::perturb::spec);
