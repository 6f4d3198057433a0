#pragma once

#include <map>
#include <string>

#include "shakedown/core/sample.h"

namespace shakedown::runners {

/// What the clean input is like, for slices; each only where the sample has it: `words` of the transcript, `tokens`
/// (real ones), `audio_steps` and `video_steps` of feature sequences, `audio_seconds`, `speech_level_dbfs` (active
/// level after ITU-T P.56, re full scale), `video_seconds`, `face_width_px` (median over frames).
[[nodiscard]] std::map<std::string, double> sample_measures(const Sample& sample);

}  // namespace shakedown::runners
