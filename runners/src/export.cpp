#include "shakedown/runners/export.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "cell_state.h"
#include "data_facts.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/datasets/corpus.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/datasets/write.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kDonorCacheBytes = std::size_t{256} << 20U;

/// `id` as a file and an `external` cell may be called.
std::string plain(const std::string& id) {
  std::string name;
  for (const char c : id) {
    const bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    if (kept) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

/// The measured doses of one part over all samples.
struct DoseSum {
  double realised = 0, low = 0, high = 0, taken = 0, eligible = 0, total = 0, changed = 0;
  std::size_t measured = 0;

  void add(const Dose& dose) {
    taken += dose.taken;
    eligible += dose.eligible;
    total += dose.total;
    changed += dose.changed;
    if (std::isnan(dose.realised)) return;
    low = measured == 0 ? dose.realised : std::min(low, dose.realised);
    high = measured == 0 ? dose.realised : std::max(high, dose.realised);
    realised += dose.realised;
    ++measured;
  }

  [[nodiscard]] Json json(const perturb::DoseSpec& spec, const std::map<std::string, std::string>& params) const {
    if (spec.parameter.empty()) return nullptr;
    Json json{{"name", spec.parameter}, {"unit", spec.unit}, {"requested", params.at(spec.parameter)}};
    if (spec.fraction) {
      json["realised"] = eligible > 0 ? Json(taken / eligible) : Json();
      json["effective"] = eligible > 0 ? Json(changed / eligible) : Json();
      json["taken"] = taken;
      json["eligible"] = eligible;
      json["total"] = total;
    } else {
      json["realised"] = measured > 0 ? Json(realised / static_cast<double>(measured)) : Json();
      json["min"] = measured > 0 ? Json(low) : Json();
      json["max"] = measured > 0 ? Json(high) : Json();
    }
    return json;
  }
};

/// Forms that a cell makes stale in some samples (a transcript whose token ids were masked) go in all of them: a file
/// has one set of forms. @return what went, for the record
std::vector<std::string> keep_common_forms(std::vector<Sample>& samples) {
  Forms all, common;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    all = all | samples[i].present();
    common = i == 0 ? samples[i].present() : common & samples[i].present();
  }
  std::vector<std::string> gone;
  for (const Form form : (all - common).list()) {
    for (Sample& sample : samples) sample.remove(form);
    gone.emplace_back(form_name(form));
  }
  return gone;
}

/// One cell over the whole split: the samples to write and what was done to them.
struct Corrupted {
  std::vector<Sample> samples;
  Json record;
};

Corrupted corrupt(const suites::Cell& cell, const datasets::Dataset& dataset, const Corpus& corpus,
                  std::uint64_t seed) {
  Corrupted corrupted;
  std::map<std::string, std::size_t> states;
  std::vector<DoseSum> doses(cell.parts.size());
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const Sample clean = dataset.load(i);
    const auto applied = perturb::apply_parts(clean, cell.parts, corpus, seed, cell.row.replicate);
    const State state = cell_state(cell, applied.effects).state;
    ++states[std::string(state_name(state))];
    corrupted.samples.push_back(state == State::kSkipped ? clean : applied.sample);
    if (state == State::kSkipped) continue;
    for (std::size_t part = 0; part < cell.parts.size(); ++part)
      doses[part].add(perturb::measure_part(applied, cell.parts, part, {}, seed, cell.row.replicate));
  }
  Json parts = Json::array();
  for (std::size_t part = 0; part < cell.parts.size(); ++part) {
    const auto& row = cell.row.parts[part];
    parts.push_back({{"perturbation", row.perturbation},
                     {"version", row.version},
                     {"params", row.params},
                     {"at", cell.parts[part].at.canonical()},
                     {"dose", doses[part].json(cell.parts[part].spec->dose_at(cell.parts[part].params), row.params)}});
  }
  const auto removed = keep_common_forms(corrupted.samples);
  corrupted.record = {{"id", cell.row.id},
                      {"definition", cell.row.definition},
                      {"label_effect", std::string(label_effect_name(cell.row.label_effect))},
                      {"replicate", cell.row.replicate},
                      {"states", states},
                      {"removed_forms", removed},
                      {"parts", std::move(parts)}};
  return corrupted;
}

/// The cell as an entry of a suite that reads the written file.
std::string external_entry(const suites::Cell& cell, const std::string& file) {
  const auto& dose = cell.row.dose;
  const bool levelled = cell.parts.size() == 1 && dose.requested && !dose.name.empty();
  std::string name = plain(levelled ? cell.row.family : cell.row.id);
  if (levelled && cell.row.replicate > 0) name += "-r" + std::to_string(cell.row.replicate);
  std::string text = "  - {perturb: external, name: " + name + ", dose: ";
  text += levelled ? "{" + dose.name + ": " + format_number(*dose.requested) +
                         (dose.unit.empty() ? "" : ", unit: \"" + dose.unit + "\"") + "}"
                   : "none";
  return text + ", label_effect: " + std::string(label_effect_name(cell.row.label_effect)) + ", data: " + file + "}\n";
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw Error(ErrorKind::kIncomplete, file.string() + ": cannot be written");
}

suites::Plan plan_cells(const suites::Suite& suite, const datasets::Dataset& dataset, const ExportOptions& options) {
  auto facts = data_facts(dataset);
  facts.model_reads = facts.data - Forms{Form::kTranscript};  // what a reader of the written file takes
  auto plan = suites::plan(suite, facts, options.strict);
  plan.cells = suites::select(std::move(plan.cells), options.only);
  std::erase_if(plan.cells, [](const suites::Cell& cell) { return cell.parts.empty(); });
  if (plan.cells.empty()) throw Error(ErrorKind::kUsage, "no cell but the clean one is left to write");
  return plan;
}

}  // namespace

ExportReport export_suite(const ExportOptions& options, const perturb::Registry& registry) {
  auto suite = suites::load(options.suite, registry);
  if (options.seed) suite.seed = *options.seed;
  const datasets::OpenOptions open{options.split, options.memory_bytes, nullptr};
  const auto dataset = datasets::open(options.data, open);
  if (dataset->format() != "mmsa") {
    throw Error(ErrorKind::kUsage, "export: '" + dataset->name() + "' is data of format " + dataset->format() +
                                       ": sound and pictures are not written; feature pickles (mmsa) are");
  }
  const datasets::DatasetCorpus corpus(*dataset, kDonorCacheBytes, open);
  auto plan = plan_cells(suite, *dataset, options);

  std::error_code code;
  if (std::filesystem::exists(options.out / "dose.json"))
    throw Error(ErrorKind::kUsage, options.out.string() + " holds an export already: give another --out");
  std::filesystem::create_directories(options.out, code);
  if (code) throw Error(ErrorKind::kUsage, "--out: " + options.out.string() + ": cannot be made: " + code.message());

  ExportReport report;
  report.not_written = std::move(plan.not_tested);
  Json cells = Json::array();
  std::string entries;
  for (const auto& cell : plan.cells) {
    const std::string file = plain(cell.row.id) + ".pkl";
    auto corrupted = in_context(cell.row.id, [&] { return corrupt(cell, *dataset, corpus, suite.seed); });
    datasets::write_feature_pickle(options.out / file, options.split, corrupted.samples);
    corrupted.record["file"] = file;
    cells.push_back(std::move(corrupted.record));
    entries += external_entry(cell, file);
    report.cells.push_back(cell.row.id);
    if (options.on_message) options.on_message(file);
  }
  Json files = Json::array();
  for (const auto& input : dataset->files()) {
    files.push_back(
        {{"role", input.role}, {"name", std::filesystem::path(input.name).filename()}, {"sha256", input.sha256}});
  }
  Json missing = Json::array();
  for (const auto& one : report.not_written)
    missing.push_back({{"what", one.what}, {"reason", one.reason}, {"enable", one.enable}});
  const Json document{{"schema", "shakedown.export/1"},
                      {"data", {{"name", dataset->name()}, {"split", options.split}, {"files", files}}},
                      {"suite", {{"name", suite.name}, {"version", suite.version}, {"sha256", suite.sha256}}},
                      {"seed", suite.seed},
                      {"samples", dataset->size()},
                      {"cells", cells},
                      {"not_written", missing}};
  write_text(options.out / "suite.yaml",
             "schema: shakedown.suite/1\nname: " + plain(suite.name) + "-exported\ncells:\n" + entries);
  write_text(options.out / "dose.json", document.dump(1) + "\n");  // last: it says that the export is whole
  return report;
}

}  // namespace shakedown::runners
