// Short sounds made of what they physically are: damped modes, bursts of noise and resonances.
#include "events.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace shakedown::perturb {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// A sound under construction; draws are numbered so that none depends on another.
class Event {
 public:
  Event(double seconds, int rate, const Stream& stream, std::uint64_t first)
      : x_(static_cast<std::size_t>(std::max(1.0, seconds * rate)), 0.0), rate_(rate), stream_(stream), next_(first) {}

  [[nodiscard]] double draw(double low, double high) { return low + (high - low) * stream_.uniform(next_++); }

  // A mode that rings: amplitude e^(-t / decay). Those that the rate cannot carry are left out.
  void mode(double start_s, double hz, double decay_s, double amplitude) {
    const double phase = draw(0, kTurn);
    if (hz > 0.45 * rate_) return;
    for (std::size_t i = index(start_s); i < x_.size(); ++i) {
      const double t = static_cast<double>(i) / rate_ - start_s;
      x_[i] += amplitude * std::exp(-t / decay_s) * std::sin(kTurn * hz * t + phase);
    }
  }

  // Noise through a resonance at `hz` of quality `q`, rising within `attack_s` and dying away.
  void burst(double start_s, double attack_s, double decay_s, double hz, double q, double amplitude) {
    const double w = kTurn * std::min(hz, 0.4 * rate_) / rate_;
    const double r = std::exp(-w / (2 * q)), gain = (1 - r * r) * std::sin(w);
    double y1 = 0, y2 = 0;
    const std::uint64_t noise = next_;
    next_ += 100000;
    for (std::size_t i = index(start_s); i < x_.size(); ++i) {
      const double t = static_cast<double>(i) / rate_ - start_s;
      const double envelope = t < attack_s ? t / attack_s : std::exp(-(t - attack_s) / decay_s);
      const double y =
          gain * envelope * (2 * stream_.uniform(noise + i % 100000) - 1) + 2 * r * std::cos(w) * y1 - r * r * y2;
      y2 = y1;
      y1 = y;
      x_[i] += amplitude * y;
    }
  }

  [[nodiscard]] std::vector<float> finish() const {
    std::vector<float> sound(x_.begin(), x_.end());
    const std::size_t fade = std::min(sound.size() / 4, static_cast<std::size_t>(rate_ / 100));  // no click at the end
    for (std::size_t i = 0; i < fade; ++i) {
      sound[sound.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(fade);
    }
    return sound;
  }

 private:
  [[nodiscard]] std::size_t index(double seconds) const { return static_cast<std::size_t>(std::ceil(seconds * rate_)); }

  std::vector<double> x_;
  int rate_;
  const Stream& stream_;
  std::uint64_t next_;
};

// The latch clicks, then the leaf hits the frame: panel modes below 300 Hz under a short broad-band blow.
std::vector<float> door(Event event) {
  event.burst(0, 0.001, 0.004, 2500, 1, 0.3);
  const double slam = event.draw(0.03, 0.06);
  event.burst(slam, 0.001, 0.03, 400, 0.7, 2);
  for (int i = 0; i < 6; ++i) event.mode(slam, event.draw(60, 300), event.draw(0.05, 0.15), 0.5);
  return event.finish();
}

// A blow, then pieces that ring, inharmonic and high, the later ones as they hit the floor.
std::vector<float> glass(Event event) {
  event.burst(0, 0.0005, 0.01, 4000, 0.7, 1.5);
  for (int i = 0; i < 30; ++i) {
    const double start = i < 10 ? 0 : 0.35 * event.draw(0, 1) * event.draw(0, 1);
    const double hz = 1800 * std::pow(6.5, event.draw(0, 1));
    event.mode(start, hz, event.draw(0.02, 0.2), event.draw(0.1, 0.3));
  }
  return event.finish();
}

// A device announces itself: 1 kHz for 0.4 s.
std::vector<float> beep(int rate) {
  constexpr double kSeconds = 0.4, kRampS = 0.005, kHz = 1000;
  std::vector<float> x(std::max<std::size_t>(1, static_cast<std::size_t>(kSeconds * rate)));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = (static_cast<double>(i) + 0.5) / rate;
    const double edge = std::min({1.0, t / kRampS, (static_cast<double>(x.size()) / rate - t) / kRampS});
    x[i] = static_cast<float>(std::sin(kTurn * std::min(kHz, 0.2 * rate) * t) *
                              (0.5 - 0.5 * std::cos(std::numbers::pi * edge)));
  }
  return x;
}

// Hands together: a burst of some ten milliseconds about the resonance of the hollow between them (Repp, JASA 81,
// 1987).
std::vector<float> clap(Event event) {
  const double hollow_hz = event.draw(700, 2000);
  event.burst(0, 0.001, event.draw(0.006, 0.012), hollow_hz, 1.5, 1);
  event.burst(0.001, 0.001, 0.003, 4000, 0.7, 0.4);
  return event.finish();
}

// The glottis bursts open, air rushes, the voice may close it again (Korpas et al., Pulm. Pharmacol. 9, 1996); noise
// through the resonances of an open vocal tract.
std::vector<float> cough(Event event) {
  const double tract = event.draw(0.85, 1.15), rush = event.draw(0.05, 0.09), end = event.draw(0.24, 0.3);
  for (const auto& [hz, amplitude] : {std::pair{500.0, 1.0}, std::pair{1500.0, 0.7}, std::pair{2500.0, 0.4}}) {
    event.burst(0, 0.002, 0.03, tract * hz, 3, 2 * amplitude);
    event.burst(rush, 0.02, 0.09, tract * hz, 3, amplitude);
    event.burst(end, 0.01, 0.04, tract * hz * 0.8, 4, 0.6 * amplitude);
  }
  return event.finish();
}

}  // namespace

const std::vector<std::string>& event_names() {
  static const std::vector<std::string> kNames = {"door", "glass", "beep", "clap", "cough"};
  return kNames;
}

std::vector<float> event_sound(std::size_t which, int rate, const Stream& stream, std::uint64_t first) {
  switch (which) {
    case 0: return door(Event(0.6, rate, stream, first));
    case 1: return glass(Event(0.9, rate, stream, first));
    case 2: return beep(rate);
    case 3: return clap(Event(0.08, rate, stream, first));
    default: return cough(Event(0.45, rate, stream, first));
  }
}

}  // namespace shakedown::perturb
