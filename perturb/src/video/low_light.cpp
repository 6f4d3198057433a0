// Low light: the same scene with less of it. Fewer photons reach the sensor, so the picture is darker and its
// noise, which light itself brings along, larger in proportion.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "linear_light.h"
#include "sensor.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class LowLight final : public Perturbation {
 public:
  struct Config {
    double stops = -2;
    bool auto_gain = false;
  };

  explicit LowLight(const Config& config)
      : config_(config), exposure_(sensor_, config.stops, config.auto_gain), codes_(codes()) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (config_.stops == 0) return Effect::unchanged("0 stops");
    const Stream stream = rng.stream("video");
    Clip after = *sample.clip;
    for (std::size_t i = 0; i < after.frames.size(); ++i) {
      after.frames[i] = std::make_shared<const Image>(shot(*after.frames[i], stream, i));
    }
    Effect effect;
    effect.touched = {{0, static_cast<double>(after.frames.size())}};
    sample.clip = std::make_shared<const Clip>(std::move(after));
    return effect;
  }

  // The ratio of linear light over values that stay clear of black, where noise cut off at zero would
  // add light. With the gain restored the light is as before and the noise tells the exposure.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const std::size_t frames = before.clip->frames.size();
    if (effect.state != State::kApplied || frames == 0) return dose;
    Sums sums;
    const std::size_t step = std::max<std::size_t>(1, frames / kMeasuredFrames);
    for (std::size_t i = 0; i < frames; i += step) add(sums, *before.clip->frames[i], *after.clip->frames[i]);
    const double share = config_.auto_gain ? share_from_noise(sums) : sums.after / sums.before;
    if (sums.before > 0 && std::isfinite(share) && share > 0) dose.realised = dose.effective = std::log2(share);
    return dose;
  }

 private:
  static constexpr std::size_t kMeasuredFrames = 8;

  struct Sums {
    double values = 0, before = 0, after = 0, squared_noise = 0;
  };
  struct Code {
    bool clear = false;         // as an input: far from black and, with the gain restored, from white
    double rounding_power = 0;  // as an output: error that rounding to it leaves, mean square
  };

  // Two values share one block of random bits. The number of a value within the frame and of the frame name the
  // draw, so that the noise of a value is the same, more or less pronounced, at every level.
  [[nodiscard]] Image shot(const Image& frame, const Stream& stream, std::size_t index) const {
    Image out{frame.width, frame.height, std::vector<std::uint8_t>(frame.pixels.size())};
    for (std::size_t i = 0; i < frame.pixels.size(); i += 2) {
      const std::uint64_t bits = stream.bits(i / 2, index);
      out.pixels[i] = exposure_.draw(frame.pixels[i], static_cast<std::uint32_t>(bits));
      if (i + 1 == frame.pixels.size()) break;
      out.pixels[i + 1] = exposure_.draw(frame.pixels[i + 1], static_cast<std::uint32_t>(bits >> 32U));
    }
    return out;
  }

  // Clear values have their mean at least four deviations from where the sensor or the file cuts off.
  [[nodiscard]] std::array<Code, 256> codes() const {
    std::array<Code, 256> codes;
    const double white = sensor_.full_white * std::exp2(config_.stops);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const auto code = static_cast<double>(i);
      const double mean = white * linear_of(code);
      const double reach = 4 * std::sqrt(mean + sensor_.read_noise * sensor_.read_noise);
      codes[i].clear = mean > reach && (!config_.auto_gain || mean + reach < white);
      codes[i].rounding_power = std::pow(linear_of(code + 0.5) - linear_of(code - 0.5), 2) / 12;
    }
    return codes;
  }

  void add(Sums& sums, const Image& before, const Image& after) const {
    const auto& linear = linear_table();
    for (std::size_t i = 0; i < before.pixels.size(); ++i) {
      if (!codes_[before.pixels[i]].clear) continue;
      const double light = linear[before.pixels[i]], got = linear[after.pixels[i]];
      sums.values += 1;
      sums.before += light;
      sums.after += got;
      sums.squared_noise += (got - light) * (got - light) - codes_[after.pixels[i]].rounding_power;
    }
  }

  // Noise power is light / white + (read noise / white)^2 with the white that remains; solved for that.
  [[nodiscard]] double share_from_noise(const Sums& sums) const {
    const double read = sums.values * sensor_.read_noise * sensor_.read_noise;
    const double root = std::sqrt(sums.before * sums.before + 4 * read * std::max(0.0, sums.squared_noise));
    return 2 * read / ((root - sums.before) * sensor_.full_white);
  }

  Config config_;
  Sensor sensor_;
  NoisyExposure exposure_;
  std::array<Code, 256> codes_;
};

PerturbationSpec spec() {
  return Schema<LowLight>("video.low_light", Modality::kVideo,
                          "The scene is shot with less light: darker by whole or part stops, with the photon noise and "
                          "read noise that so little light brings.")
      .source(
          "Sensor model: EMVA Standard 1288, release 4.0; Poisson-Gaussian noise: Foi et al., IEEE TIP 17(10), 2008. "
          "Transfer: IEC 61966-2-1 (sRGB).")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("stops", &LowLight::Config::stops, "stops", {.min = -10, .max = 0},
              "Exposure against the original: -1 is half the light.")
      .flag("auto_gain", &LowLight::Config::auto_gain,
            "The camera turns its gain up until the picture is as bright as before; the noise stays.")
      .dose({.parameter = "stops",
             .unit = "stops",
             .identity = 0,
             .ladder = {-1, -2, -3, -4, -5},
             .lower_is_harsher = true,
             .tolerance = 0.1})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_low_light, shakedown::perturb::spec);
