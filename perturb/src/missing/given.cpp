// Masks made elsewhere, by whatever rule, joined by sample id: what a paper's own script drew, or one mask for
// several programs. The file says which steps of each modality go; what stands in their place, and what is
// protected, are the options of the other missing.*.
#include <fmt/format.h>

#include "missing/mask_file.h"
#include "missing/steps.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

class MissingGiven final : public StepLoss {
 public:
  struct Config : StepOptions {
    std::string file;
    Config() { protect = "none"; }
  };

  explicit MissingGiven(const Config& config) : StepLoss(config) {
    if (!config.file.empty()) masks_ = read_masks(config.file);
  }

 private:
  std::string draw(const Sample& sample, const Corpus&, const Rng&, std::vector<Track>& tracks) const override {
    if (masks_.empty()) return "no masks are given (file:)";
    const auto found = masks_.find(sample.id);
    if (found == masks_.end()) return "the mask file has no such id";
    for (Track& track : tracks) {
      const auto given = found->second.find(modality_of(track.form));
      if (given == found->second.end()) continue;
      for (const std::size_t position : given->second) {
        if (position >= track.length) {
          return fmt::format("the mask names step {} of {}, which has {}", position, form_name(track.form),
                             track.length);
        }
        if (track.eligible[position]) track.lost.push_back(position);
      }
    }
    return "";
  }

  std::map<std::string, GivenMask> masks_;
};

PerturbationSpec spec() {
  using Config = MissingGiven::Config;
  Schema<MissingGiven> schema("missing.given", Modality::kCross,
                              "Steps are lost by masks from a file, joined by sample id.");
  schema.source("the user's own masks (shakedown.masks/1; docs/protocols.md)")
      .text("file", &Config::file, "The masks: YAML or JSON of schema shakedown.masks/1.");
  return declare_steps(schema)
      .whole_samples()
      .needs([](const Config& config) {  // asked before any work
        if (config.file.empty()) throw Error(ErrorKind::kUsage, "missing.given: `file:` is missing: the masks to take");
        return Needs{};
      })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_given, shakedown::perturb::spec);
