// The sound is gone for part of the time: a muted microphone, a cut cable, a censored word. In one stretch that lies
// anywhere (contiguous), or in pieces of a tenth of a second, each by itself (random). What is muted is digital
// silence with hard edges, so that the share can be counted on the output.
#include <algorithm>
#include <memory>

#include "segments.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class Mute final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.25;
    std::string mode = "contiguous";
    double piece_ms = 100;
  };

  explicit Mute(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const Waveform& before = *sample.waveform;
    if (before.frames() == 0) return Effect::ineligible("no sound");
    const Segments pieces = pieces_of(before);
    const auto muted = pick(rng.stream("audio"), pieces.count());
    if (muted.empty()) return Effect::unchanged("no piece was drawn");
    auto after = std::make_shared<Waveform>(before);
    for (const std::size_t piece : muted) {
      const auto begin = after->pcm.begin();
      std::fill(begin + static_cast<std::ptrdiff_t>(pieces.begin(piece)),
                begin + static_cast<std::ptrdiff_t>(pieces.end(piece)), 0.0F);
    }
    Effect effect;
    effect.touched = pieces.seconds(runs_of(muted));
    effect.decisions.assign(muted.begin(), muted.end());
    sample.waveform = std::move(after);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return lost_pieces(*before.waveform, *after.waveform, pieces_of(*before.waveform), effect);
  }

 private:
  [[nodiscard]] Segments pieces_of(const Waveform& sound) const {
    constexpr double kContiguousMs = 10;  // the grain in which the length of a stretch is measured
    return {sound, (config_.mode == "random" ? config_.piece_ms : kContiguousMs) / 1000};
  }

  [[nodiscard]] std::vector<std::size_t> pick(const Stream& stream, std::size_t pieces) const {
    const auto eligible = eligible_units(pieces);
    return config_.mode == "random" ? take_each(stream, eligible, config_.fraction)
                                    : take_blocks(stream, eligible, share_of(pieces, config_.fraction));
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<Mute>("audio.mute", Modality::kAudio, "The sound is gone for part of the time.")
      .source(
          "Random and contiguous loss: Yuan et al., OpenVNA, ACL 2024 demo (mute); pieces of a tenth of a second: "
          "AVRobustBench.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("fraction", &Mute::Config::fraction, "", {.min = 0, .max = 1}, "Share of the time that is muted.")
      .choice("mode", &Mute::Config::mode, {"contiguous", "random"},
              "contiguous: one stretch, its length exact to 10 ms; random: pieces, each muted by itself.")
      .number("piece_ms", &Mute::Config::piece_ms, "ms", {.min = 1, .max = 10000}, "random: length of a piece.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.1, .25, .5, .75, 1}, .fraction = true})
      .label_effect(LabelEffect::kUnknowable)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(audio_mute, shakedown::perturb::spec);
