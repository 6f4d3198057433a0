#include <algorithm>
#include <climits>
#include <cmath>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/perturbation.h"

namespace shakedown::perturb {
namespace {

std::string range_of(const ParamSpec& param) {
  return fmt::format("[{}, {}]{}{}", format_number(param.min), format_number(param.max), param.unit.empty() ? "" : " ",
                     param.unit);
}

// The value that a dose carried by the parameter may have beside its range.
bool is_identity(const PerturbationSpec& spec, const ParamSpec& param, double value) {
  const auto carries = [&](const DoseSpec& dose) { return param.name == dose.parameter && value == dose.identity; };
  return carries(spec.dose) || std::any_of(spec.dose_options.begin(), spec.dose_options.end(),
                                           [&](const auto& option) { return carries(option.dose); });
}

std::string canonical_number(const PerturbationSpec& spec, const ParamSpec& param, const std::string& text) {
  const auto value = parse_number(trim(text));
  if (!value) throw Error(ErrorKind::kUsage, fmt::format("{}: '{}' is no {}", param.name, text, param.type));
  // Negated, so that NaN is refused.
  if (!is_identity(spec, param, *value) && !(*value >= param.min && *value <= param.max)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: {} is outside {}", param.name, format_number(*value), range_of(param)));
  }
  if (param.type == "integer" && !(*value >= INT_MIN && *value <= INT_MAX && *value == std::nearbyint(*value))) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: {} is no integer in {}", param.name, format_number(*value), range_of(param)));
  }
  return format_number(*value == 0 ? 0.0 : *value);  // -0 is 0
}

std::string canonical_text(const ParamSpec& param, const std::string& text) {
  const bool boolean = param.type == "boolean";
  const std::vector<std::string>& choices = boolean ? std::vector<std::string>{"true", "false"} : param.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    throw Error(ErrorKind::kUsage, fmt::format("{}: '{}' is not one of {}{}", param.name, text, join(choices, ", "),
                                               suggestion(text, choices)));
  }
  return text;
}

// A dose on the axis on which severities are interpolated.
double to_scale(const DoseSpec& dose, double value) {
  switch (dose.scale) {
    case DoseSpec::Scale::kLinear: return value;
    case DoseSpec::Scale::kLog: return std::log(value);
    case DoseSpec::Scale::kAmplitude: return std::pow(10.0, (dose.identity > 0 ? -value : value) / 20.0);
  }
  return value;
}

double from_scale(const DoseSpec& dose, double scaled) {
  switch (dose.scale) {
    case DoseSpec::Scale::kLinear: return scaled;
    case DoseSpec::Scale::kLog: return std::exp(scaled);
    case DoseSpec::Scale::kAmplitude: return (dose.identity > 0 ? -20.0 : 20.0) * std::log10(scaled);
  }
  return scaled;
}

}  // namespace

double DoseSpec::at_severity(double severity) const {
  if (ladder.empty()) throw Error(ErrorKind::kUsage, "severity: there is no ladder; give the parameters themselves");
  const auto top = static_cast<double>(ladder.size());
  if (!(severity >= 0 && severity <= top)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("severity: {} is outside [0, {}]", format_number(severity), format_number(top)));
  }
  const auto step = static_cast<std::size_t>(severity);
  const auto at_step = [this](std::size_t k) { return k == 0 ? identity : ladder[k - 1]; };
  double value = at_step(step);  // a whole severity is the ladder's own number, free of rounding
  const double share = severity - static_cast<double>(step);
  if (share > 0) {
    value = from_scale(*this, std::lerp(to_scale(*this, value), to_scale(*this, at_step(step + 1)), share));
  }
  return integer ? std::nearbyint(value) : value;
}

bool DoseSpec::is_valid(double dose) const {
  if (!valid_to) return true;
  if (std::isfinite(identity)) return std::abs(dose - identity) <= std::abs(*valid_to - identity);
  return lower_is_harsher ? dose >= *valid_to : dose <= *valid_to;
}

const DoseSpec& PerturbationSpec::dose_at(const ParamMap& given) const {
  for (const DoseOption& option : dose_options) {
    const auto found = given.find(option.parameter);
    if (found != given.end() && found->second == option.value) return option.dose;
  }
  return dose;
}

const ParamSpec* PerturbationSpec::find_param(const std::string& param) const {
  const auto found = std::find_if(params.begin(), params.end(), [&](const ParamSpec& p) { return p.name == param; });
  return found == params.end() ? nullptr : &*found;
}

ParamMap PerturbationSpec::complete(const ParamMap& given) const {
  std::vector<std::string> names;
  for (const ParamSpec& param : params) names.push_back(param.name);
  for (const auto& [key, value] : given) {
    if (find_param(key) == nullptr) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("unknown parameter '{}'{}; {}", key, suggestion(key, names),
                              names.empty() ? "there are none" : "accepted are " + join(names, ", ")));
    }
  }
  ParamMap complete;
  for (const ParamSpec& param : params) {
    const auto found = given.find(param.name);
    const std::string& text = found == given.end() ? param.default_value : found->second;
    const bool number = param.type == "number" || param.type == "integer";
    complete[param.name] = number ? canonical_number(*this, param, text) : canonical_text(param, text);
  }
  return complete;
}

}  // namespace shakedown::perturb
