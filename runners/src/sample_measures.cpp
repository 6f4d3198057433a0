#include "sample_measures.h"

#include <cmath>

#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/text.h"

namespace shakedown::runners {
namespace {

/// Nothing for silence, and for samples that are no numbers.
void add_speech_level(const Waveform& waveform, std::map<std::string, double>& into) {
  try {
    const auto level = media::active_speech_level(media::to_mono(waveform), waveform.sample_rate_hz);
    if (level && level->mean_square > 0) into["speech_level_dbfs"] = 10 * std::log10(level->mean_square);
  } catch (const Error&) {
    // The model and the perturbations meet the same samples and say so.
  }
}

}  // namespace

std::map<std::string, double> sample_measures(const Sample& sample) {
  std::map<std::string, double> measures;
  const auto count = [&](const char* name, std::size_t n) { measures[name] = static_cast<double>(n); };
  if (sample.transcript) {
    count("words", media::segment_words(sample.transcript->text, sample.transcript->language).size());
  }
  if (sample.tokens) count("tokens", sample.tokens->length());
  if (sample.audio_features && sample.audio_features->steps > 1) count("audio_steps", sample.audio_features->length);
  if (sample.vision_features && sample.vision_features->steps > 1) count("video_steps", sample.vision_features->length);
  if (sample.waveform) {
    measures["audio_seconds"] = sample.waveform->seconds();
    add_speech_level(*sample.waveform, measures);
  }
  if (sample.clip && sample.clip->fps > 0) {
    measures["video_seconds"] = static_cast<double>(sample.clip->frames.size()) / sample.clip->fps;
  }
  if (sample.faces && sample.faces->median_width() > 0) measures["face_width_px"] = sample.faces->median_width();
  return measures;
}

}  // namespace shakedown::runners
