// Writes runs of synthetic predictions, `before` and `after`, to measure what comparing and reporting them costs:
// bench/compare.sh, bench/report_scale.sh.
// Usage: compare_runs FOLDER [cells] [samples] [runs, 1 or 2]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "shakedown/core/hash.h"
#include "shakedown/store/run_store.h"

namespace shakedown {
namespace {

constexpr std::size_t kBatch = 1000;

std::vector<CellRow> plan_of(std::size_t count) {
  std::vector<CellRow> cells(count);
  for (std::size_t at = 0; at < count; ++at) {
    CellRow& cell = cells[at];
    cell.id = cell.family = "clean#0";
    cell.reference = "clean#0";
    if (at > 0) {
      const Modality modality = at % 3 == 0 ? Modality::kText : at % 3 == 1 ? Modality::kAudio : Modality::kVideo;
      const std::string name = std::string(modality_name(modality)) + ".kind" + std::to_string(at / 15);
      cell.family = name + "[variant=" + std::to_string(at % 3) + "]";
      cell.severity = cell.level = static_cast<double>(at / 3 % 5 + 1);
      cell.axis = "severity";
      cell.id = cell.family + "@severity=" + std::to_string(at / 3 % 5 + 1) + "#0";
      cell.parts = {{name, 1, modality, {{"variant", std::to_string(at % 3)}}}};
      cell.modality = modality;
      cell.dose = {"dose", "dB", false, 1.0};
    }
    cell.definition = Hasher().add(cell.id).finish().hex();
  }
  return cells;
}

void write_run(const std::filesystem::path& folder, const std::string& name, std::size_t cell_count,
               std::size_t sample_count, double harm) {
  RunHeader header;
  header.model_name = name;
  header.data_name = "synthetic";
  header.suite_name = "scale";
  header.seed = 1111;
  header.task.convention = "mosi";
  header.inputs = {{"data", "data", "d"}, {"suite", "suite", "s"}};
  std::vector<SampleRow> samples(sample_count);
  std::mt19937_64 labels(1), random(std::hash<std::string>{}(name));
  std::normal_distribution<double> normal;
  for (std::size_t at = 0; at < sample_count; ++at) {
    samples[at].group = "video" + std::to_string(at / 30);
    samples[at].id = samples[at].group + "$_$" + std::to_string(at % 30);
    samples[at].labels["regression"].value = static_cast<double>(labels() % 31) / 5 - 3;
  }
  const std::vector<CellRow> cells = plan_of(cell_count);
  std::filesystem::create_directories(folder / name);
  const auto store = store::RunStore::create(folder / name, header, samples, cells, kBatch);
  for (std::size_t cell = 0; cell < cell_count; ++cell) {
    for (std::size_t first = 0; first < sample_count; first += kBatch) {
      store::Unit unit{cell, first / kBatch, first, {}};
      for (std::size_t at = first; at < std::min(sample_count, first + kBatch); ++at) {
        Outcome outcome;
        const double spread = 0.5 + harm * cells[cell].severity.value_or(0);
        outcome.outputs = {samples[at].labels["regression"].value + spread * normal(random)};
        outcome.dose.realised = 1;
        outcome.measures = {{"snr_db", 10.0}, {"seconds", 3.5}};
        outcome.decisions = Hasher().add(cells[cell].id).add(samples[at].id).finish();
        outcome.media = Hasher().add(outcome.decisions.text()).finish();
        unit.outcomes.push_back(std::move(outcome));
      }
      store->add(unit);
    }
  }
  store->finish(true, "");
}

}  // namespace
}  // namespace shakedown

int main(int argc, char** argv) {
  const int cells = argc > 2 ? std::atoi(argv[2]) : 200, samples = argc > 3 ? std::atoi(argv[3]) : 5000;
  const int runs = argc > 4 ? std::atoi(argv[4]) : 2;
  if (argc < 2 || cells < 1 || samples < 1 || runs < 1 || runs > 2) {
    std::fprintf(stderr, "usage: compare_runs FOLDER [cells] [samples] [runs, 1 or 2]\n");
    return 2;
  }
  shakedown::write_run(argv[1], "before", static_cast<std::size_t>(cells), static_cast<std::size_t>(samples), 0.1);
  if (runs == 1) return 0;
  shakedown::write_run(argv[1], "after", static_cast<std::size_t>(cells), static_cast<std::size_t>(samples), 0.12);
  return 0;
}
