#include <algorithm>
#include <iostream>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/models/model.h"

namespace shakedown::cli {
namespace {

void inspect_model(const std::string& file) {
  const auto inspection = models::inspect(file);
  std::cout << "# forward(";  // a comment, so that the output is a manifest as it stands
  for (std::size_t i = 0; i < inspection.arguments.size(); ++i)
    std::cout << (i > 0 ? ", " : "") << inspection.arguments[i].first << ": " << inspection.arguments[i].second;
  std::cout << ") -> " << inspection.returns << "\n"
            << (inspection.check ? "# " + models::describe(*inspection.check) + "\n" : "") << "\n"
            << (inspection.embedded
                    ? "# the manifest inside the file\n"
                    : "# a manifest to start from: save it as model.yaml beside the file and correct it\n")
            << inspection.manifest;
  if (!inspection.check) return;
  for (const auto& warning : inspection.check->warnings)
    std::cout << "# warning " << warning.id << ": " << warning.message << "\n";
}

void inspect_data(const Arguments& arguments) {
  const auto dataset = datasets::open(arguments.text("data"), {arguments.text("split"), arguments.bytes("memory")});
  std::size_t width = 0;
  const auto facts = dataset->facts();
  for (const auto& [name, text] : facts) width = std::max(width, name.size());
  for (const auto& [name, text] : facts) std::cout << name << std::string(width + 2 - name.size(), ' ') << text << "\n";
  for (const auto& note : dataset->notes()) std::cout << "note: " << note << "\n";
  for (const auto& warning : dataset->warnings())
    std::cout << "warning " << warning.id << ": " << warning.message << "\n";
}

int inspect(const Arguments& arguments, perturb::Registry&) {
  if (arguments.has("data") == (arguments.free().size() == 1) || arguments.free().size() > 1)
    throw Error(ErrorKind::kUsage, "inspect: a MODEL.pt or --data D is accepted");
  if (arguments.has("data")) {
    inspect_data(arguments);
  } else {
    inspect_model(arguments.free().front());
  }
  return kDone;
}

}  // namespace

Command inspect_command() {
  return {"inspect",
          "Shows a model's forward() with a manifest to start from, or what a data set holds.",
          "[MODEL.pt]",
          {{"data", "D", "data.yaml, feature pickle or media folder", ""},
           {"split", "NAME", "split to look at", "test"},
           {"memory", "SIZE", "bound on what is decoded", "4G"}},
          inspect};
}

}  // namespace shakedown::cli
