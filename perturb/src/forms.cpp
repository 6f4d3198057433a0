#include "forms.h"

#include <algorithm>
#include <cmath>

#include "shakedown/core/error.h"

namespace shakedown::perturb {

namespace {

bool same_words(const Shared<Transcript>& a, const Shared<Transcript>& b) {
  return a == b || (a && b && a->text == b->text && a->language == b->language);
}

bool same_pictures(const Shared<Clip>& a, const Shared<Clip>& b) {
  return a == b || (a && b && a->frames == b->frames);
}

}  // namespace

Forms replaced_forms(const Sample& a, const Sample& b) {
  Forms replaced;
  if (!same_words(a.transcript, b.transcript)) replaced.add(Form::kTranscript);
  if (a.tokens != b.tokens) replaced.add(Form::kTokens);
  if (a.embedding != b.embedding) replaced.add(Form::kEmbedding);
  if (a.waveform != b.waveform) replaced.add(Form::kWaveform);
  if (a.audio_features != b.audio_features) replaced.add(Form::kAudioFeatures);
  if (!same_pictures(a.clip, b.clip)) replaced.add(Form::kFrames);
  if (a.vision_features != b.vision_features) replaced.add(Form::kVisionFeatures);
  return replaced;
}

Forms of_same_modalities(Forms forms, Forms of) {
  Forms same;
  for (const Form form : forms.list()) {
    for (const Form other : of.list()) {
      if (modality_of(form) == modality_of(other)) same.add(form);
    }
  }
  return same;
}

const Shared<Sequence>& sequence_of(const Sample& sample, Form form) {
  switch (form) {
    case Form::kEmbedding: return sample.embedding;
    case Form::kAudioFeatures: return sample.audio_features;
    case Form::kVisionFeatures: return sample.vision_features;
    default: throw Error(ErrorKind::kInternal, std::string(form_name(form)) + " is no feature sequence");
  }
}

void set_sequence(Sample& sample, Form form, Shared<Sequence> sequence) {
  switch (form) {
    case Form::kEmbedding: sample.embedding = std::move(sequence); break;
    case Form::kAudioFeatures: sample.audio_features = std::move(sequence); break;
    case Form::kVisionFeatures: sample.vision_features = std::move(sequence); break;
    default: throw Error(ErrorKind::kInternal, std::string(form_name(form)) + " is no feature sequence");
  }
}

bool row_differs(const Sequence& a, const Sequence& b, std::size_t step) {
  const float* const x = a.values.row(step, a.dims);
  const float* const y = b.values.row(step, b.dims);
  return !std::equal(x, x + a.dims, y, y + b.dims,
                     [](float p, float q) { return p == q || (std::isnan(p) && std::isnan(q)); });
}

Sample forms_of(const Sample& sample) {
  Sample forms;
  forms.transcript = sample.transcript;
  forms.tokens = sample.tokens;
  forms.embedding = sample.embedding;
  forms.waveform = sample.waveform;
  forms.audio_features = sample.audio_features;
  forms.clip = sample.clip;
  forms.vision_features = sample.vision_features;
  return forms;
}

void take_form(Sample& sample, const Sample& other, Form form) {
  switch (form) {
    case Form::kTranscript: sample.transcript = other.transcript; break;
    case Form::kTokens: sample.tokens = other.tokens; break;
    case Form::kWaveform: sample.waveform = other.waveform; break;
    case Form::kFrames: sample.clip = other.clip; break;
    case Form::kEmbedding:
    case Form::kAudioFeatures:
    case Form::kVisionFeatures: set_sequence(sample, form, sequence_of(other, form)); break;
  }
}

std::vector<std::string> modality_choices() {
  return {"all", "text", "audio", "video", "text+audio", "text+video", "audio+video"};
}

bool chosen(const std::string& choice, Modality modality) {
  return choice == "all" || choice.find(modality_name(modality)) != std::string::npos;
}

std::vector<Modality> modalities_of(const std::string& choice) {
  std::vector<Modality> modalities;
  for (const Modality modality : {Modality::kText, Modality::kAudio, Modality::kVideo}) {
    if (chosen(choice, modality)) modalities.push_back(modality);
  }
  return modalities;
}

Modality only_or_cross(const std::vector<Modality>& modalities) {
  return modalities.size() == 1 ? modalities.front() : Modality::kCross;
}

double clip_seconds(const Sample& sample) {
  if (sample.waveform) return sample.waveform->seconds();
  if (sample.clip && sample.clip->fps > 0) return static_cast<double>(sample.clip->frames.size()) / sample.clip->fps;
  if (sample.transcript && !sample.transcript->times.empty()) return sample.transcript->times.back().end_s;
  return 0;
}

}  // namespace shakedown::perturb
