// What a perturbation says about itself, and how it refuses what it cannot do.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "properties/subject.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb {
namespace {

std::string documented(const Subject& subject) {
  const PerturbationSpec& spec = subject.spec;
  if (spec.source.empty()) return "it has no source";
  for (const ParamSpec& param : spec.params) {
    if (param.doc.empty()) return fmt::format("{} has no doc", param.name);
    const bool number = param.type == "number" || param.type == "integer";
    if (number && !(std::isfinite(param.min) && std::isfinite(param.max) && param.min < param.max)) {
      return fmt::format("{} has no finite range", param.name);
    }
  }
  for (const ParamMap& variant : subject.dosed_variants()) {
    const DoseSpec& dose = spec.dose_at(variant);
    if (dose.parameter.empty()) continue;
    if (dose.ladder.size() != 5) return fmt::format("its ladder has {} steps, not 5", dose.ladder.size());
    if (dose.unit.empty() && !dose.fraction) return "its dose has no unit";
  }
  return "";
}

// "" when `given` is refused by a usage error that names `what`.
std::string refusal(const PerturbationSpec& spec, const ParamMap& given, const std::string& what) {
  try {
    (void)spec.create(given);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) return fmt::format("another kind of error for {}: {}", what, error.what());
    if (std::string(error.what()).find(what) == std::string::npos) {
      return fmt::format("the refusal does not name {}: {}", what, error.what());
    }
    return "";
  }
  return fmt::format("{}='{}' is accepted", given.begin()->first, given.begin()->second);
}

std::string refuses(const Subject& subject) {
  const PerturbationSpec& spec = subject.spec;
  std::vector<std::pair<std::string, std::string>> bad = {{"no_such_parameter", "1"}};
  for (const ParamSpec& param : spec.params) {
    if (param.type == "number" || param.type == "integer") {
      for (const double value : {param.min - 1, param.max + 1}) {
        const auto variants = subject.dosed_variants();
        const bool identity = std::any_of(variants.begin(), variants.end(), [&](const ParamMap& variant) {
          const DoseSpec& dose = spec.dose_at(variant);
          return param.name == dose.parameter && value == dose.identity;
        });
        if (!identity) bad.emplace_back(param.name, format_number(value));
      }
      for (const char* text : {"nan", "", "12x", "1,5"}) bad.emplace_back(param.name, text);
    }
    if (param.type == "integer") bad.emplace_back(param.name, format_number(param.min + 0.5));
    if (param.type == "boolean" || !param.choices.empty()) bad.emplace_back(param.name, "no such choice");
  }
  for (const auto& [name, value] : bad) {
    if (std::string why = refusal(spec, {{name, value}}, name); !why.empty()) return why;
  }
  return "";
}

std::string round_trips(const Subject& subject) {
  for (const ParamMap& variant : subject.variants()) {
    if (subject.params(variant) != variant) return "complete parameters change when they are completed again";
  }
  return "";
}

std::string classed(const Subject& subject) {
  for (const ParamMap& variant : subject.variants()) {
    (void)subject.spec.label_effect(variant, {subject.spec.reads});
    (void)subject.spec.modality_at(variant);
  }
  return "";
}

}  // namespace

std::vector<Property> declaration_properties() {
  return {{"is documented, with a source, ranges and units", documented},
          {"refuses bad values by the parameter's name", refuses},
          {"completes parameters once and for all", round_trips},
          {"has a label effect and a modality at every option", classed}};
}

}  // namespace shakedown::perturb
