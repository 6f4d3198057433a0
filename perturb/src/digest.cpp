#include <span>

#include "forms.h"
#include "shakedown/core/hash.h"
#include "shakedown/perturb/apply.h"

namespace shakedown::perturb {
namespace {

// Rows that were set to zero in the clean sample are named: as of frames, only what was replaced is hashed.
void hash_sequence(Hasher& hasher, const Shared<Sequence>& clean, const Sequence& sequence) {
  hasher.add(static_cast<std::uint64_t>(sequence.dims)).add(static_cast<std::uint64_t>(sequence.length));
  if (clean && sequence.values.original() == &clean->values) {
    hasher.add("zero").add_array(std::span<const std::uint8_t>(sequence.values.zero_rows()));
  } else {
    hasher.add_array(std::span<const float>(sequence.values.all()));
  }
}

// Frames are shared one by one: only those that were replaced are hashed.
void hash_frames(Hasher& hasher, const Clip* clean, const Clip& clip) {
  hasher.add(clip.fps).add(static_cast<std::uint64_t>(clip.frames.size()));
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    if (clean != nullptr && i < clean->frames.size() && clean->frames[i] == clip.frames[i]) continue;
    const Image& image = *clip.frames[i];
    hasher.add(static_cast<std::uint64_t>(i));
    hasher.add(static_cast<std::int64_t>(image.width)).add(static_cast<std::int64_t>(image.height));
    hasher.add_array(std::span<const std::uint8_t>(image.pixels));
  }
}

void hash_form(Hasher& hasher, Form form, const Sample& clean, const Sample& sample) {
  hasher.add(form_name(form));
  if (!sample.present().has(form)) return;
  switch (form) {
    case Form::kTranscript: hasher.add(sample.transcript->text); break;
    case Form::kTokens:
      hasher.add_array(std::span<const std::int64_t>(sample.tokens->ids));
      hasher.add_array(std::span<const std::int64_t>(sample.tokens->mask));
      hasher.add_array(std::span<const std::int64_t>(sample.tokens->segments));
      break;
    case Form::kEmbedding: hash_sequence(hasher, clean.embedding, *sample.embedding); break;
    case Form::kAudioFeatures: hash_sequence(hasher, clean.audio_features, *sample.audio_features); break;
    case Form::kVisionFeatures: hash_sequence(hasher, clean.vision_features, *sample.vision_features); break;
    case Form::kWaveform:
      hasher.add(static_cast<std::int64_t>(sample.waveform->channels));
      hasher.add(static_cast<std::int64_t>(sample.waveform->sample_rate_hz));
      hasher.add_array(std::span<const float>(sample.waveform->pcm));
      break;
    case Form::kFrames: hash_frames(hasher, clean.clip.get(), *sample.clip); break;
  }
}

}  // namespace

Digests digest(const Sample& clean, const Applied& applied) {
  Digests digests;
  Hasher decisions;
  bool decided = false;
  for (const Effect& effect : applied.effects) {
    decisions.add(static_cast<std::int64_t>(effect.direction));
    decisions.add_array(std::span<const std::int64_t>(effect.decisions));
    decided = decided || effect.direction != 0 || !effect.decisions.empty();
  }
  if (decided) digests.decisions = decisions.finish().hex();

  const Forms replaced = replaced_forms(clean, applied.sample);
  if (!replaced.empty()) {
    Hasher media;
    for (const Form form : replaced.list()) hash_form(media, form, clean, applied.sample);
    digests.media = media.finish().hex();
  }
  return digests;
}

}  // namespace shakedown::perturb
