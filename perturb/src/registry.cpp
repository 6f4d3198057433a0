#include "shakedown/perturb/registry.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb {
namespace {

// <family>.<what> or one word: lower-case letters, digits and underscores, each part led by a letter.
bool is_name(std::string_view name) {
  const std::vector<std::string> parts = split(name, '.');
  const auto is_word = [](const std::string& part) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !part.empty() && letter(part.front()) && std::all_of(part.begin(), part.end(), [&](char c) {
      return letter(c) || c == '_' || (c >= '0' && c <= '9');
    });
  };
  return parts.size() <= 2 && std::all_of(parts.begin(), parts.end(), is_word);
}

void check_dose(const PerturbationSpec& spec, const DoseSpec& dose, const auto& fail) {
  if (dose.parameter.empty()) {
    if (!dose.ladder.empty()) fail("has a ladder but names no parameter for its dose");
    return;
  }
  const ParamSpec* param = spec.find_param(dose.parameter);
  if (param == nullptr || (param->type != "number" && param->type != "integer")) {
    fail(fmt::format("its dose '{}' is no number parameter", dose.parameter));
  }
  std::vector<double> steps = dose.ladder;
  steps.insert(steps.begin(), dose.identity);
  const auto out_of_order = [&](double a, double b) { return dose.lower_is_harsher ? !(b < a) : !(b > a); };
  if (std::adjacent_find(steps.begin(), steps.end(), out_of_order) != steps.end()) {
    fail("its ladder does not move away from the identity step by step");
  }
  const bool finite = std::isfinite(dose.identity);
  if (dose.scale == DoseSpec::Scale::kLog && !(finite && *std::min_element(steps.begin(), steps.end()) > 0)) {
    fail("a log scale needs doses above 0 and a finite identity");
  }
  if (finite == (dose.scale == DoseSpec::Scale::kAmplitude)) {
    fail("the identity is infinite on the amplitude scale and on no other");
  }
  for (const double step : dose.ladder) {
    if (!(step >= param->min && step <= param->max))
      fail(fmt::format("its ladder leaves the range of {}", param->name));
  }
}

void check(const PerturbationSpec& spec) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::kInternal, fmt::format("perturbation '{}' {}", spec.name, what));
  };
  if (!is_name(spec.name)) fail("is named neither <family>.<what> nor by one word, in lower case");
  if (spec.doc.empty()) fail("has no doc");
  if (spec.reads.empty() || spec.writes.empty()) fail("does not say which forms it reads and writes");
  if (!spec.create || !spec.label_effect || !spec.modality_at) fail("lacks create, label_effect or modality_at");
  check_dose(spec, spec.dose, fail);
  for (const auto& option : spec.dose_options) {
    const ParamSpec* param = spec.find_param(option.parameter);
    if (param == nullptr || param->default_value == option.value) {
      fail(fmt::format("has a dose for {} '{}', which is its default or no parameter", option.parameter, option.value));
    }
    check_dose(spec, option.dose, fail);
  }
  try {
    const ParamMap defaults = spec.complete({});
    (void)spec.create(defaults);
  } catch (const Error& error) {
    fail(fmt::format("refuses its own defaults: {}", error.what()));
  }
}

}  // namespace

void Registry::add(PerturbationSpec spec) {
  if (has(spec.name))
    throw Error(ErrorKind::kInternal, fmt::format("perturbation '{}' is registered twice", spec.name));
  check(spec);
  std::string name = spec.name;
  specs_.emplace(std::move(name), std::move(spec));
}

const PerturbationSpec& Registry::find(std::string_view name) const {
  const auto found = specs_.find(name);
  if (found != specs_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, spec] : specs_) names.push_back(known);
  throw Error(ErrorKind::kUsage, fmt::format("unknown perturbation '{}'{}; `shakedown list perturbations` shows all",
                                             name, suggestion(name, names)));
}

bool Registry::has(std::string_view name) const {
  return specs_.find(name) != specs_.end();
}

std::vector<const PerturbationSpec*> Registry::all() const {
  std::vector<const PerturbationSpec*> all;
  for (const auto& [name, spec] : specs_) all.push_back(&spec);
  return all;
}

std::unique_ptr<Perturbation> Registry::create(std::string_view name, const ParamMap& given) const {
  const PerturbationSpec& spec = find(name);
  return in_context(spec.name, [&] { return spec.create(spec.complete(given)); });
}

}  // namespace shakedown::perturb
