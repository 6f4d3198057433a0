#include "shakedown/runners/preview.h"

#include "data_facts.h"
#include "perturbed_cell.h"
#include "run_corpus.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/media/faces.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {
namespace {

/// Every registered perturbation at its defaults; those that cannot do without a parameter are listed.
suites::Suite everything(const perturb::Registry& registry, std::vector<NotTested>& not_shown) {
  suites::Suite suite;
  suite.name = "every perturbation";
  suite.shipped = true;  // what the data cannot serve is listed
  for (const auto* spec : registry.all()) {
    try {
      for (auto& cell : suites::parse_severities(spec->name, registry)) suite.cells.push_back(std::move(cell));
    } catch (const Error& error) {
      not_shown.push_back({spec->name, error.what(), "--perturb '" + spec->name + "{...}' with what it needs"});
    }
  }
  return suite;
}

suites::Suite chosen(const PreviewOptions& options, const perturb::Registry& registry,
                     std::vector<NotTested>& not_shown) {
  if (!options.perturb.empty() && !options.suite.empty())
    throw Error(ErrorKind::kUsage, "--perturb and --suite are given: one of them is accepted");
  if (!options.suite.empty()) {
    auto suite = suites::load(options.suite, registry);
    suite.shipped = true;
    return suite;
  }
  if (options.perturb.empty()) return everything(registry, not_shown);
  suites::Suite suite;
  suite.name = "--perturb";
  for (const auto& text : options.perturb)
    for (auto& cell : suites::parse_severities(text, registry)) suite.cells.push_back(std::move(cell));
  return suite;
}

std::size_t find_sample(const datasets::Dataset& dataset, const std::string& id, const std::string& split) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    if (dataset.info(i).id == id) return i;
    ids.push_back(dataset.info(i).id);
  }
  throw Error(ErrorKind::kUsage, "--sample: split '" + split + "' has no '" + id + "'" + suggestion(id, ids) +
                                     "; the first is '" + ids.front() + "'");
}

}  // namespace

Preview preview(const PreviewOptions& options, const perturb::Registry& registry,
                const std::function<void(const Preview&)>& begin, const std::function<void(const PreviewCell&)>& add) {
  Preview preview;
  auto suite = chosen(options, registry, preview.not_shown);
  const datasets::OpenOptions open{options.split, options.memory_bytes, nullptr};
  const auto dataset = datasets::open(options.data, open);
  const RunCorpus corpus(*dataset, open);
  auto facts = data_facts(*dataset);
  facts.model_reads = facts.data;
  auto plan = suites::plan(suite, facts, false);
  plan.cells = suites::select(std::move(plan.cells), options.only);
  std::erase_if(plan.cells, [](const suites::Cell& cell) { return cell.row.clean(); });
  if (plan.cells.empty()) throw Error(ErrorKind::kUsage, "no cell is left to show");
  preview.not_shown.insert(preview.not_shown.end(), plan.not_tested.begin(), plan.not_tested.end());
  preview.data_name = dataset->name();
  preview.split = options.split;
  preview.seed = options.seed.value_or(suite.seed);
  preview.clean = dataset->load(options.sample.empty() ? 0 : find_sample(*dataset, options.sample, options.split));
  if (preview.clean.clip && !preview.clean.faces) preview.clean.faces = media::face_track(*preview.clean.clip);
  begin(preview);
  for (const auto& cell : plan.cells) add(perturbed(cell, preview.clean, corpus, preview.seed));
  return preview;
}

}  // namespace shakedown::runners
