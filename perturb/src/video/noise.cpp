// Noise: each value of each frame is disturbed by itself. What a code turns into is a distribution over codes, computed
// once; one uniform number a value draws from it, so that levels share their draws.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "frames.h"
#include "linear_light.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kCodes = 256;

// P(result <= out) for each code.
using Distribution = std::vector<std::array<double, kCodes>>;

double normal_below(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

// Largest light or code that still rounds to `out`.
double edge(std::size_t out, bool linear) {
  const double code = static_cast<double>(out) + 0.5;
  return linear ? linear_of(code) : code / 255;
}

Distribution gaussian(double sigma, bool linear) {
  Distribution below(kCodes);
  for (std::size_t code = 0; code < kCodes; ++code) {
    const double mean = linear ? linear_of(static_cast<double>(code)) : static_cast<double>(code) / 255;
    for (std::size_t out = 0; out + 1 < kCodes; ++out)
      below[code][out] = normal_below((edge(out, linear) - mean) / sigma);
    below[code][kCodes - 1] = 1;
  }
  return below;
}

// Photons: Poisson, so many of white that their number varies by `sigma` of it.
Distribution shot(double sigma) {
  const double white = 1 / (sigma * sigma);
  Distribution below(kCodes);
  for (std::size_t code = 0; code < kCodes; ++code) {
    const double mean = white * linear_of(static_cast<double>(code));
    const double reach = 12 * std::sqrt(mean) + 20;
    const int first = static_cast<int>(std::max(0.0, mean - reach)), last = static_cast<int>(mean + reach);
    double probability = mean > 0 ? std::exp(first * std::log(mean) - mean - std::lgamma(first + 1.0)) : 1;
    double cumulative = 0;
    std::size_t out = 0;
    for (int count = first; count <= last; ++count) {
      while (out + 1 < kCodes && count / white > edge(out, true)) below[code][out++] = cumulative;
      cumulative += probability;
      probability *= mean / (count + 1);
    }
    for (; out < kCodes; ++out) below[code][out] = out + 1 < kCodes ? std::min(cumulative, 1.0) : 1;
  }
  return below;
}

// Half of the values hit become black, half white.
Distribution impulse(double share) {
  Distribution below(kCodes);
  for (std::size_t code = 0; code < kCodes; ++code) {
    for (std::size_t out = 0; out < kCodes; ++out) below[code][out] = out < code ? 0.5 * share : 1 - 0.5 * share;
    below[code][kCodes - 1] = 1;
  }
  return below;
}

class Noise final : public Perturbation {
 public:
  struct Config {
    double amount = 0.08;
    std::string kind = "gaussian";
    std::string light = "display";
    std::string ladder = "own";  // of severities only
  };

  explicit Noise(Config config) : config_(std::move(config)) {
    if (config_.ladder == "imagenet-c" && (config_.kind != "gaussian" || config_.light != "display")) {
      throw Error(ErrorKind::kUsage,
                  "video.noise: ladder imagenet-c is there for kind gaussian and light display only, not for " +
                      config_.kind + " and " + config_.light);
    }
    if (config_.amount == 0) return;
    const Distribution below = distribution(config_.amount);
    constexpr double kOne = 4294967295.0;
    cumulative_.resize(kCodes * kCodes);
    guide_.resize(kCodes * kCodes);
    for (std::size_t code = 0; code < kCodes; ++code) {
      std::uint32_t* row = cumulative_.data() + code * kCodes;
      for (std::size_t out = 0; out < kCodes; ++out)
        row[out] = static_cast<std::uint32_t>(kOne * std::clamp(below[code][out], 0.0, 1.0));
      std::size_t out = 0;
      for (std::size_t high = 0; high < kCodes; ++high) {
        while (out + 1 < kCodes && (high << 24U) >= row[out]) ++out;
        guide_[code * kCodes + high] = static_cast<std::uint8_t>(out);
      }
    }
  }

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (config_.amount == 0) return Effect::unchanged("no noise");
    const Stream stream = rng.stream("video");
    return change_frames(sample, [&](std::size_t i) { return noisy(*sample.clip->frames[i], stream, i); });
  }

  // Gaussian and shot: the amount at which squared differences of codes are expected to be as large as found, rounding
  // and cutting off included. Impulse: values that became black or white over those that were neither.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    std::array<double, kCodes> count{};
    double squares = 0, hit = 0, could = 0;
    const auto& frames = before.clip->frames;
    for (std::size_t i = 0; i < frames.size(); i += std::max<std::size_t>(1, frames.size() / 8)) {
      const auto &a = frames[i]->pixels, &b = after.clip->frames.at(i)->pixels;
      for (std::size_t k = 0; k < a.size(); ++k) {
        ++count[a[k]];
        squares += (double{1} * a[k] - b[k]) * (double{1} * a[k] - b[k]);
        if (a[k] == 0 || a[k] == 255) continue;
        ++could;
        if (b[k] == 0 || b[k] == 255) ++hit;
      }
    }
    if (config_.kind == "impulse") {
      if (could > 0) dose.realised = dose.effective = hit / could;
      return dose;
    }
    double low = 0.5 * config_.amount, high = 2 * config_.amount;
    for (int halving = 0; halving < 9; ++halving) {
      const double middle = std::sqrt(low * high);
      (expected_squares(distribution(middle), count) < squares ? low : high) = middle;
    }
    dose.realised = dose.effective = std::sqrt(low * high);
    return dose;
  }

 private:
  [[nodiscard]] Distribution distribution(double amount) const {
    if (config_.kind == "shot") return shot(amount);
    if (config_.kind == "impulse") return impulse(amount);
    return gaussian(amount, config_.light == "linear");
  }

  static double expected_squares(const Distribution& below, const std::array<double, kCodes>& count) {
    double sum = 0;
    for (std::size_t code = 0; code < kCodes; ++code) {
      if (count[code] == 0) continue;
      double squares = 0, previous = 0;
      for (std::size_t out = 0; out < kCodes; ++out) {
        const double difference = static_cast<double>(out) - static_cast<double>(code);
        squares += (below[code][out] - previous) * difference * difference;
        previous = below[code][out];
      }
      sum += count[code] * squares;
    }
    return sum;
  }

  // Two values share one block of random bits, named by their number in the frame and the frame's.
  [[nodiscard]] Image noisy(const Image& image, const Stream& stream, std::size_t frame) const {
    Image out{image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
    for (std::size_t i = 0; i < image.pixels.size(); i += 2) {
      const std::uint64_t bits = stream.bits(i / 2, frame);
      out.pixels[i] = draw(image.pixels[i], static_cast<std::uint32_t>(bits));
      if (i + 1 < image.pixels.size())
        out.pixels[i + 1] = draw(image.pixels[i + 1], static_cast<std::uint32_t>(bits >> 32U));
    }
    return out;
  }

  [[nodiscard]] std::uint8_t draw(std::uint8_t code, std::uint32_t bits) const {
    const std::size_t row = std::size_t{code} * kCodes;
    std::size_t out = guide_[row + (bits >> 24U)];
    while (out < 255 && bits >= cumulative_[row + out]) ++out;
    return static_cast<std::uint8_t>(out);
  }

  Config config_;
  std::vector<std::uint32_t> cumulative_;  // [code][out]: P(result <= out) in 2^-32
  std::vector<std::uint8_t> guide_;        // [code][first 8 bits]: where the search begins
};

PerturbationSpec spec() {
  const auto dose = [](std::string unit, std::vector<double> ladder) {
    return DoseSpec{
        .parameter = "amount", .unit = std::move(unit), .identity = 0, .ladder = std::move(ladder), .tolerance = 0.01};
  };
  return Schema<Noise>(
             "video.noise", Modality::kVideo,
             "Noise on every value of every frame, independent of each other: Gaussian, photon (shot) or impulse "
             "noise.")
      .source("Gaussian, shot and impulse noise of ImageNet-C: Hendrycks and Dietterich, ICLR 2019.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("amount", &Noise::Config::amount, "", {.min = 0, .max = 1},
              "gaussian, shot: standard deviation over white (shot: that of white itself); impulse: share of values.")
      .choice("kind", &Noise::Config::kind, {"gaussian", "shot", "impulse"},
              "gaussian: alike everywhere; shot: photons, larger where it is bright; impulse: black and white values.")
      .choice("light", &Noise::Config::light, {"display", "linear"},
              "gaussian: whether the deviation is one of displayed values or of linear light.")
      .choice("ladder", &Noise::Config::ladder, {"own", "imagenet-c"},
              "Which deviations severities 1 to 5 stand for: imagenet-c: those of that benchmark, gaussian only.")
      .dose(dose("of white", {.02, .04, .08, .12, .2}))
      .dose_when("ladder", "imagenet-c", dose("of white", {.08, .12, .18, .26, .38}))
      .dose_when("kind", "impulse", dose("of values", {.02, .04, .08, .12, .2}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_noise, shakedown::perturb::spec);
