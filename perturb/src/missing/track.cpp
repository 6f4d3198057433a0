#include "missing/track.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "forms.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {
namespace {

// `first`, `last`: whether those steps stand where the text's special tokens do, which it shares its mask with.
std::vector<bool> eligible_steps(std::size_t steps, const std::string& protect, bool first, bool last) {
  return eligible_units(steps, first || protect == "ends" || protect == "first",
                        last || protect == "ends" || protect == "last");
}

std::vector<bool> eligible_tokens(const Tokens& tokens, const std::string& protect) {
  const auto roles = tokens.roles();
  const std::size_t padding = tokens.leading_padding();
  std::vector<bool> eligible = eligible_steps(roles.size() - padding, protect, false, false);
  eligible.insert(eligible.begin(), padding, false);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if ((roles[i] == TokenRole::kCls && (protect == "specials" || protect == "cls")) ||
        (roles[i] == TokenRole::kSep && (protect == "specials" || protect == "sep")))
      eligible[i] = false;
  }
  return eligible;
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
  const auto add = [&](Form form, std::size_t length, std::vector<double> times = {}) {
    tracks.push_back({form, length, eligible_steps(length, options.protect, false, false), std::move(times)});
  };
  if (options.on == "media") {
    if (sample.transcript && selected(Form::kTranscript)) {
      std::vector<double> times;
      for (const auto& word : sample.transcript->times) times.push_back((word.start_s + word.end_s) / 2);
      add(Form::kTranscript, word_count(*sample.transcript), std::move(times));
    }
    if (sample.waveform && selected(Form::kWaveform)) {
      const std::size_t step = sound_step(*sample.waveform);
      const std::size_t steps = (sample.waveform->frames() + step - 1) / step;
      const double step_s = static_cast<double>(step) / std::max(1, sample.waveform->sample_rate_hz);
      add(Form::kWaveform, steps, even_times(steps, step_s));
    }
    if (sample.clip && selected(Form::kFrames)) {
      const std::size_t frames = sample.clip->frames.size();
      add(Form::kFrames, frames,
          sample.clip->fps > 0 ? even_times(frames, 1 / sample.clip->fps) : std::vector<double>());
    }
    return tracks;
  }
  bool first = false, last = false;  // whether the token there is never lost
  if (selected(Form::kTokens)) {
    if (sample.tokens) {
      add(Form::kTokens, sample.tokens->length());
      Track& text = tracks.back();
      text.eligible = eligible_tokens(*sample.tokens, options.protect);
      text.padding = sample.tokens->leading_padding();
      first = shared && text.length > text.padding && !text.eligible[text.padding];
      last = shared && text.length > text.padding && !text.eligible.back();
    } else if (sample.embedding) {
      add(Form::kEmbedding, sample.embedding->length);
    }
  }
  for (const Form form : {Form::kAudioFeatures, Form::kVisionFeatures}) {
    if (!selected(form) || !sequence_of(sample, form)) continue;
    add(form, sequence_of(sample, form)->length);
    tracks.back().eligible = eligible_steps(tracks.back().length, options.protect, first, last);
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
