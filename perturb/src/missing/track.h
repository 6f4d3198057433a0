#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Which modalities lose steps, in which forms, and which steps never go.
struct TrackOptions {
  std::string modality = "all";
  std::string on = "features";
  std::string protect = "specials";
};

/// One modality of a sample as the loss of steps sees it. A step is a token, a row of features, a word, a
/// frame, or a stretch of sound of kSoundStep seconds.
struct Track {
  Form form = Form::kTokens;
  std::size_t length = 0;              ///< steps, padding in front included
  std::vector<bool> eligible;          ///< may be lost, one entry a step
  std::vector<double> times_s;         ///< centre of each step in seconds; empty where that is not known
  std::vector<std::size_t> lost = {};  ///< ascending
  std::size_t padding = 0;             ///< steps in front that are none
};

inline constexpr double kSoundStep = 0.02;  ///< seconds

/// Samples (of all channels together) that make one step of sound; at least 1.
[[nodiscard]] std::size_t sound_step(const Waveform& waveform);

/// The modalities of `options` that the sample has. Features: tokens before embedding, audio features, vision
/// features. Media: transcript, waveform, frames. `shared`: the modalities share a mask, so that the places of
/// CLS and SEP are spared in all of them.
[[nodiscard]] std::vector<Track> tracks_of(const Sample& sample, const TrackOptions& options, bool shared);

/// A lost step as one integer: form and position.
[[nodiscard]] constexpr std::int64_t decision_of(Form form, std::size_t position) {
  return (static_cast<std::int64_t>(form) << 32) + static_cast<std::int64_t>(position);
}

/// Of `count` positions those that lie in the lost ones of `steps` equal shares of the same stretch.
[[nodiscard]] std::vector<std::size_t> follow(std::size_t count, std::size_t steps,
                                              const std::vector<std::size_t>& lost);

[[nodiscard]] std::vector<std::size_t> positions_of(const std::vector<bool>& eligible);

inline constexpr Forms kFeatureForms = {Form::kTokens, Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
inline constexpr Forms kMediaForms = {Form::kTranscript, Form::kWaveform, Form::kFrames};

}  // namespace shakedown::perturb
