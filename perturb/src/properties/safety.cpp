// What must survive: the input, the other modalities, and the process.
#include <cmath>

#include <fmt/format.h>

#include "forms.h"
#include "properties/subject.h"
#include "shakedown/core/error.h"

namespace shakedown::perturb {
namespace {

std::vector<ParamMap> at_all_doses(const Subject& subject) {
  std::vector<ParamMap> all = subject.variants();
  for (const ParamMap& variant : subject.dosed_variants()) {
    if (subject.spec.dose_at(variant).ladder.empty()) continue;
    for (const double severity : {0.5, 5.0}) all.push_back(subject.at_severity(severity, variant));
  }
  return all;
}

std::string untouched(const Subject& subject) {
  for (const ParamMap& params : at_all_doses(subject)) {
    const Part part = subject.part(params);
    const Modality modality = subject.spec.modality_at(params);
    for (const Sample& sample : subject.samples) {
      const Digest before = content_of(sample);
      const Applied applied = subject.apply(sample, part);
      const std::string at = describe(subject.spec, params) + ", " + sample.id;
      if (content_of(sample) != before) return at + ": the input changed";
      const Forms replaced = replaced_forms(sample, applied.sample);
      for (const Form form : replaced.list()) {
        if (modality != Modality::kCross && modality_of(form) != modality) {
          return fmt::format("{}: writes {} but calls itself {}", at, form_name(form), modality_name(modality));
        }
      }
    }
  }
  return "";
}

std::size_t not_finite(const Shared<Sequence>& sequence) {
  if (!sequence) return 0;
  std::size_t count = 0;
  for (const float value : sequence->values) count += static_cast<std::size_t>(!std::isfinite(value));
  return count;
}

// "" when every form of `sample` holds together and nothing became NaN or infinite.
std::string malformed(const Sample& before, const Sample& sample) {
  for (const Form form : {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures}) {
    const auto& sequence = sequence_of(sample, form);
    if (!sequence) continue;
    if (sequence->values.size() != sequence->steps * sequence->dims || sequence->length > sequence->steps) {
      return fmt::format("{} has sizes that contradict each other", form_name(form));
    }
    if (not_finite(sequence) > not_finite(sequence_of(before, form))) {
      return fmt::format("{} got NaN or infinity", form_name(form));
    }
  }
  if (sample.tokens && (sample.tokens->mask.size() != sample.tokens->ids.size() ||
                        sample.tokens->segments.size() != sample.tokens->ids.size())) {
    return "text.tokens has rows of different length";
  }
  if (sample.waveform) {
    if (sample.waveform->pcm.size() !=
        sample.waveform->frames() * static_cast<std::size_t>(sample.waveform->channels)) {
      return "audio.waveform has a broken last frame";
    }
    for (const float value : sample.waveform->pcm) {
      if (!std::isfinite(value)) return "audio.waveform got NaN or infinity";
    }
  }
  if (sample.clip) {
    for (const auto& frame : sample.clip->frames) {
      if (!frame || frame->pixels.size() !=
                        static_cast<std::size_t>(frame->width) * static_cast<std::size_t>(frame->height) * 3) {
        return "video.frames has a picture of the wrong size";
      }
    }
  }
  if (sample.transcript) {
    for (const auto& word : sample.transcript->times) {
      if (word.begin > word.end || word.end > sample.transcript->text.size()) return "word times leave the transcript";
    }
  }
  return "";
}

Shared<Sequence> features(std::size_t length, std::size_t dims, float value) {
  return std::make_shared<Sequence>(Sequence{length, dims, length, std::vector<float>(length * dims, value)});
}

struct Degenerate {
  std::string name;
  Sample sample;
};

// One sample of all forms: `size` words, tokens between specials, steps; `seconds` of constant sound; `frames`
// pictures of one colour.
Sample uniform_sample(const Sample& like, std::size_t size, std::size_t sound, int channels, float level,
                      std::size_t frames, int width, int height, std::uint8_t grey) {
  Sample sample = like;
  auto transcript = std::make_shared<Transcript>();
  for (std::size_t i = 0; i < size; ++i) transcript->text += i == 0 ? "good" : " word";
  sample.transcript = transcript;
  Tokens tokens;
  tokens.ids.assign(size + 2, 1037);
  tokens.mask.assign(size + 2, 1);
  tokens.segments.assign(size + 2, 0);
  sample.tokens = std::make_shared<Tokens>(tokens);
  sample.embedding = features(size, like.embedding->dims, level);
  sample.audio_features = features(size, like.audio_features->dims, level);
  sample.vision_features = features(size, like.vision_features->dims, level);
  Waveform waveform;
  waveform.channels = channels;
  waveform.pcm.assign(sound * static_cast<std::size_t>(channels), level);
  sample.waveform = std::make_shared<Waveform>(std::move(waveform));
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  const auto picture = std::make_shared<Image>(Image{width, height, std::vector<std::uint8_t>(pixels, grey)});
  sample.clip = std::make_shared<Clip>(Clip{std::vector<Shared<Image>>(frames, picture), 25});
  FaceTrack faces;
  faces.boxes.assign(frames, std::nullopt);
  sample.faces = std::make_shared<FaceTrack>(std::move(faces));
  return sample;
}

std::vector<Degenerate> degenerate_samples(const Sample& like) {
  std::vector<Degenerate> all = {
      {"empty", uniform_sample(like, 0, 0, 1, 0, 0, 0, 0, 0)},
      {"one of each", uniform_sample(like, 1, 1, 1, 0.5F, 1, 1, 1, 128)},
      {"silent, black and zero", uniform_sample(like, 7, 16000, 1, 0, 25, 32, 24, 0)},
      {"full scale and white", uniform_sample(like, 7, 16000, 1, 1, 25, 32, 24, 255)},
      {"stereo, odd and grey", uniform_sample(like, 3, 1001, 2, 0.1F, 3, 33, 17, 127)},
  };
  Degenerate bare{"no tokens but padding", all.front().sample};
  Tokens padding;
  padding.ids.assign(4, 0);
  padding.mask.assign(4, 0);
  padding.segments.assign(4, 0);
  bare.sample.tokens = std::make_shared<Tokens>(padding);
  all.push_back(std::move(bare));

  Degenerate absurd{"a face larger than the picture, one without area, features that are not finite", all[3].sample};
  FaceTrack faces;
  faces.boxes.assign(25, FaceTrack::Box{-1000, -1000, 3000, 3000, false});
  faces.boxes.front() = FaceTrack::Box{5, 5, 0, 0, false};
  faces.boxes.back().reset();
  absurd.sample.faces = std::make_shared<FaceTrack>(std::move(faces));
  auto broken = std::make_shared<Sequence>(*absurd.sample.audio_features);
  broken->values.front() = std::numeric_limits<float>::quiet_NaN();
  broken->values.back() = -std::numeric_limits<float>::infinity();
  absurd.sample.audio_features = std::move(broken);
  all.push_back(std::move(absurd));

  Degenerate fewer{"a transcript alone, not English", all.front().sample};
  fewer.sample = Sample{};
  fewer.sample.id = like.id;
  fewer.sample.transcript = std::make_shared<Transcript>(Transcript{"\xE5\xA5\xBD!! ... \xF0\x9F\x98\x80", {}, "zh"});
  all.push_back(std::move(fewer));
  Degenerate nothing{"no form at all", Sample{}};
  nothing.sample.id = like.id;
  all.push_back(std::move(nothing));
  return all;
}

std::string degenerate(const Subject& subject) {
  std::vector<Degenerate> inputs = degenerate_samples(subject.samples.front());
  inputs.push_back({"an ordinary sample", subject.samples.front()});
  for (const ParamMap& params : at_all_doses(subject)) {
    const Part part = subject.part(params);
    for (const auto& [name, sample] : inputs) {
      const std::string at = describe(subject.spec, params) + ", " + name;
      try {
        const Applied applied = subject.apply(sample, part);
        if (std::string why = malformed(sample, applied.sample); !why.empty()) return at + ": " + why;
        (void)measure_part(applied, {part}, 0, {}, 1, 0);
      } catch (const Error& error) {
        return at + ": " + error.what();
      }
    }
  }
  return "";
}

}  // namespace

std::vector<Property> safety_properties() {
  return {{"leaves its input and the other modalities as they were", untouched},
          {"survives degenerate inputs and makes no NaN", degenerate}};
}

}  // namespace shakedown::perturb
