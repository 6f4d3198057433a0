#include "missing/track.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "forms.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {
namespace {

std::vector<bool> eligible_steps(std::size_t steps, const std::string& protect, bool specials) {
  const bool first =
      protect == "ends" || protect == "first" || (specials && (protect == "specials" || protect == "cls"));
  const bool last = protect == "ends" || protect == "last" || (specials && (protect == "specials" || protect == "sep"));
  return eligible_units(steps, first, last);
}

std::vector<double> even_times(std::size_t steps, double step_s) {
  std::vector<double> times;
  for (std::size_t i = 0; i < steps; ++i) times.push_back((static_cast<double>(i) + 0.5) * step_s);
  return times;
}

std::size_t word_count(const Transcript& transcript) {
  return transcript.times.empty() ? media::segment_words(transcript.text, transcript.language).size()
                                  : transcript.times.size();
}

}  // namespace

std::size_t sound_step(const Waveform& waveform) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(kSoundStep * waveform.sample_rate_hz)));
}

std::vector<Track> tracks_of(const Sample& sample, const TrackOptions& options, bool shared) {
  const auto selected = [&](Form form) { return chosen(options.modality, modality_of(form)); };
  std::vector<Track> tracks;
  tracks.reserve(3);
  const auto add = [&](Form form, std::size_t length, bool specials, std::vector<double> times = {}) {
    tracks.push_back({form, length, eligible_steps(length, options.protect, specials), std::move(times)});
  };
  if (options.on == "media") {
    if (sample.transcript && selected(Form::kTranscript)) {
      std::vector<double> times;
      for (const auto& word : sample.transcript->times) times.push_back((word.start_s + word.end_s) / 2);
      add(Form::kTranscript, word_count(*sample.transcript), false, std::move(times));
    }
    if (sample.waveform && selected(Form::kWaveform)) {
      const std::size_t step = sound_step(*sample.waveform);
      const std::size_t steps = (sample.waveform->frames() + step - 1) / step;
      const double step_s = static_cast<double>(step) / std::max(1, sample.waveform->sample_rate_hz);
      add(Form::kWaveform, steps, false, even_times(steps, step_s));
    }
    if (sample.clip && selected(Form::kFrames)) {
      const std::size_t frames = sample.clip->frames.size();
      add(Form::kFrames, frames, false,
          sample.clip->fps > 0 ? even_times(frames, 1 / sample.clip->fps) : std::vector<double>());
    }
    return tracks;
  }
  const bool specials = sample.tokens && sample.tokens->has_specials;
  if (selected(Form::kTokens)) {
    if (sample.tokens) {
      add(Form::kTokens, sample.tokens->length(), specials);
    } else if (sample.embedding) {
      add(Form::kEmbedding, sample.embedding->length, false);
    }
  }
  for (const Form form : {Form::kAudioFeatures, Form::kVisionFeatures}) {
    const bool as_text = shared && specials && selected(Form::kTokens);
    if (selected(form) && sequence_of(sample, form)) add(form, sequence_of(sample, form)->length, as_text);
  }
  return tracks;
}

std::vector<std::size_t> follow(std::size_t count, std::size_t steps, const std::vector<std::size_t>& lost) {
  const std::set<std::size_t> shares(lost.begin(), lost.end());
  std::vector<std::size_t> following;
  for (std::size_t i = 0; i < count; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    const auto share = static_cast<std::size_t>(centre * static_cast<double>(steps));
    if (shares.count(std::min(share, steps - 1)) > 0) following.push_back(i);
  }
  return following;
}

std::vector<std::size_t> positions_of(const std::vector<bool>& eligible) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < eligible.size(); ++i) {
    if (eligible[i]) positions.push_back(i);
  }
  return positions;
}

}  // namespace shakedown::perturb
