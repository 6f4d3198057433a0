#include "shakedown/runners/catalogue.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "data_facts.h"
#include "perturbed_cell.h"
#include "run_corpus.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/datasets/dataset.h"
#include "shakedown/media/faces.h"
#include "shakedown/perturb/synthetic.h"
#include "shakedown/suites/suite.h"

namespace shakedown::runners {
namespace {

constexpr std::size_t kBuiltIn = 8;    ///< samples of the synthetic corpus
constexpr std::size_t kMostTried = 8;  ///< samples on which a perturbation is tried until one is changed

constexpr Forms kMedia = {Form::kTranscript, Form::kWaveform, Form::kFrames};
// Token ids cannot be made again from a changed embedding, so no sample has both.
constexpr Forms kFeatures = {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
constexpr Forms kTokens = {Form::kTokens, Form::kAudioFeatures, Form::kVisionFeatures};

Sample with_forms(Sample sample, Forms forms) {
  for (const Form form : sample.present().list())
    if (!forms.has(form)) sample.remove(form);
  return sample;
}

/// Some of the forms of another corpus: who has clips has no features of them, and the other way round.
class FormsOf final : public Corpus {
 public:
  FormsOf(std::shared_ptr<const Corpus> whole, Forms forms) : whole_(std::move(whole)), forms_(forms) {}
  [[nodiscard]] std::size_t size() const override { return whole_->size(); }
  [[nodiscard]] const SampleInfo& info(std::size_t index) const override { return whole_->info(index); }
  [[nodiscard]] const std::vector<std::size_t>& by_id() const override { return whole_->by_id(); }
  [[nodiscard]] Sample load(std::size_t index) const override { return with_forms(whole_->load(index), forms_); }
  [[nodiscard]] Shared<FeatureStatistics> statistics(Form form) const override { return whole_->statistics(form); }
  [[nodiscard]] std::vector<ColumnBlock> columns() const override { return whole_->columns(); }
  [[nodiscard]] std::optional<Sample> external(const std::string& data, const std::string& id) const override {
    auto sample = whole_->external(data, id);
    if (sample) sample = with_forms(std::move(*sample), forms_);
    return sample;
  }
  [[nodiscard]] Shared<Recogniser> recogniser(const std::string& manifest) const override {
    return whole_->recogniser(manifest);
  }

 private:
  std::shared_ptr<const Corpus> whole_;
  Forms forms_;
};

/// Where samples come from.
struct Source {
  std::string name, split;
  bool built_in = false;
  std::shared_ptr<const datasets::Dataset> dataset;  ///< null for the built-in samples
  std::shared_ptr<const Corpus> corpus;
  suites::Facts facts;
  std::vector<std::size_t> samples;  ///< to be tried, by index

  [[nodiscard]] Sample load(std::size_t index) const {
    Sample sample = corpus->load(index);
    if (sample.clip && !sample.faces) sample.faces = media::face_track(*sample.clip);
    return sample;
  }
};

std::vector<std::size_t> tried_of(const Corpus& corpus, const std::string& id, const std::string& split) {
  std::vector<std::size_t> tried;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    ids.push_back(corpus.info(i).id);
    if (id.empty() ? i < kMostTried : ids.back() == id) tried.push_back(i);
  }
  if (tried.empty())
    throw Error(ErrorKind::kUsage, "--sample: split '" + split + "' has no '" + id + "'" + suggestion(id, ids));
  return tried;
}

Source data_source(const CatalogueOptions& options) {
  const datasets::OpenOptions open{options.split, options.memory_bytes, nullptr};
  Source source;
  source.dataset = datasets::open(options.data, open);
  source.name = source.dataset->name();
  source.split = options.split;
  source.corpus = std::make_shared<RunCorpus>(*source.dataset, open);
  source.facts = data_facts(*source.dataset);
  source.samples = tried_of(*source.corpus, options.sample, options.split);
  return source;
}

Source built_in_source(const std::shared_ptr<const Corpus>& whole, Forms forms) {
  Source source;
  source.name = "shakedown's built-in samples";
  source.split = "test";
  source.built_in = true;
  source.corpus = std::make_shared<FormsOf>(whole, forms);
  source.facts.data = forms;
  source.facts.columns = whole->columns();
  source.facts.word_times = forms.has(Form::kTranscript);
  source.facts.speakers = 4;
  source.samples = tried_of(*source.corpus, "", "test");
  return source;
}

/// Its cells of suite `full`, the first replicate of each, where it has no severities of its own to show.
std::vector<suites::Cell> cells_of_full(const std::string& name, const suites::Suite& full) {
  std::vector<suites::Cell> cells;
  for (const auto& cell : full.cells) {
    if (cell.parts.size() == 1 && cell.parts.front().spec->name == name && cell.row.replicate == 0)
      cells.push_back(cell);
  }
  return cells;
}

/// @throws Error(kUsage) for a perturbation that cannot do without a parameter
std::vector<suites::Cell> cells_of(const perturb::PerturbationSpec& spec, const perturb::Registry& registry,
                                   const suites::Suite& full) {
  auto cells = suites::parse_severities(spec.name, registry);
  for (const auto& option : spec.dose_options) {
    for (auto& cell :
         suites::parse_severities(spec.name + "{" + option.parameter + ": " + option.value + "}", registry)) {
      cells.push_back(std::move(cell));
    }
  }
  if (cells.size() > 1) return cells;
  auto of_full = cells_of_full(spec.name, full);
  return of_full.empty() ? cells : of_full;
}

/// The page on this source; nothing, with the reason, where the source cannot serve it.
std::optional<CataloguePage> page_on(const Source& source, const std::vector<suites::Cell>& cells, std::uint64_t seed,
                                     std::vector<NotTested>& why) {
  suites::Suite suite;
  suite.name = "catalogue";
  suite.shipped = true;
  suite.cells = cells;
  auto facts = source.facts;
  facts.model_reads = facts.data;
  suites::Plan plan;
  try {
    plan = suites::plan(suite, facts, false);
  } catch (const Error& error) {
    why.push_back({cells.front().row.family, source.name + ": " + error.what(), ""});
    return std::nullopt;
  }
  std::erase_if(plan.cells, [](const suites::Cell& cell) { return cell.row.clean(); });
  CataloguePage page;
  page.built_in = source.built_in;
  page.preview.not_shown = plan.not_tested;
  page.preview.data_name = source.name;
  page.preview.split = source.split;
  page.preview.seed = seed;
  std::optional<Sample> first, chosen;
  std::string reason;
  for (const std::size_t index : source.samples) {
    Sample sample = source.load(index);
    const auto strongest = perturbed(plan.cells.back(), sample, *source.corpus, seed);
    if (strongest.state == State::kApplied) {
      chosen = std::move(sample);
      break;
    }
    if (reason.empty()) reason = strongest.reason;
    if (!first) first = std::move(sample);
  }
  if (!chosen && first) {
    why.push_back({plan.cells.back().row.id,
                   source.name + ": it changes none of " + std::to_string(source.samples.size()) + " samples" +
                       (reason.empty() ? "" : ": " + reason),
                   ""});
    return std::nullopt;
  }
  page.preview.clean = std::move(*chosen);
  for (const auto& cell : plan.cells) page.cells.push_back(perturbed(cell, page.preview.clean, *source.corpus, seed));
  return page;
}

CataloguePage page_of(const perturb::PerturbationSpec& spec, const std::vector<Source>& sources,
                      const perturb::Registry& registry, const suites::Suite& full, std::uint64_t seed) {
  CataloguePage page;
  std::vector<NotTested> why;
  try {
    const auto cells = cells_of(spec, registry, full);
    for (const auto& source : sources) {
      if (auto found = page_on(source, cells, seed, why)) {
        found->spec = &spec;
        return std::move(*found);
      }
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) throw;
    why.push_back({spec.name, error.what(), "shakedown preview --perturb '" + spec.name + "{...}' with what it needs"});
  }
  page.spec = &spec;
  page.preview.not_shown = std::move(why);
  return page;
}

}  // namespace

void catalogue(const CatalogueOptions& options, const perturb::Registry& registry,
               const std::function<void(const CataloguePage&)>& add) {
  std::vector<Source> sources;
  if (!options.data.empty()) sources.push_back(data_source(options));
  const std::shared_ptr<const Corpus> built_in = perturb::synthetic_corpus(kBuiltIn);
  for (const Forms forms : {kMedia, kFeatures, kTokens}) sources.push_back(built_in_source(built_in, forms));
  const auto full = suites::load("full", registry);
  for (const auto* spec : registry.all()) add(page_of(*spec, sources, registry, full, options.seed));
}

}  // namespace shakedown::runners
