// A contiguous stretch is lost: a camera covered for a while, a gap in the line. Of the L eligible steps of a
// modality exactly round(rate L) go, halves to even, in one run that starts at floor(u (L - B + 1)), or in
// several. NIAT's ST-MFM is sharing: shared, protect: ends; Robust_Framework's structural drop has a block of
// its own in each modality. Blocks of replicates are independent: those of NIAT's generator pile up (see
// missing.protocol, preset: niat-block-compat).
#include "missing/drawn.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class MissingBlock final : public DrawnLoss {
 public:
  struct Config : DrawOptions {
    int blocks = 1;
  };
  explicit MissingBlock(const Config& config) : DrawnLoss(config), blocks_(static_cast<std::size_t>(config.blocks)) {}

 private:
  [[nodiscard]] std::vector<std::size_t> pick(const Stream& stream, const std::vector<bool>& eligible,
                                              double rate) const override {
    return take_blocks(stream, eligible, share_of(count_eligible(eligible), rate), blocks_);
  }
  std::size_t blocks_;
};

PerturbationSpec spec() {
  using Config = MissingBlock::Config;
  Schema<MissingBlock> schema("missing.block", Modality::kCross,
                              "A contiguous stretch of the steps of features and tokens is lost.");
  schema.source("Yuan et al., NIAT, IEEE TMM 2024 (ST-MFM); Yuan et al., OpenVNA, ACL 2024 demo (structural drop)")
      .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Share of the eligible steps that is lost.")
      .number("blocks", &Config::blocks, "", {.min = 1, .max = 1000}, "Number of runs that the lost steps form.")
      .choice("sharing", &Config::sharing, {"independent", "shared"},
              "Whether each modality loses a stretch of its own or all lose the same.");
  return declare_draws(schema).dose(rate_dose()).build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_block, shakedown::perturb::spec);
