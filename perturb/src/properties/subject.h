#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "shakedown/core/hash.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {

/// A perturbation under examination and what it is examined on.
struct Subject {
  const PerturbationSpec& spec;
  const Corpus& corpus;
  std::vector<Sample> samples;  ///< of the corpus, in order
  int replicates;               ///< in which a random dose is drawn

  /// Complete parameters: the defaults, with `given` in their place.
  [[nodiscard]] ParamMap params(const ParamMap& given = {}) const { return spec.complete(given); }
  /// The parameters that `variant` stands for, at another dose.
  [[nodiscard]] ParamMap at_dose(double dose, const ParamMap& variant = {}) const;
  [[nodiscard]] ParamMap at_severity(double severity, const ParamMap& variant = {}) const {
    return at_dose(spec.dose_at(variant).at_severity(severity), variant);
  }
  /// The defaults, and the choices that have a dose of their own.
  [[nodiscard]] std::vector<ParamMap> dosed_variants() const;
  /// The defaults, and each other value of each choice and flag by itself; those that do not construct
  /// without further parameters are left out.
  [[nodiscard]] std::vector<ParamMap> variants() const;
  [[nodiscard]] Part part(const ParamMap& complete, At at = {}) const;
  [[nodiscard]] Applied apply(const Sample& sample, const Part& part, std::uint64_t seed = 1, int replicate = 0) const;
};

/// A claim about every perturbation. Returns "" where it holds (or says nothing), else what is wrong.
struct Property {
  std::string name;
  std::function<std::string(const Subject&)> check;
};

[[nodiscard]] std::vector<Property> declaration_properties();
[[nodiscard]] std::vector<Property> dose_properties();
[[nodiscard]] std::vector<Property> draw_properties();
[[nodiscard]] std::vector<Property> safety_properties();
[[nodiscard]] std::vector<Property> window_properties();

/// Hash of everything in a sample that a model or a later perturbation could see.
[[nodiscard]] Digest content_of(const Sample& sample);

/// How far `after` is from `before`: share of words and tokens edited, relative deviation of signals, summed
/// over the forms that both have.
[[nodiscard]] double damage(const Sample& before, const Sample& after);

/// "name=value name=value" of what is off the defaults, for messages.
[[nodiscard]] std::string describe(const PerturbationSpec& spec, const ParamMap& params);

}  // namespace shakedown::perturb
