#include <iostream>

#include "command.h"
#include "run_options.h"
#include "shakedown/core/text.h"
#include "shakedown/runners/run.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

int check(const Arguments& arguments, perturb::Registry& registry) {
  const auto report = runners::check(run_options(arguments), registry);
  std::cout << report.samples << " samples, " << report.cells << " cells, " << report.forward_calls
            << " forward calls in batches; about " << duration(report.estimated_s) << " and "
            << (report.estimated_bytes + (1U << 20U) - 1) / (1U << 20U) << " MiB\n";
  for (const auto& note : report.data_notes) std::cout << "data: " << note << "\n";
  for (const auto& model : report.models) {
    std::cout << "\nmodel " << model.name << ": " << model.cells.size() << " cells\n";
    for (const auto& [name, value] : model.header.probes)
      std::cout << "  probe " << name << ": " << format_number(value) << "\n";
    for (const auto& warning : model.warnings)
      std::cout << "  warning " << warning.id << ": " << warning.message << "\n";
    for (const auto& cell : model.cells) {
      std::cout << "  " << cell.id << "  (" << label_effect_name(cell.label_effect)
                << (cell.valid ? "" : ", beyond valid_to") << ")\n";
    }
    if (!model.not_tested.empty()) std::cout << "  not tested:\n";
    for (const auto& missing : model.not_tested) {
      std::cout << "    " << missing.what << ": " << missing.reason
                << (missing.enable.empty() ? "" : "; " + missing.enable) << "\n";
    }
  }
  return kDone;
}

}  // namespace

Command check_command() {
  return {"check", "Says everything that run would refuse, what will not be tested, time and size, without running.",
          "", run_options_declared(), check};
}

}  // namespace shakedown::cli
