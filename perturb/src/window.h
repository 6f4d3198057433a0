#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "shakedown/core/rng.h"
#include "shakedown/perturb/apply.h"

namespace shakedown::perturb {

/// A stretch of the clip as it lies in each form that the sample has. Positions belong to the window when
/// their centre does, so that windows that adjoin share no position and leave none out.
struct Window {
  struct Range {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] std::size_t size() const { return end - begin; }
  };
  Range text;                 ///< bytes of the transcript
  std::size_t text_tail = 0;  ///< bytes after it; stays the same when the window's length changes
  Range tokens, embedding;    ///< positions; tokens without CLS and SEP
  Range audio_features, vision_features;
  Range samples, frames;              ///< of the waveform (all channels together), of the clip
  double start_s = 0;                 ///< of the window in the clip
  std::optional<std::int64_t> drawn;  ///< start of a random window in 1e-9 of the clip

  /// The window's begin in the unit that spans of `form` are stated in: bytes, positions, seconds or frames.
  [[nodiscard]] double origin(Form form, const Sample& sample) const;
};

/// Places `at` in `sample`, or says why that cannot be done for this sample.
/// @throws Error(kUsage) when the data lack what `at` needs: a clip length, or word times
[[nodiscard]] std::variant<Window, std::string> place(const At& at, const Sample& sample, const Stream& stream);

/// The part of `sample` inside the window, as a sample of its own: forms outside are not in it.
[[nodiscard]] Sample cut_out(const Sample& sample, const Window& window);

/// Writes those forms of `after` that are not the same object in `before` back into the window of `sample`.
/// @throws Error(kUsage) when a form other than the transcript changed its length
void put_back(Sample& sample, const Sample& before, const Sample& after, const Window& window);

}  // namespace shakedown::perturb
