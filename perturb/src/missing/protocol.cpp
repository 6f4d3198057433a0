// The masks of published missing-data protocols. Where the authors' scripts are seeded they are equal bit for
// bit: NumPy's stream, over the whole split in file order and over its padding, with the authors' seeds, one
// set a replicate; the suite's seed is not read. meta-na-*, whose authors drew anew at every evaluation, follows
// the authors' rule with our own stream. A lost token becomes [UNK], a lost row zero; masks and lengths stay.
// docs/protocols.md has a section on each preset.
#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "missing/split_masks.h"
#include "missing/steps.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

struct ProtocolConfig {
  std::string preset = "tfrnet";
  double rate = 0.3;
  double text_rate = 1, audio_rate = 1, video_rate = 1;
  std::string seeds;
  int unk_id = 100;
};

StepOptions steps_of(const ProtocolConfig& config) {
  StepOptions options;
  options.protect = std::string(protocol_named(config.preset).protect);
  options.unk_id = config.unk_id;
  return options;
}

class MissingProtocol final : public StepLoss {
 public:
  using Config = ProtocolConfig;

  explicit MissingProtocol(const Config& config)
      : StepLoss(steps_of(config)),
        protocol_(protocol_named(config.preset)),
        seeds_(config.seeds.empty() ? protocol_.seeds : parse_seeds(config.seeds)) {
    if (protocol_.source == Protocol::Source::kOurs && !config.seeds.empty()) {
      throw Error(ErrorKind::kUsage, fmt::format("seeds: {} is drawn by the suite's seed", config.preset));
    }
    const double rate = rate_in_grid(protocol_, config.rate);
    rates_ = {rate * config.text_rate, rate * config.audio_rate, rate * config.video_rate};
  }

 private:
  // Aligned protocols take the text's length for all modalities.
  std::vector<Track> tracks(const Sample& sample) const override {
    std::vector<Track> tracks = StepLoss::tracks(sample);
    if (!protocol_.aligned || !sample.tokens) return tracks;
    for (Track& track : tracks) {
      const std::size_t steps = shape_of(sample).of(track.form).padded;
      track.length = std::min(sample.tokens->length(), steps);
      track.eligible = eligible_units(track.length, true, true);
    }
    return tracks;
  }

  std::string draw(const Sample& sample, const Corpus& corpus, const Rng& rng,
                   std::vector<Track>& tracks) const override {
    if (protocol_.source == Protocol::Source::kOurs) {
      for (Track& track : tracks) draw_ours(track, rng);
      return "";
    }
    if (sample.tokens && !as_bert(*sample.tokens)) {
      return fmt::format("{} is defined for token ids as BERT's: one mark in front, one behind, no padding in front",
                         protocol_.name);
    }
    const auto masks = masks_of(corpus, rng.key().replicate);
    if (sample.index >= masks->shapes->size() || !same_shape(sample, (*masks->shapes)[sample.index])) {
      return "its steps are not those of the split that the protocol draws for";
    }
    if (protocol_.aligned && (masks->padded[0] > shape_of(sample).of(Form::kAudioFeatures).padded ||
                              masks->padded[0] > shape_of(sample).of(Form::kVisionFeatures).padded)) {
      return fmt::format("{} is for word-aligned features, and these have fewer steps than the text", protocol_.name);
    }
    for (Track& track : tracks) {
      track.lost.reserve(track.length);
      masks->visit_lost(modality_index(track), sample.index, track.length, [&track](std::size_t step) {
        if (track.eligible[step]) track.lost.push_back(step);
      });
    }
    return "";
  }

  static bool as_bert(const Tokens& tokens) {
    return tokens.layout.before == 1 && tokens.layout.after == 1 && tokens.leading_padding() == 0;
  }

  static std::size_t modality_index(const Track& track) {
    return static_cast<std::size_t>(modality_of(track.form));  // text, audio, video
  }

  static bool same_shape(const Sample& sample, const SampleShape& shape) {
    const SampleShape own = shape_of(sample);
    for (const Form form : kProtocolForms) {
      if (!(own.of(form) == shape.of(form))) return false;
    }
    return true;
  }

  // CLS and SEP are drawn like the others and put back afterwards.
  void draw_ours(Track& track, const Rng& rng) const {
    const Stream stream = rng.stream(modality_name(modality_of(track.form)));
    const double rate = rates_[modality_index(track)];
    if (protocol_.loss == Protocol::Loss::kEach) {
      track.lost = take_each(stream, track.eligible, rate);
      return;
    }
    const std::size_t block = share_of(track.length, rate);
    const auto begin = static_cast<std::size_t>(stream.uniform(0) * static_cast<double>(track.length - block));
    for (std::size_t i = begin; i < begin + block; ++i) {
      if (track.eligible[i]) track.lost.push_back(i);
    }
  }

  // Drawn at the first sample that asks and kept, for any number of threads.
  [[nodiscard]] Shared<SplitMasks> masks_of(const Corpus& corpus, int replicate) const {
    const auto shapes = corpus.shapes();
    const std::scoped_lock lock(mutex_);
    Shared<SplitMasks>& masks = masks_[replicate];
    if (!masks || masks->shapes != shapes) {
      std::vector<MaskSeeds> seeds;
      for (int r = protocol_.piles_up ? 0 : replicate; r <= replicate; ++r) seeds.push_back(seeds_of(seeds_, r));
      masks = std::make_shared<SplitMasks>(draw_split(protocol_, rates_, seeds, shapes));
    }
    return masks;
  }

  const Protocol& protocol_;
  std::vector<MaskSeeds> seeds_;
  std::array<double, 3> rates_{};
  mutable std::mutex mutex_;
  mutable std::map<int, Shared<SplitMasks>> masks_;
};

PerturbationSpec spec() {
  using Config = MissingProtocol::Config;
  const Limits share{.min = 0, .max = 1};
  return Schema<MissingProtocol>("missing.protocol", Modality::kCross,
                                 "Steps are lost by the masks of a published protocol, equal bit for bit where its "
                                 "authors' scripts are seeded; meta-na-* follows the rule with our stream.")
      .source(
          "Yuan et al., TFR-Net, ACM MM 2021; Sun et al., EMT-DLFR, TAFFC 2023; Zhang et al., LNLN, NeurIPS 2024; Yuan "
          "et al., NIAT, IEEE TMM 2024; Yuan et al., OpenVNA, ACL 2024 demo; Meta-NA (github.com/thuiar/Meta-NA)")
      .reads_all({Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures})
      .writes(kFeatureForms)
      .choice("preset", &Config::preset, protocol_names(), "Whose masks; docs/protocols.md has a section on each.")
      .number("rate", &Config::rate, "", share, "Missing rate as the authors give it.")
      .number("text_rate", &Config::text_rate, "", share, "Rate of the text as a share of `rate`.")
      .number("audio_rate", &Config::audio_rate, "", share, "Rate of the audio as a share of `rate`.")
      .number("video_rate", &Config::video_rate, "", share, "Rate of the video as a share of `rate`.")
      .text("seeds", &Config::seeds,
            "Mask seeds in the place of the published ones, one a replicate: [1, 11], or text/audio/vision: "
            "111/1111/11111. Replicates beyond them count up from the last.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of a lost token; [UNK] is 100 in BERT's vocabularies.")
      .dose(rate_dose())
      .whole_samples()
      .label_effect(LabelEffect::kUnknowable)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_protocol, shakedown::perturb::spec);
