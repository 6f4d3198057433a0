// A recording level set too high: all that exceeds a ceiling is cut off flat. The dose is the share of samples at the
// ceiling, which is found from the clip's own magnitudes, so that a soft clip is damaged as much as a loud one. The
// wave stays at its level; `restore` turns it up until its mean square is as before.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>

#include "level.h"
#include "shakedown/core/clones.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

std::uint32_t magnitude_bits(float value) {
  return std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU;
}

// The value of rank `rank` (0: smallest) among the magnitudes of `x`. Magnitudes of floats are ordered as their bits
// are, so that counting by leading bits finds it in two passes.
float magnitude_of_rank(const std::vector<float>& x, std::size_t rank) {
  constexpr unsigned kShift = 15;
  std::vector<std::uint32_t> count(std::size_t{1} << (31 - kShift), 0);
  for (const float value : x) ++count[magnitude_bits(value) >> kShift];
  std::uint32_t bucket = 0;
  while (rank >= count[bucket]) rank -= count[bucket++];
  std::vector<std::uint32_t> inside;
  inside.reserve(count[bucket]);
  for (const float value : x) {
    if (magnitude_bits(value) >> kShift == bucket) inside.push_back(magnitude_bits(value));
  }
  std::nth_element(inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(rank), inside.end());
  return std::bit_cast<float>(inside[rank]);
}

struct TopAndScale {
  float top = 0, scale = 0;
};

// The largest magnitude of y, and the largest y / x, which is the scale of what stayed: y = scale * x.
SHAKEDOWN_CLONES TopAndScale top_and_scale(const float* x, const float* y, std::size_t n) {
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> tops{}, scales{};
  for (std::size_t i = 0; i + kLanes <= n; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      const float top = std::abs(y[i + k]), scale = x[i + k] == 0 ? 0 : y[i + k] / x[i + k];
      tops[k] = top > tops[k] ? top : tops[k];
      scales[k] = scale > scales[k] ? scale : scales[k];
    }
  }
  for (std::size_t i = n - n % kLanes; i < n; ++i) {
    tops[0] = std::max(tops[0], std::abs(y[i]));
    if (x[i] != 0) scales[0] = std::max(scales[0], y[i] / x[i]);
  }
  return {*std::max_element(tops.begin(), tops.end()), *std::max_element(scales.begin(), scales.end())};
}

SHAKEDOWN_CLONES std::uint32_t count_clipped(const float* x, const float* y, std::size_t n, float top, float scale) {
  const float above = top * (1 + 1e-6F);
  std::uint32_t clipped = 0;
  for (std::size_t i = 0; i < n; ++i) {
    clipped +=
        static_cast<std::uint32_t>(std::abs(y[i]) == top) & static_cast<std::uint32_t>(std::abs(x[i]) * scale > above);
  }
  return clipped;
}

class Clipping final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.05;
    bool restore = false;
  };

  explicit Clipping(Config config) : config_(config) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    const Waveform& before = *sample.waveform;
    const std::size_t n = before.pcm.size();
    if (n == 0) return Effect::ineligible("no sound");
    const auto clipped = static_cast<std::size_t>(std::nearbyint(config_.fraction * static_cast<double>(n)));
    if (clipped == 0) return Effect::unchanged("no sample is that rare");
    // The largest magnitude that stays.
    const float ceiling = magnitude_of_rank(before.pcm, clipped < n ? n - clipped - 1 : 0);
    if (ceiling == 0) return Effect::skipped("more of it is silence than would stay below the ceiling");
    std::vector<float> pcm(n);
    for (std::size_t i = 0; i < n; ++i) pcm[i] = std::clamp(before.pcm[i], -ceiling, ceiling);
    if (pcm == before.pcm) return Effect::unchanged("no sample exceeds another");

    Effect effect;
    effect.measures["ceiling_db"] = 20 * std::log10(ceiling);
    effect.touched = {{0, before.seconds()}};
    if (config_.restore) {
      const auto gain = static_cast<float>(std::sqrt(media::mean_square(before.pcm) / media::mean_square(pcm)));
      for (float& value : pcm) value *= gain;
      effect.measures["over_full_scale"] = over_full_scale(pcm, false);
    }
    sample.waveform =
        std::make_shared<const Waveform>(Waveform{std::move(pcm), before.channels, before.sample_rate_hz});
    return effect;
  }

  // From the two waves alone: samples at the flat top of the second that were higher in the first.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const auto &x = before.waveform->pcm, &y = after.waveform->pcm;
    if (effect.state != State::kApplied || x.empty()) return dose;
    const auto [top, scale] = top_and_scale(x.data(), y.data(), y.size());
    std::size_t clipped = 0;
    constexpr std::size_t kBlock = 4096;
    for (std::size_t i = 0; i < y.size(); i += kBlock) {
      clipped += count_clipped(x.data() + i, y.data() + i, std::min(kBlock, y.size() - i), top, scale);
    }
    dose.realised = dose.effective = static_cast<double>(clipped) / static_cast<double>(x.size());
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  return Schema<Clipping>("audio.clipping", Modality::kAudio,
                          "The loudest samples are cut off flat: a recording level set too high.")
      .source("Hard clipping at a percentile of the magnitudes, as in audiomentations (ClippingDistortion).")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("fraction", &Clipping::Config::fraction, "", {.min = 0, .max = 0.99},
              "Share of the samples that is cut off; equal magnitudes are cut off together.")
      .flag("restore", &Clipping::Config::restore, "Turn the clipped wave up to the mean square that it had.")
      .dose({.parameter = "fraction",
             .unit = "of samples",
             .identity = 0,
             .ladder = {.01, .05, .1, .2, .4},
             .tolerance = 0.005})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_clipping, shakedown::perturb::spec);
