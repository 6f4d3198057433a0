#pragma once

#include <cstddef>
#include <optional>

#include "shakedown/core/sample.h"

namespace shakedown::reports {

/// Log-mel spectrogram as a picture, low frequencies below: black at `floor_db` under `top_db`, white from it on.
/// Nothing for sound shorter than a window. `top_db` is that of the clean sound, so that pictures can be compared.
[[nodiscard]] std::optional<Image> spectrogram(const Waveform& waveform, double top_db);
/// The loudest value of the spectrogram in dB.
[[nodiscard]] double loudest_db(const Waveform& waveform);

/// The samples of all channels over time, drawn against full scale; for sound of at least one sample.
[[nodiscard]] std::optional<Image> waveform_picture(const Waveform& waveform);

/// Frames at equal distances in time side by side, first and last among them; with the boxes of `faces` where given.
/// Nothing without frames.
[[nodiscard]] std::optional<Image> frame_strip(const Clip& clip, const FaceTrack* faces);

/// The same frames in squares so large that a box of `faces` is 6 of them wide or fewer; whole frames are drawn so,
/// since other people may stand beside the face that is followed. A frame without a box has 6 squares along its longer
/// side.
[[nodiscard]] std::optional<Image> hidden_strip(const Clip& clip, const FaceTrack* faces);

/// A feature sequence, a row a column of it, time to the right: blue below the mean of `clean`'s column, red above,
/// full colour at three of its standard deviations. Grey where `sequence` is not finite. Nothing without steps.
[[nodiscard]] std::optional<Image> feature_map(const Sequence& sequence, const Sequence& clean);

}  // namespace shakedown::reports
