#include "front_end.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/faces.h"

namespace shakedown::models {
namespace {

constexpr std::size_t kCacheBytes = std::size_t{128} << 20;
constexpr std::size_t kLongestText = 512;  // tokens; the positions that BERT and RoBERTa have

[[noreturn]] void lacks(const Sample& sample, const InputSpec& spec, const std::string& what) {
  throw Error(ErrorKind::kData, "sample '" + sample.id + "': input " + spec.from + " needs " + what);
}

bool same_image(const Image& a, const Image& b) {
  return &a == &b || (a.width == b.width && a.height == b.height && a.pixels == b.pixels);
}

/// Indices of the frames nearest to the times of a steady clock of `fps`; every frame when it is 0.
std::vector<std::size_t> sampled_frames(const Clip& clip, double fps) {
  const std::size_t count = clip.frames.size();
  std::vector<std::size_t> indices;
  if (count == 0) return indices;
  const double step = fps > 0 && clip.fps > 0 ? clip.fps / fps : 1;
  const auto sampled = static_cast<std::size_t>(std::ceil((static_cast<double>(count) - 0.5) / step));
  for (std::size_t i = 0; i < sampled; ++i) {
    indices.push_back(std::min(count - 1, static_cast<std::size_t>(std::nearbyint(static_cast<double>(i) * step))));
  }
  return indices;
}

std::vector<Shared<Image>> crops(const Clip& clip, const FaceTrack& track, const InputSpec& spec) {
  Clip chosen;
  FaceTrack boxes;
  chosen.fps = clip.fps;
  for (const std::size_t i : sampled_frames(clip, spec.fps)) {
    chosen.frames.push_back(clip.frames[i]);
    boxes.boxes.push_back(i < track.boxes.size() ? track.boxes[i] : std::nullopt);
  }
  std::vector<Shared<Image>> images;
  for (Image& image : media::face_crops(chosen, boxes, spec.side, spec.margin).crops) {
    images.push_back(std::make_shared<const Image>(std::move(image)));
  }
  return images;
}

std::vector<Shared<Image>> scaled(const Clip& clip, const InputSpec& spec) {
  std::vector<Shared<Image>> images;
  for (const std::size_t i : sampled_frames(clip, spec.fps)) {
    const Image& image = *clip.frames[i];
    const bool as_is = spec.side == 0 || (image.width == spec.side && image.height == spec.side);
    images.push_back(as_is ? clip.frames[i]
                           : std::make_shared<const Image>(media::resize(image, spec.side, spec.side)));
  }
  return images;
}

std::size_t bytes_of(const std::vector<Shared<Image>>& images) {
  std::size_t bytes = 0;
  for (const auto& image : images) bytes += image->pixels.size();
  return bytes;
}

}  // namespace

std::size_t Row::steps() const {
  if (tokens) return tokens->padded();
  if (sequence) return sequence->steps;
  if (samples) return samples->size();
  return frames ? frames->size() : 0;
}

std::size_t Row::valid() const {
  if (tokens) return tokens->length();
  return sequence ? sequence->length : steps();
}

std::size_t Row::leading_padding() const {
  if (!pads_left) return 0;
  return tokens->leading_padding();
}

bool Row::in_mask(std::size_t t) const {
  if (t >= valid()) return false;
  if (tokens) return tokens->mask[t] != 0;
  return !sequence || !sequence->mask_lost || t >= sequence->observed.size() || sequence->observed[t] != 0;
}

bool Row::same_step(const Row& other, std::size_t t) const {
  if (t >= steps() || t >= other.steps()) return false;
  // What was taken away is known, also where the step had been zero before.
  const auto taken = [t](const auto& part) { return part && t < part->observed.size() && part->observed[t] == 0; };
  if (taken(tokens) || taken(sequence)) return false;
  if (tokens) return tokens == other.tokens || tokens->ids[t] == other.tokens->ids[t];
  if (sequence) {
    if (sequence == other.sequence) return true;
    return sequence->dims == other.sequence->dims &&
           std::memcmp(sequence->values.row(t, sequence->dims), other.sequence->values.row(t, sequence->dims),
                       sequence->dims * sizeof(float)) == 0;
  }
  if (samples) return samples == other.samples || (*samples)[t] == (*other.samples)[t];
  return same_image(*(*frames)[t], *(*other.frames)[t]);
}

struct FrontEnd::Caches {
  IdentityCache<Transcript, Tokens> tokens{kCacheBytes / 8};
  IdentityCache<Waveform, Sequence> spectra{kCacheBytes};
  IdentityCache<Waveform, std::vector<float>> mono{kCacheBytes};
  IdentityCache<Clip, std::vector<Shared<Image>>> frames{kCacheBytes};
};

FrontEnd::FrontEnd(const InputSpec& spec)
    : spec_(spec),
      base_(parse_source(spec.from).base),
      tokenizer_(make_tokenizer(spec)),
      caches_(std::make_shared<Caches>()) {}

Row FrontEnd::row(const Sample& sample, const Sample& original) const {
  const auto stored = [&](const Shared<Sequence>& sequence, Form form) {
    if (!sequence) lacks(sample, spec_, std::string(form_name(form)));
    return Row{nullptr, sequence, nullptr, nullptr};
  };
  if (base_ == "text.embedding") return stored(sample.embedding, Form::kEmbedding);
  if (base_ == "audio.features") return stored(sample.audio_features, Form::kAudioFeatures);
  if (base_ == "vision.features") return stored(sample.vision_features, Form::kVisionFeatures);
  if (base_ == "audio.logmel" || base_ == "audio.mfcc") return {nullptr, spectrum(sample), nullptr, nullptr};
  if (base_ == "audio.waveform") return {nullptr, nullptr, mono(sample), nullptr};
  if (base_ == "video.frames" || base_ == "video.faces") return {nullptr, nullptr, nullptr, frames(sample, original)};
  auto ids = tokens(sample);
  const bool pads_left = ids->layout.pads_left;
  return {std::move(ids), nullptr, nullptr, nullptr, pads_left};
}

Row FrontEnd::padded(const Row& row, std::size_t steps) const {
  if (!tokenizer_ || !row.tokens || row.tokens->padded() >= steps) return row;
  return {std::make_shared<const Tokens>(tokenizer_->padded(*row.tokens, steps)), nullptr, nullptr, nullptr,
          row.pads_left};
}

Shared<Tokens> FrontEnd::tokens(const Sample& sample) const {
  if (sample.tokens) return sample.tokens;
  if (!tokenizer_) {
    lacks(sample, spec_,
          "text.tokens, which are not there; `vocab:` (the vocabulary of the model's tokenizer) in the manifest would "
          "make them from the transcript");
  }
  if (!sample.transcript) lacks(sample, spec_, "text.tokens or a transcript");
  const auto tokenize = [&](const Transcript& transcript) {
    return in_context("sample '" + sample.id + "'", [&] {
      return spec_.length ? tokenizer_->tokenize(transcript.text, *spec_.length)
                          : tokenizer_->tokenize_up_to(transcript.text, kLongestText);
    });
  };
  return caches_->tokens.get(sample.transcript, tokenize,
                             [](const Tokens& made) { return 3 * sizeof(std::int64_t) * made.ids.size(); });
}

Shared<Sequence> FrontEnd::spectrum(const Sample& sample) const {
  if (!sample.waveform) lacks(sample, spec_, "audio.waveform");
  const auto make = [this](const Waveform& waveform) {
    return base_ == "audio.mfcc" ? media::mfcc(waveform, spec_.mel, spec_.coefficients)
                                 : media::log_mel(waveform, spec_.mel);
  };
  return caches_->spectra.get(sample.waveform, make,
                              [](const Sequence& made) { return sizeof(float) * made.values.size(); });
}

Shared<std::vector<float>> FrontEnd::mono(const Sample& sample) const {
  if (!sample.waveform) lacks(sample, spec_, "audio.waveform");
  const auto make = [this](const Waveform& waveform) {
    auto samples = media::to_mono(waveform);
    const bool as_is = spec_.sample_rate_hz == 0 || spec_.sample_rate_hz == waveform.sample_rate_hz;
    return as_is ? samples : media::resample(samples, waveform.sample_rate_hz, spec_.sample_rate_hz);
  };
  return caches_->mono.get(sample.waveform, make,
                           [](const std::vector<float>& made) { return sizeof(float) * made.size(); });
}

Shared<std::vector<Shared<Image>>> FrontEnd::frames(const Sample& sample, const Sample& original) const {
  if (!sample.clip) lacks(sample, spec_, "video.frames");
  const auto make = [&](const Clip& clip) {
    if (base_ == "video.frames") return scaled(clip, spec_);
    if (sample.faces) return crops(clip, *sample.faces, spec_);
    return crops(clip, *media::face_track(original.clip ? *original.clip : clip), spec_);
  };
  return caches_->frames.get(sample.clip, make, bytes_of);
}

}  // namespace shakedown::models
