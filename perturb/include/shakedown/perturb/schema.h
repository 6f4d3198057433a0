#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "shakedown/perturb/perturbation.h"

namespace shakedown::perturb {

/// Range of a number parameter; both ends are allowed. The identity of a dose is allowed beside it.
struct Limits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

namespace detail {
[[nodiscard]] std::string render(double value);
[[nodiscard]] std::string render(int value);
[[nodiscard]] std::string render(bool value);
[[nodiscard]] std::string render(const std::string& value);
// Each reads canonical text, as PerturbationSpec::complete() gives it.
void read(const std::string& text, double& value);
void read(const std::string& text, int& value);
void read(const std::string& text, bool& value);
void read(const std::string& text, std::string& value);
template <class T>
[[nodiscard]] constexpr const char* type_name() {
  if constexpr (std::is_same_v<T, double>) return "number";
  if constexpr (std::is_same_v<T, int>) return "integer";
  if constexpr (std::is_same_v<T, bool>) return "boolean";
  if constexpr (std::is_same_v<T, std::string>) return "text";
}
}  // namespace detail

/// Declares a perturbation: binds the fields of P::Config to parameter names. The field's initialiser is
/// the default, the field's type is the type, and the code of P reads a typed member. P is constructed
/// from a Config; a rule across parameters belongs into that constructor, which throws Error(kUsage).
///
///     return Schema<WordDrop>("text.word_drop", Modality::kText, "Removes words.")
///         .source("Karpukhin et al. 2019")
///         .reads({Form::kTranscript}).writes({Form::kTranscript})
///         .number("rate", &WordDrop::Config::rate, "", {.min = 0, .max = 1}, "Probability that a word is removed.")
///         .choice("protect", &WordDrop::Config::protect, {"polar", "none"}, "Words never removed.")
///         .dose({.parameter = "rate", .unit = "", .identity = 0, .ladder = {.05, .1, .2, .3, .5}, .fraction = true})
///         .label_effect([](const WordDrop::Config& config, const ModelReads&) { return ...; })
///         .build();
template <class P>
class Schema {
 public:
  using Config = typename P::Config;
  using Effects = std::function<LabelEffect(const Config&, const ModelReads&)>;

  Schema(std::string name, Modality modality, std::string doc) {
    spec_.name = std::move(name);
    spec_.modality = modality;
    spec_.doc = std::move(doc);
  }

  Schema& version(int value) { return set(spec_.version, value); }
  Schema& source(std::string value) { return set(spec_.source, std::move(value)); }
  /// At least one of these forms must be present; apply() is never called without.
  Schema& reads(Forms forms) { return set(spec_.reads, forms); }
  /// All of these forms must be present.
  Schema& reads_all(Forms forms) {
    spec_.reads_all = true;
    return reads(forms);
  }
  Schema& writes(Forms forms) { return set(spec_.writes, forms); }
  Schema& needs(Needs needs) {
    return this->needs([needs](const Config&) { return needs; });
  }
  Schema& needs(std::function<Needs(const Config&)> needs) { return set(needs_, std::move(needs)); }
  Schema& brings_clips() { return set(spec_.brings_clips, true); }
  Schema& whole_samples() { return set(spec_.whole_samples, true); }
  Schema& front_end(std::string path) { return set(spec_.front_end, std::move(path)); }

  /// A number (double or int field, of Config or a base of it) within `limits`.
  template <class T, class Owner>
  Schema& number(std::string name, T Owner::*field, std::string unit, Limits limits, std::string doc) {
    static_assert(std::is_same_v<T, double> || std::is_same_v<T, int>);
    return bind(std::move(name), field, std::move(unit), limits, {}, std::move(doc));
  }
  Schema& flag(std::string name, bool Config::*field, std::string doc) {
    return bind(std::move(name), field, "", {}, {}, std::move(doc));
  }
  /// Text that is one of `choices`.
  Schema& choice(std::string name, std::string Config::*field, std::vector<std::string> choices, std::string doc) {
    return bind(std::move(name), field, "", {}, std::move(choices), std::move(doc));
  }
  /// Text that the constructor of P checks.
  Schema& text(std::string name, std::string Config::*field, std::string doc) {
    return bind(std::move(name), field, "", {}, {}, std::move(doc));
  }

  /// Declared after the parameter that carries the dose.
  Schema& dose(DoseSpec dose) { return set(spec_.dose, typed(std::move(dose))); }
  /// The dose where the choice or flag `parameter` is `value`; declared after dose().
  Schema& dose_when(std::string parameter, std::string value, DoseSpec dose) {
    spec_.dose_options.push_back({std::move(parameter), std::move(value), typed(std::move(dose))});
    return *this;
  }

  Schema& label_effect(LabelEffect effect) {
    return label_effect([effect](const Config&, const ModelReads&) { return effect; });
  }
  Schema& label_effect(Effects effect) { return set(effect_, std::move(effect)); }
  /// For perturbations that write what a parameter says.
  Schema& modality_at(std::function<Modality(const Config&)> modality) { return set(modality_, std::move(modality)); }

  /// For perturbations that read and write a part of their forms, by parameter.
  Schema& forms_at(std::function<Forms(const Config&)> forms) { return set(forms_, std::move(forms)); }

  [[nodiscard]] PerturbationSpec build() {
    const auto config_of = [header = spec_, setters = setters_](const ParamMap& given) {
      Config config;
      for (const auto& [name, text] : header.complete(given)) setters.at(name)(text, config);
      return config;
    };
    spec_.create = [config_of](const ParamMap& given) -> std::unique_ptr<Perturbation> {
      return std::make_unique<P>(config_of(given));
    };
    spec_.label_effect = [config_of, effect = effect_](const ParamMap& given, const ModelReads& reads) {
      return effect(config_of(given), reads);
    };
    spec_.needs = [config_of, needs = needs_](const ParamMap& given) { return needs(config_of(given)); };
    if (modality_) {
      spec_.modality_at = [config_of, modality = modality_](const ParamMap& given) {
        return modality(config_of(given));
      };
    } else {
      spec_.modality_at = [modality = spec_.modality](const ParamMap&) { return modality; };
    }
    if (forms_) {
      spec_.forms_at = [config_of, forms = forms_](const ParamMap& given) { return forms(config_of(given)); };
    }
    return std::move(spec_);
  }

 private:
  using Setter = std::function<void(const std::string&, Config&)>;

  [[nodiscard]] DoseSpec typed(DoseSpec dose) const {
    const ParamSpec* param = spec_.find_param(dose.parameter);
    dose.integer = param != nullptr && param->type == detail::type_name<int>();
    return dose;
  }

  template <class T, class Owner>
  Schema& bind(std::string name, T Owner::*field, std::string unit, Limits limits, std::vector<std::string> choices,
               std::string doc) {
    setters_[name] = [field](const std::string& text, Config& config) { detail::read(text, config.*field); };
    spec_.params.push_back({std::move(name), detail::type_name<T>(), std::move(unit), std::move(doc),
                            detail::render(Config{}.*field), limits.min, limits.max, std::move(choices)});
    return *this;
  }
  template <class T, class U>
  Schema& set(T& member, U&& value) {
    member = std::forward<U>(value);
    return *this;
  }

  PerturbationSpec spec_;
  std::map<std::string, Setter> setters_;
  Effects effect_ = [](const Config&, const ModelReads&) { return LabelEffect::kInvariant; };
  std::function<Needs(const Config&)> needs_ = [](const Config&) { return Needs{}; };
  std::function<Modality(const Config&)> modality_;
  std::function<Forms(const Config&)> forms_;
};

}  // namespace shakedown::perturb
