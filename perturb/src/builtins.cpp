#include "shakedown/perturb/registry.h"

// Generated from the list in CMakeLists.txt.
void shakedown_register_builtins(shakedown::perturb::Registry& registry);

namespace shakedown::perturb {

void register_builtins(Registry& registry) {
  shakedown_register_builtins(registry);
}

}  // namespace shakedown::perturb
