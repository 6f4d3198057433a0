#include "shakedown/runners/catalogue.h"

#include <iostream>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/catalogue.h"
#include "shakedown/reports/report.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

using perturb::DoseSpec;
using perturb::PerturbationSpec;

[[noreturn]] void refuse(const std::filesystem::path& folder, const std::string& why) {
  throw Error(ErrorKind::kUsage, "--out: " + folder.string() + ": " + why + "; a new or an empty folder is accepted");
}

/// No page of another time or version stays beside these.
void require_new_or_empty(const std::filesystem::path& folder) {
  std::error_code code;
  if (!std::filesystem::exists(folder, code)) return;
  if (!std::filesystem::is_directory(folder, code)) refuse(folder, "is a file");
  if (!std::filesystem::is_empty(folder, code)) refuse(folder, code ? code.message() : "is not empty");
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) refuse(folder, "cannot be made: " + code.message());
}

reports::CatalogueEntry::Ladder ladder_of(const DoseSpec& dose, std::string where) {
  reports::CatalogueEntry::Ladder ladder;
  ladder.dose = dose.parameter;
  ladder.unit = dose.unit;
  ladder.where = std::move(where);
  for (const double step : dose.ladder) ladder.values.push_back(format_number(step));
  ladder.identity = format_number(dose.identity);
  if (dose.valid_to) ladder.valid_to = format_number(*dose.valid_to);
  ladder.fraction = dose.fraction;
  return ladder;
}

std::string accepted_by(const perturb::ParamSpec& parameter) {
  if (!parameter.choices.empty()) return join(parameter.choices, ", ");
  if (parameter.type != "number" && parameter.type != "integer") return parameter.type;
  return format_number(parameter.min) + " to " + format_number(parameter.max) +
         (parameter.unit.empty() ? "" : " " + parameter.unit);
}

std::string needs_of(const PerturbationSpec& spec) {
  perturb::Needs needs;
  try {
    needs = spec.needs(spec.complete({}));
  } catch (const Error& error) {  // of one that cannot do without a parameter
    return error.what();
  }
  std::vector<std::string> parts;
  if (needs.faces) parts.emplace_back("a face in the picture");
  if (needs.donors) parts.emplace_back("clips of other speakers");
  if (!needs.columns.empty()) parts.push_back("columns named " + join(needs.columns, " or "));
  return parts.empty() ? "nothing beside the sample" : join(parts, "; ");
}

reports::CatalogueEntry entry_of(const runners::CataloguePage& page) {
  const PerturbationSpec& spec = *page.spec;
  reports::CatalogueEntry entry;
  entry.name = spec.name;
  entry.version = spec.version;
  entry.modality = modality_name(spec.modality);
  entry.doc = spec.doc;
  entry.source = spec.source;
  entry.label_effect = label_effect_name(spec.label_effect(spec.complete({}), {spec.reads}));
  entry.reads = (spec.reads_all ? "all of " : "any of ") + spec.reads.describe();
  entry.writes = spec.writes.describe();
  entry.needs = needs_of(spec);
  if (!spec.dose.ladder.empty()) entry.ladders.push_back(ladder_of(spec.dose, ""));
  for (const auto& option : spec.dose_options)
    entry.ladders.push_back(ladder_of(option.dose, option.parameter + ": " + option.value));
  for (const auto& parameter : spec.params)
    entry.parameters.push_back({parameter.name, parameter.default_value, accepted_by(parameter), parameter.doc});
  entry.not_shown = page.preview.not_shown;
  if (!page.cells.empty()) entry.shown_on = "sample " + page.preview.clean.id + " of " + page.preview.data_name;
  return entry;
}

int catalogue(const Arguments& arguments, perturb::Registry& registry) {
  runners::CatalogueOptions options;
  options.data = arguments.text("data");
  options.sample = arguments.text("sample");
  options.split = arguments.required("split");
  options.seed = arguments.count("seed");
  options.memory_bytes = arguments.bytes("memory");
  if (!options.sample.empty() && options.data.empty())
    throw Error(ErrorKind::kUsage, "--sample takes a sample of --data, which is not given");
  const std::size_t limit = arguments.bytes("max-size");
  const std::filesystem::path out = arguments.required("out");
  require_new_or_empty(out);
  std::vector<reports::CatalogueEntry> entries;
  bool holds_data = false;
  runners::catalogue(options, registry, [&](const runners::CataloguePage& page) {
    if (entries.empty()) make_folder(out);  // not before there is something for it
    entries.push_back(entry_of(page));
    const bool own_data = !page.built_in && !page.cells.empty();
    holds_data = holds_data || own_data;
    reports::write_file(out / reports::catalogue_file(entries.back()),
                        reports::catalogue_page(entries.back(), page.preview, page.cells, own_data, limit));
    if (page.cells.empty()) log("not shown: " + page.spec->name + ": " + page.preview.not_shown.back().reason);
  });
  const std::string shown_on = options.data.empty()
                                   ? "on samples that the program makes by arithmetic"
                                   : "on " + options.data.filename().string() +
                                         ", where it has no such form on samples that the program makes by arithmetic";
  reports::write_file(out / "index.html", reports::catalogue_index(entries, SHAKEDOWN_VERSION, shown_on, options.seed));
  if (holds_data) log("the pages hold samples of the data set: pass them on only where the data's licence allows that");
  std::cout << (out / "index.html").string() << "\n";
  return kDone;
}

}  // namespace

Command catalogue_command() {
  return {"catalogue",
          "Shows every perturbation at every severity, one page each, to read, listen to and look at.\n\n"
          "Without --data, and for forms that the data has not: on samples that the program makes by arithmetic.",
          "",
          {{"out", "DIR", "new or empty folder for index.html and the pages", ""},
           {"data", "D", "data.yaml, feature pickle or media folder to show them on", ""},
           {"sample", "ID", "sample of the data; the first that each perturbation changes if not given", ""},
           {"split", "NAME", "split that holds the sample", "test"},
           {"seed", "N", "of the draws", "1111"},
           {"max-size", "SIZE", "bound on sound and pictures in each page", "16M"},
           {"memory", "SIZE", "bound on what is decoded", "4G"}},
          catalogue};
}

}  // namespace shakedown::cli
