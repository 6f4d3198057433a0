// Packets of 20 ms are lost on the way, in bursts: Gilbert's model. The line is good or bad; what is sent while it is
// bad is lost with probability `bad_loss`. Stationary, so that the mean loss is `rate`, with bad spells of `mean_burst`
// packets on average. One uniform a packet decides it, by comparison alone, so that what is lost at one rate is lost at
// every higher one. That needs a state that lasts: with independent losses a spell lasts 1 / (1 - rate) packets on
// average, and a shorter mean_burst is raised to that.
//
// What the receiver plays instead: nothing (zero); the last packet that came, again and again (repeat); or the same,
// fading out within 60 ms (fade), which is how ITU-T G.711 Appendix I and most receivers end a long gap.
#include <algorithm>
#include <memory>

#include "segments.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class PacketLoss final : public Perturbation {
 public:
  struct Config {
    double rate = 0.05;
    double mean_burst = 2;
    double bad_loss = 1;
    std::string conceal = "zero";
  };

  explicit PacketLoss(const Config& config) : config_(config), bad_(config.rate / config.bad_loss) {
    if (bad_ > 1)
      throw Error(ErrorKind::kUsage, "bad_loss: smaller than rate: not even a line that is always bad loses so much");
  }

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const Segments packets(before, kPacketS);
    const auto lost = lose(rng.stream("audio"), packets.count());
    if (lost.empty()) return Effect::unchanged("no packet was lost");
    auto after = std::make_shared<Waveform>(before);
    const auto bursts = runs_of(lost);
    for (const Span& burst : bursts) conceal(*after, packets, burst);
    Effect effect;
    effect.measures["mean_burst_packets"] = static_cast<double>(lost.size()) / static_cast<double>(bursts.size());
    effect.touched = packets.seconds(bursts);
    effect.decisions.assign(lost.begin(), lost.end());
    sample.waveform = std::move(after);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return lost_pieces(*before.waveform, *after.waveform, Segments(*before.waveform, kPacketS), effect);
  }

 private:
  static constexpr double kPacketS = 0.02, kFadeS = 0.06;

  [[nodiscard]] std::vector<std::size_t> lose(const Stream& stream, std::size_t packets) const {
    // P(bad stays bad) and P(good turns bad); equal at the shortest spell, when the past does not matter.
    const double shortest = bad_ < 1 ? 1 / (1 - bad_) : config_.mean_burst;
    const double spell = std::max(config_.mean_burst, shortest);
    const double stay = 1 - 1 / spell, turn = bad_ < 1 ? bad_ / (1 - bad_) / spell : 1;
    std::vector<std::size_t> lost;
    bool bad = false;
    for (std::size_t i = 0; i < packets; ++i) {
      const double threshold = i == 0 || bad_ >= 1 ? bad_ : bad ? stay : turn;
      bad = stream.uniform(i, 0) < threshold;
      if (bad && stream.uniform(i, 1) < config_.bad_loss) lost.push_back(i);
    }
    return lost;
  }

  // Concealed in order: a burst plays on what came last before it, fading from its own beginning; one that begins the
  // clip has nothing to repeat.
  void conceal(Waveform& sound, const Segments& packets, Span burst) const {
    const auto first = packets.begin(static_cast<std::size_t>(burst.begin));
    const auto end = packets.begin(static_cast<std::size_t>(burst.end));
    const std::size_t packet = packets.end(0) - packets.begin(0);
    const double fade = kFadeS * sound.sample_rate_hz * sound.channels;
    if (config_.conceal == "zero" || first < packet) {
      std::fill(sound.pcm.begin() + static_cast<std::ptrdiff_t>(first),
                sound.pcm.begin() + static_cast<std::ptrdiff_t>(end), 0.0F);
      return;
    }
    const bool fades = config_.conceal == "fade";
    for (std::size_t i = first; i < end; ++i) {
      const std::size_t source = first - packet + (i - first) % packet;
      const double gain = fades ? std::max(0.0, 1 - static_cast<double>(i - first) / fade) : 1;
      sound.pcm[i] = static_cast<float>(gain * static_cast<double>(sound.pcm[source]));
    }
  }

  Config config_;
  double bad_;
};

PerturbationSpec spec() {
  using Config = PacketLoss::Config;
  return Schema<PacketLoss>("audio.packet_loss", Modality::kAudio,
                            "Packets of 20 ms are lost in bursts, and the receiver conceals them.")
      .source(
          "Gilbert, Bell Syst. Tech. J. 39, 1960; Elliott, Bell Syst. Tech. J. 42, 1963. Concealment: after ITU-T "
          "G.711 Appendix I.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Share of the packets that is lost.")
      .number("mean_burst", &Config::mean_burst, "packets", {.min = 1, .max = 100},
              "Mean length of a bad spell; 1 / (1 - rate) at least, where losses are independent.")
      .number("bad_loss", &Config::bad_loss, "", {.min = 0.01, .max = 1},
              "Probability that a packet is lost while the line is bad; not below `rate`.")
      .choice("conceal", &Config::conceal, {"zero", "repeat", "fade"},
              "What is played instead: silence, the last packet again, the last packet fading within 60 ms.")
      .dose({.parameter = "rate", .unit = "", .identity = 0, .ladder = {.01, .03, .05, .1, .2}, .fraction = true})
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_packet_loss, shakedown::perturb::spec);
