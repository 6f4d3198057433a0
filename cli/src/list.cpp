#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/metrics/metric.h"
#include "shakedown/metrics/warnings.h"
#include "shakedown/perturb/examples.h"
#include "shakedown/suites/suite.h"

namespace shakedown::cli {
namespace {

struct Row {
  std::string name, doc;
};

std::vector<Row> rows_of(const std::string& what, const perturb::Registry& registry) {
  std::vector<Row> rows;
  if (what == "perturbations") {
    for (const auto* spec : registry.all()) {
      std::vector<std::string> ladder;
      for (const double step : spec->dose.ladder) ladder.push_back(format_number(step));
      const auto dose = spec->dose.parameter.empty() ? std::string("no dose")
                                                     : spec->dose.parameter + " " + join(ladder, " ") +
                                                           (spec->dose.unit.empty() ? "" : " " + spec->dose.unit);
      rows.push_back({spec->name, dose + ". " + spec->doc});
    }
  } else if (what == "suites") {
    for (const auto& suite : suites::shipped()) rows.push_back({suite.name + "@" + suite.version, suite.doc});
  } else if (what == "metrics") {
    for (const auto& metric : metrics::all_metrics()) rows.push_back({metric.name, metric.definition});
  } else if (what == "formats") {
    for (const auto& format : datasets::formats()) rows.push_back({format.name, format.doc});
  } else if (what == "warnings") {
    for (const auto& warning : metrics::all_warnings()) rows.push_back({warning.id, warning.doc});
  } else {
    throw Error(ErrorKind::kUsage,
                "list: '" + what + "': perturbations, suites, metrics, formats or warnings is accepted");
  }
  return rows;
}

int list(const Arguments& arguments, perturb::Registry& registry) {
  if (arguments.free().size() != 1)
    throw Error(ErrorKind::kUsage, "list: one of perturbations, suites, metrics, formats, warnings is accepted");
  const auto rows = rows_of(arguments.free().front(), registry);
  if (arguments.has("json")) {
    auto json = nlohmann::ordered_json::array();
    for (const auto& row : rows) json.push_back({{"name", row.name}, {"doc", row.doc}});
    std::cout << json.dump(2) << "\n";
    return kDone;
  }
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.name.size());
  for (const auto& row : rows)
    std::cout << row.name << std::string(width + 2 - row.name.size(), ' ') << row.doc << "\n";
  return kDone;
}

std::string dose_text(const perturb::DoseSpec& dose) {
  if (dose.parameter.empty()) return "none";
  std::vector<std::string> ladder;
  for (const double step : dose.ladder) ladder.push_back(format_number(step));
  auto text = dose.parameter + (dose.unit.empty() ? "" : " in " + dose.unit) +
              ", severities 1 to 5: " + join(ladder, ", ") + "; " + format_number(dose.identity) +
              " leaves the input as it was";
  if (dose.valid_to) text += "; the label is beyond doubt up to " + format_number(*dose.valid_to);
  return text;
}

void print_examples(const perturb::PerturbationSpec& spec) {
  const auto examples = perturb::worked_examples(spec);
  if (examples.empty()) return;
  std::cout << "\nexamples\n  as it was   " << perturb::example_passage() << "\n";
  for (const auto& example : examples) {
    std::cout << "  severity " << format_number(example.severity) << "  "
              << (example.text.empty() ? "(" + example.why + ")" : example.text) << "\n";
  }
}

int describe(const Arguments& arguments, perturb::Registry& registry) {
  if (arguments.free().size() != 1)
    throw Error(ErrorKind::kUsage, "describe: the name of one perturbation is accepted");
  const auto& spec = registry.find(arguments.free().front());
  std::cout << spec.name << ", version " << spec.version << "\n\n" << spec.doc << "\n";
  if (!spec.source.empty()) std::cout << "\nsource: " << spec.source << "\n";
  std::cout << "reads:  " << (spec.reads_all ? "all of " : "any of ") << spec.reads.describe()
            << "\nwrites: " << spec.writes.describe() << "\n";
  std::cout << "dose:   " << dose_text(spec.dose) << "\n";
  for (const auto& option : spec.dose_options)
    std::cout << "        at " << option.parameter << "=" << option.value << ": " << dose_text(option.dose) << "\n";
  std::cout << "label:  " << label_effect_name(spec.label_effect(spec.complete({}), {spec.reads}))
            << " at its defaults\n\nparameters\n";
  for (const auto& parameter : spec.params) {
    std::cout << "  " << parameter.name << " = "
              << (parameter.default_value.empty() ? "\"\"" : parameter.default_value);
    if (!parameter.unit.empty()) std::cout << " " << parameter.unit;
    if (parameter.type == "number" || parameter.type == "integer")
      std::cout << "  [" << format_number(parameter.min) << ", " << format_number(parameter.max) << "]";
    if (!parameter.choices.empty()) std::cout << "  one of " << join(parameter.choices, ", ");
    std::cout << "\n      " << parameter.doc << "\n";
  }
  print_examples(spec);
  return kDone;
}

}  // namespace

Command list_command() {
  return {"list",
          "Lists perturbations, suites, metrics, formats or warnings.",
          "WHAT",
          {{"json", "", "as JSON", ""}},
          list};
}

Command describe_command() {
  return {"describe",
          "Says what a perturbation models, its dose, its parameters and how it is scored.",
          "NAME",
          {},
          describe};
}

}  // namespace shakedown::cli
