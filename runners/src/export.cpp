#include "shakedown/runners/export.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <nlohmann/json.hpp>

#include "cell_state.h"
#include "data_facts.h"
#include "run_corpus.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/datasets/write.h"
#include "shakedown/media/faces.h"
#include "shakedown/media/video_codec.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {
namespace {

using Json = nlohmann::ordered_json;

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

/// A cell on its way: corrupts samples and keeps account of it.
class CellRecord {
 public:
  explicit CellRecord(const suites::Cell& cell) : cell_(cell), doses_(cell.parts.size()) {}

  [[nodiscard]] const suites::Cell& cell() const { return cell_; }

  /// The sample to write: as it was where it could not be perturbed.
  Sample corrupt(const Sample& clean, const Corpus& corpus, std::uint64_t seed) {
    const auto applied = perturb::apply_parts(clean, cell_.parts, corpus, seed, cell_.row.replicate);
    const State state = cell_state(cell_, applied.effects).state;
    ++states_[std::string(state_name(state))];
    if (state == State::kSkipped) return clean;
    for (std::size_t part = 0; part < cell_.parts.size(); ++part)
      doses_[part].add(perturb::measure_part(applied, cell_.parts, part, {}, seed, cell_.row.replicate));
    return applied.sample;
  }

  [[nodiscard]] Json json() const {
    Json parts = Json::array();
    for (std::size_t part = 0; part < cell_.parts.size(); ++part) {
      const auto& row = cell_.row.parts[part];
      const auto& made = cell_.parts[part];
      parts.push_back({{"perturbation", row.perturbation},
                       {"version", row.version},
                       {"params", row.params},
                       {"at", made.at.canonical()},
                       {"dose", doses_[part].json(made.spec->dose_at(made.params), row.params)}});
    }
    return {{"id", cell_.row.id},
            {"definition", cell_.row.definition},
            {"label_effect", std::string(label_effect_name(cell_.row.label_effect))},
            {"replicate", cell_.row.replicate},
            {"states", states_},
            {"parts", std::move(parts)}};
  }

 private:
  const suites::Cell& cell_;
  std::map<std::string, std::size_t> states_;
  std::vector<DoseSum> doses_;
};

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

suites::Plan plan_cells(const suites::Suite& suite, const datasets::Dataset& dataset, const ExportOptions& options) {
  auto facts = data_facts(dataset);
  // What a reader of the written file takes: no transcript where the tokens could not follow it.
  const Forms tokenized = facts.data & Forms{Form::kTokens, Form::kEmbedding};
  facts.model_reads = tokenized.empty() ? facts.data : facts.data - Forms{Form::kTranscript};
  auto plan = suites::plan(suite, facts, options.strict);
  plan.cells = suites::select(std::move(plan.cells), options.only);
  std::erase_if(plan.cells, [](const suites::Cell& cell) { return cell.row.clean(); });
  if (plan.cells.empty()) throw Error(ErrorKind::kUsage, "no cell but the clean one is left to write");
  return plan;
}

/// What all ways of writing have in common.
struct Task {
  const ExportOptions& options;
  const datasets::Dataset& dataset;
  const Corpus& corpus;
  const suites::Plan& plan;
  std::uint64_t seed;
  ExportReport& report;
  Json cells = Json::array();
  std::string entries = {};

  void done(const CellRecord& record, Json json, const std::string& file) {
    json["file"] = file;
    cells.push_back(std::move(json));
    entries += external_entry(record.cell(), file);
    report.cells.push_back(record.cell().row.id);
  }
};

/// Features: one pickle a cell, cell by cell.
void export_features(Task& task) {
  for (const auto& cell : task.plan.cells) {
    in_context(cell.row.id, [&] {
      CellRecord record(cell);
      std::vector<Sample> samples;
      for (std::size_t i = 0; i < task.dataset.size(); ++i)
        samples.push_back(record.corrupt(task.dataset.load(i), task.corpus, task.seed));
      Json json = record.json();
      json["removed_forms"] = keep_common_forms(samples);
      const std::string file = plain(cell.row.id) + ".pkl";
      datasets::write_feature_pickle(task.options.out / file, task.options.split, samples);
      task.done(record, std::move(json), file);
      if (task.options.on_message) task.options.on_message(file);
    });
  }
}

bool needs_faces(const suites::Plan& plan) {
  return std::any_of(plan.cells.begin(), plan.cells.end(), [](const suites::Cell& cell) {
    return std::any_of(cell.parts.begin(), cell.parts.end(),
                       [](const perturb::Part& part) { return part.spec->needs(part.params).faces; });
  });
}

/// Clips: a media folder a cell, clip by clip, so that each is decoded once for all cells.
void export_clips(Task& task) {
  struct Folder {
    CellRecord record;
    datasets::MediaFolderWriter writer;
    std::map<std::string, std::size_t> left_out = {};
  };
  std::vector<Folder> folders;
  for (const auto& cell : task.plan.cells) {
    folders.push_back({CellRecord(cell), {task.options.out / plain(cell.row.id), task.dataset, task.options.split}});
  }
  const bool faces = needs_faces(task.plan);
  for (std::size_t i = 0; i < task.dataset.size(); ++i) {
    Sample clean;
    try {
      clean = task.dataset.load(i);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      task.report.unreadable.emplace_back(error.what());
      if (task.options.on_message) task.options.on_message(error.what());
      continue;
    }
    if (faces && clean.clip && !clean.faces) clean.faces = media::face_track(*clean.clip);
    for (Folder& folder : folders) {
      in_context(folder.record.cell().row.id, [&] {
        const std::string why = folder.writer.add(folder.record.corrupt(clean, task.corpus, task.seed));
        if (!why.empty()) ++folder.left_out[why];
      });
    }
    if (task.options.on_message) {
      task.options.on_message(clean.id + " (" + std::to_string(i + 1) + " of " + std::to_string(task.dataset.size()) +
                              ")");
    }
  }
  for (Folder& folder : folders) {
    folder.writer.finish();
    Json json = folder.record.json();
    json["left_out"] = folder.left_out;
    task.done(folder.record, std::move(json), plain(folder.record.cell().row.id) + "/data.yaml");
  }
}

}  // namespace

ExportReport export_suite(const ExportOptions& options, const perturb::Registry& registry) {
  auto suite = suites::load(options.suite, registry);
  if (options.seed) suite.seed = *options.seed;
  const datasets::OpenOptions open{options.split, options.memory_bytes, nullptr};
  const auto dataset = datasets::open(options.data, open);
  const bool clips = dataset->format() == "media" || dataset->format() == "meld";
  if (!clips && dataset->format() != "mmsa") {
    throw Error(ErrorKind::kUsage, "export: '" + dataset->name() + "' is data of format " + dataset->format() +
                                       ": clips (media, meld) and feature pickles (mmsa) are written");
  }
  if (clips && !media::can_encode_h264())
    throw Error(ErrorKind::kUsage, "export: this libavcodec has no encoder for H.264 (libx264)");
  const RunCorpus corpus(*dataset, open);
  const auto plan = plan_cells(suite, *dataset, options);

  std::error_code code;
  if (std::filesystem::exists(options.out / "dose.json"))
    throw Error(ErrorKind::kUsage, options.out.string() + " holds an export already: give another --out");
  std::filesystem::create_directories(options.out, code);
  if (code) throw Error(ErrorKind::kUsage, "--out: " + options.out.string() + ": cannot be made: " + code.message());

  ExportReport report;
  report.samples = dataset->size();
  report.not_written = plan.not_tested;
  Task task{options, *dataset, corpus, plan, suite.seed, report};
  if (clips) {
    export_clips(task);
  } else {
    export_features(task);
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
                      {"unreadable", report.unreadable},
                      {"cells", std::move(task.cells)},
                      {"not_written", missing}};
  write_text_file(options.out / "suite.yaml",
                  "schema: shakedown.suite/1\nname: " + plain(suite.name) + "-exported\ncells:\n" + task.entries);
  sync_file_system(options.out);  // so that what dose.json says of the rest is true after a power cut, too
  write_text_file(options.out / "dose.json", document.dump(1) + "\n");  // last: it says that the export is whole
  return report;
}

}  // namespace shakedown::runners
