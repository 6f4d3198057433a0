#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "shakedown/core/effect.h"
#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Sound divided into pieces of equal duration, the last one perhaps shorter; all channels together.
class Segments {
 public:
  Segments(const Waveform& sound, double seconds)
      : frames_(sound.frames()),
        length_(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(seconds * sound.sample_rate_hz)))),
        channels_(static_cast<std::size_t>(sound.channels)),
        rate_(sound.sample_rate_hz) {}

  [[nodiscard]] std::size_t count() const { return (frames_ + length_ - 1) / length_; }
  /// Values of piece i: indices into Waveform::pcm.
  [[nodiscard]] std::size_t begin(std::size_t i) const { return std::min(i * length_, frames_) * channels_; }
  [[nodiscard]] std::size_t end(std::size_t i) const { return begin(i + 1); }
  /// Spans of pieces as spans of seconds.
  [[nodiscard]] std::vector<Span> seconds(std::vector<Span> pieces) const {
    const auto at = [&](double piece) {
      return std::min(piece * static_cast<double>(length_), static_cast<double>(frames_)) / rate_;
    };
    for (Span& span : pieces) span = {at(span.begin), at(span.end)};
    return pieces;
  }

 private:
  std::size_t frames_, length_, channels_;
  int rate_;
};

/// The dose of perturbations that lose pieces: those of Effect::decisions that `before`, as it is cut, has; changed
/// are those in which a value differs.
[[nodiscard]] Dose lost_pieces(const Waveform& before, const Waveform& after, const Segments& pieces,
                               const Effect& effect);

}  // namespace shakedown::perturb
