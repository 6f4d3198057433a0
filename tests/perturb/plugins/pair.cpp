// Two perturbations, the second under a name that a built-in has.
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace {

using namespace shakedown;

class Idle final : public perturb::Perturbation {
 public:
  struct Config {};
  explicit Idle(Config) {}
  Effect apply(Sample&, const Corpus&, const Rng&) const override { return Effect::unchanged("idle"); }
  Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }
};

perturb::PerturbationSpec named(const char* name) {
  return perturb::Schema<Idle>(name, Modality::kAudio, "For tests.")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .build();
}

perturb::PerturbationSpec fresh() {
  return named("audio.of_a_plugin");
}
perturb::PerturbationSpec taken() {
  return named("missing.random");
}

}  // namespace

SHAKEDOWN_PERTURBATION(fresh, fresh);
SHAKEDOWN_PERTURBATION(taken, taken);
