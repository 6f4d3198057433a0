// All modalities lose the same instants: one mask, each step with probability `rate`, laid over text, sound
// and picture at once. NIAT's T-MFM (protect: ends); the same as missing.random with sharing: shared.
#include "missing/bernoulli.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class MissingTemporal final : public BernoulliLoss {
 public:
  struct Config : BernoulliOptions {
    Config() { sharing = "shared"; }
  };
  explicit MissingTemporal(const Config& config) : BernoulliLoss(config) {}
};

PerturbationSpec spec() {
  using Config = MissingTemporal::Config;
  Schema<MissingTemporal> schema("missing.temporal", Modality::kCross,
                                 "All modalities lose the same instants, each instant with the same probability.");
  schema.source("Yuan et al., NIAT, IEEE TMM 2024 (T-MFM)")
      .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Probability that an eligible instant is lost.");
  return declare_bernoulli(schema).dose(rate_dose()).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_temporal, shakedown::perturb::spec);
