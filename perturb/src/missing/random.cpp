// Steps are lost one by one: each eligible position of each modality by itself with probability `rate`, or
// exactly that share of them. The common core of the missing-data literature: TFR-Net's and LNLN's
// per-modality Bernoulli masks on unaligned data, NIAT's R-MFM (protect: ends). A lost token becomes [UNK],
// its attention mask stays; a lost feature step becomes zero, its length and padding stay.
#include "missing/bernoulli.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class MissingRandom final : public BernoulliLoss {
 public:
  using Config = BernoulliOptions;
  explicit MissingRandom(const Config& config) : BernoulliLoss(config) {}
};

PerturbationSpec spec() {
  using Config = MissingRandom::Config;
  Schema<MissingRandom> schema("missing.random", Modality::kCross,
                               "Steps of features and tokens are lost one by one, each with the same probability.");
  schema
      .source(
          "Yuan et al., TFR-Net, ACM MM 2021; Yuan et al., NIAT, IEEE TMM 2024 (R-MFM); Zhang et al., LNLN, NeurIPS "
          "2024")
      .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Probability that an eligible step is lost.")
      .choice("sharing", &Config::sharing, {"independent", "shared"},
              "Whether each modality loses steps of its own or all lose the same.");
  return declare_bernoulli(schema).dose(rate_dose()).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_random, shakedown::perturb::spec);
