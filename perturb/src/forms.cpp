#include "forms.h"

namespace shakedown::perturb {

Forms replaced_forms(const Sample& a, const Sample& b) {
  Forms replaced;
  if (a.transcript != b.transcript) replaced.add(Form::kTranscript);
  if (a.tokens != b.tokens) replaced.add(Form::kTokens);
  if (a.embedding != b.embedding) replaced.add(Form::kEmbedding);
  if (a.waveform != b.waveform) replaced.add(Form::kWaveform);
  if (a.audio_features != b.audio_features) replaced.add(Form::kAudioFeatures);
  if (a.clip != b.clip) replaced.add(Form::kFrames);
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

double clip_seconds(const Sample& sample) {
  if (sample.waveform) return sample.waveform->seconds();
  if (sample.clip && sample.clip->fps > 0) return static_cast<double>(sample.clip->frames.size()) / sample.clip->fps;
  if (sample.transcript && !sample.transcript->times.empty()) return sample.transcript->times.back().end_s;
  return 0;
}

}  // namespace shakedown::perturb
