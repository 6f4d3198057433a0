#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/perturb/perturbation.h"

namespace shakedown::perturb {

/// Raised with every incompatible change of the headers that a plugin sees.
inline constexpr unsigned kPluginAbi = 6;

/// The perturbations known to this process: an ordinary object, nothing is global.
class Registry {
 public:
  /// @throws Error(kInternal) when the name is taken or is neither <family>.<what> nor one word, doc, reads or
  /// writes are missing, a default is out of its own range, the ladder is not monotone, or the defaults do
  /// not construct
  void add(PerturbationSpec spec);
  /// @throws Error(kUsage) with the nearest name
  [[nodiscard]] const PerturbationSpec& find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::vector<const PerturbationSpec*> all() const;  ///< by name
  /// @throws Error(kUsage) with the perturbation's name in front
  [[nodiscard]] std::unique_ptr<Perturbation> create(std::string_view name, const ParamMap& given = {}) const;

 private:
  std::map<std::string, PerturbationSpec, std::less<>> specs_;
};

void register_builtins(Registry& registry);

/// Loads a plugin and lets it register; what is registered already stays where it is. The plugin is never
/// unloaded, since vtables and functions live there.
/// @throws Error(kUsage) when it cannot be loaded, is no plugin or has another ABI number, or registers a
/// perturbation that add() refuses, such as one whose name is taken
void load_plugin(Registry& registry, const std::filesystem::path& file);

}  // namespace shakedown::perturb

/// Ends a perturbation file: makes `spec_function` reachable by the generated registration code. `name` is
/// the entry of the CMake list with / turned into _ (video/low_light: video_low_light).
#define SHAKEDOWN_PERTURBATION(name, spec_function)                        \
  void shakedown_register_##name(shakedown::perturb::Registry& registry);  \
  void shakedown_register_##name(shakedown::perturb::Registry& registry) { \
    registry.add(spec_function());                                         \
  }                                                                        \
  static_assert(true, "the macro takes a semicolon")
