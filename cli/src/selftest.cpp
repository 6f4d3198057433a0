#include <iostream>

#include "command.h"
#include "shakedown/perturb/properties.h"

namespace shakedown::cli {

Command selftest_command() {
  return {"selftest",
          "Checks the invariants of every perturbation on this machine.",
          "",
          {{"verbose", "", "show what passed too"}},
          [](const Arguments& arguments, perturb::Registry& registry) {
            std::size_t passed = 0, failed = 0;
            for (const auto* spec : registry.all()) {
              std::size_t broken = 0, checked = 0;
              for (const auto& result : perturb::check_properties(*spec, registry)) {
                ++checked;
                if (!result.passed) ++broken;
                if (!result.passed || arguments.has("verbose")) {
                  std::cout << (result.passed ? "  ok      " : "  BROKEN  ") << result.perturbation << ": "
                            << result.property << (result.detail.empty() ? "" : ": " + result.detail) << "\n";
                }
              }
              std::cout << (broken == 0 ? "ok      " : "BROKEN  ") << spec->name << ": " << checked - broken << "/"
                        << checked << " properties\n";
              (broken == 0 ? passed : failed) += 1;
            }
            std::cout << "perturbations verified: " << passed << "/" << passed + failed << "\n";
            return failed == 0 ? kDone : kBug;
          }};
}

}  // namespace shakedown::cli
