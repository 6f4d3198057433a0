// Loads a plugin beside the built-ins, as `shakedown --plugin` does, and holds one of its perturbations to
// every property; an error that it throws must arrive by its type.
#include <iostream>

#include "shakedown/core/error.h"
#include "shakedown/perturb/properties.h"

int main(int argc, char** argv) {
  using namespace shakedown;
  if (argc != 3) return 2;
  try {
    perturb::Registry registry;
    perturb::register_builtins(registry);
    perturb::load_plugin(registry, argv[1]);
    const auto& spec = registry.find(argv[2]);
    int broken = 0;
    for (const auto& result : perturb::check_properties(spec, registry)) {
      std::cout << (result.passed ? "ok      " : "BROKEN  ") << result.property << " " << result.detail << "\n";
      broken += result.passed ? 0 : 1;
    }
    try {
      (void)registry.create(spec.name, {{spec.dose.parameter, "1e9"}});
      ++broken;
    } catch (const Error& error) {
      std::cout << "refused: " << error.what() << "\n";
      broken += error.kind() == ErrorKind::kUsage ? 0 : 1;
    }
    return broken == 0 ? 0 : 1;
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
