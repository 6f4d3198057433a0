#include "shakedown/core/effect.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

template <class Enum, std::size_t N>
Enum by_name(const std::array<std::pair<Enum, std::string_view>, N>& names, std::string_view name, const char* what) {
  for (const auto& [value, text] : names)
    if (text == name) return value;
  throw Error(ErrorKind::kInternal, std::string("no ") + what + " is called '" + std::string(name) + "'");
}

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::pair<Enum, std::string_view>, N>& names, Enum value) {
  for (const auto& [known, text] : names)
    if (known == value) return text;
  return "unknown";
}

constexpr std::array<std::pair<State, std::string_view>, 5> kStates{{{State::kApplied, "applied"},
                                                                     {State::kUnchanged, "unchanged"},
                                                                     {State::kIneligible, "ineligible"},
                                                                     {State::kSkipped, "skipped"},
                                                                     {State::kFailed, "failed"}}};

// In order of strength: a composition takes the largest.
constexpr std::array<std::pair<LabelEffect, std::string_view>, 4> kEffects{{{LabelEffect::kInvariant, "invariant"},
                                                                            {LabelEffect::kDirectional, "directional"},
                                                                            {LabelEffect::kUnknowable, "unknowable"},
                                                                            {LabelEffect::kDiagnostic, "diagnostic"}}};

}  // namespace

std::string_view state_name(State state) {
  return name_of(kStates, state);
}
State state_from_name(std::string_view name) {
  return by_name(kStates, name, "state");
}
std::string_view label_effect_name(LabelEffect effect) {
  return name_of(kEffects, effect);
}
LabelEffect label_effect_from_name(std::string_view name) {
  return by_name(kEffects, name, "label effect");
}

void pool(std::map<std::string, double>& measures) {
  constexpr std::string_view kTaken = ".taken", kEligible = ".eligible";
  std::vector<std::string> pairs;
  for (const auto& [key, value] : measures) {
    if (!key.ends_with(kTaken)) continue;
    std::string name = key.substr(0, key.size() - kTaken.size());
    if (measures.contains(name + std::string(kEligible))) pairs.push_back(std::move(name));
  }
  for (const std::string& name : pairs) {
    const double taken = measures.extract(name + std::string(kTaken)).mapped();
    const double eligible = measures.extract(name + std::string(kEligible)).mapped();
    if (eligible > 0) measures[name] = taken / eligible;
  }
}

LabelEffect weakest(LabelEffect a, LabelEffect b) {
  const auto rank = [](LabelEffect effect) {
    return std::find_if(kEffects.begin(), kEffects.end(),
                        [effect](const auto& entry) { return entry.first == effect; });
  };
  return rank(a) < rank(b) ? b : a;
}

}  // namespace shakedown
