// All modalities lose the same instants: one mask, each step with probability `rate`, laid over text, sound
// and picture at once. NIAT's T-MFM (protect: ends); the same as missing.random with sharing: shared.
#include "missing/steps.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class MissingTemporal final : public Perturbation {
 public:
  struct Config : StepOptions {
    double rate = 0.3;
    Config() { sharing = "shared"; }
  };

  explicit MissingTemporal(const Config& config) : rate_(config.rate), loss_(config) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    return loss_.apply(sample, corpus, rng, [this](const Stream& stream, const std::vector<bool>& eligible) {
      return take_each(stream, eligible, rate_);
    });
  }

  Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    return loss_.measure(before, after, effect);
  }

 private:
  double rate_;
  StepLoss loss_;
};

PerturbationSpec spec() {
  using Config = MissingTemporal::Config;
  Schema<MissingTemporal> schema("missing.temporal", Modality::kCross,
                                 "All modalities lose the same instants, each instant with the same probability.");
  schema.source("Yuan et al., NIAT, IEEE TMM 2024 (T-MFM)")
      .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Probability that an eligible instant is lost.");
  return declare_steps(schema).dose(rate_dose()).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_temporal, shakedown::perturb::spec);
