// docs/catalogue.md is written from the registry; this test fails when it is stale.
// SHAKEDOWN_UPDATE_GOLDEN=1 writes it anew.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "shakedown/core/text.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

constexpr const char* kHead = R"(# Perturbations

Written from the registry by `tests/perturb/catalogue_test.cpp` (run it with `SHAKEDOWN_UPDATE_GOLDEN=1` after a change);
`shakedown describe NAME` prints the same. Severities are continuous from 0 (the input bit for bit) to 5; below 1 they
interpolate from the identity on the dose's own scale.

How a cell is scored depends on its label effect. *Invariant*: a person given the corrupted clip would still give the
label; it counts in stress means. *Unknowable*: evidence was removed; it counts as information loss. *Directional*: the
prediction should move a stated way. *Diagnostic*: asks what the model uses; it enters no mean and no gate rule.
`at:` confines any of them to a part of the clip.
)";

std::string dose_of(const DoseSpec& dose) {
  if (dose.parameter.empty()) return "none";
  std::vector<std::string> ladder;
  for (const double step : dose.ladder) ladder.push_back(format_number(step));
  std::string text = "`" + dose.parameter + "`" + (dose.unit.empty() ? "" : ", " + dose.unit) + ": " +
                     join(ladder, ", ") + "; identity " + format_number(dose.identity);
  if (dose.valid_to) text += "; valid to " + format_number(*dose.valid_to);
  if (dose.fraction) text += "; a share of the eligible units of all samples";
  return text;
}

std::string range_of(const ParamSpec& parameter) {
  if (!parameter.choices.empty()) return join(parameter.choices, ", ");
  if (parameter.type != "number" && parameter.type != "integer") return parameter.type;
  return format_number(parameter.min) + " to " + format_number(parameter.max) +
         (parameter.unit.empty() ? "" : " " + parameter.unit);
}

std::string catalogue() {
  Registry registry;
  register_builtins(registry);
  std::ostringstream out;
  out << kHead;
  for (const auto* spec : registry.all()) {
    out << "\n## " << spec->name << "\n\nVersion " << spec->version << ". " << spec->doc << "\n\n";
    out << "- Dose: " << dose_of(spec->dose) << "\n";
    for (const auto& option : spec->dose_options)
      out << "- Dose at `" << option.parameter << ": " << option.value << "`: " << dose_of(option.dose) << "\n";
    out << "- Reads " << (spec->reads_all ? "all of " : "any of ") << spec->reads.describe() << "; writes "
        << spec->writes.describe() << "\n";
    out << "- Label effect at its defaults: "
        << label_effect_name(spec->label_effect(spec->complete({}), {spec->reads})) << "\n";
    if (!spec->source.empty()) out << "- Source: " << spec->source << "\n";
    out << "\n| parameter | default | accepted | |\n| --- | --- | --- | --- |\n";
    for (const auto& parameter : spec->params)
      out << "| " << parameter.name << " | " << parameter.default_value << " | " << range_of(parameter) << " | "
          << parameter.doc << " |\n";
  }
  return out.str();
}

TEST(CatalogueTest, TheDocumentIsThatOfTheRegistry) {
  const std::string file = std::string(SHAKEDOWN_TEST_DATA) + "/../../docs/catalogue.md";
  const auto fresh = catalogue();
  if (std::getenv("SHAKEDOWN_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << fresh;
  std::ifstream stream(file);
  const std::string stored{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(stored, fresh) << "run perturb_tests with SHAKEDOWN_UPDATE_GOLDEN=1 and look at the difference";
}

}  // namespace
}  // namespace shakedown::perturb
