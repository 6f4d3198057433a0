#pragma once

#include <string>

#include "shakedown/core/sample.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {

/// What Rubber Band is asked to do. Factors: 2 is twice as long, an octave up.
struct Stretch {
  double duration = 1;
  double pitch = 1;
  bool keep_formants = false;  ///< else they follow the pitch
  bool finer = true;           ///< engine R3, else R2
  double formants = 0;         ///< R3: factor of the spectral envelope, whatever the pitch; 0: as keep_formants says
};

/// `sound` (not empty) stretched off line, all channels together; round(frames * duration) frames, the first one in
/// time with the first. Thread-safe and the same on any thread.
[[nodiscard]] Waveform stretch(const Waveform& sound, const Stretch& stretch);

/// Options of the perturbations that change a voice: which way a signed dose goes and by which engine.
struct VoiceOptions {
  std::string direction = "random";
  std::string engine = "r3";
};

/// 1 up, -1 down; drawn by clip when it is random.
[[nodiscard]] int direction_of(const VoiceOptions& options, const Stream& stream);

template <class P>
Schema<P>& declare_direction(Schema<P>& schema, const std::string& up) {
  return schema.reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .choice("direction", &P::Config::direction, {"random", "up", "down"}, "up: " + up + "; random: drawn by clip.");
}

template <class P>
Schema<P>& declare_voice(Schema<P>& schema, const std::string& up) {
  return declare_direction(schema, up)
      .source("Rubber Band Library 3, engines R3 (finer) and R2 (faster); C. Cannam, Particular Programs.")
      .choice("engine", &P::Config::engine, {"r3", "r2"},
              "Engine of Rubber Band; r2 is several times faster and rougher.");
}

}  // namespace shakedown::perturb
