#include "session.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <thread>
#include <tuple>

#include "checkpoints.h"
#include "data_facts.h"
#include "environment.h"
#include "forward_rows.h"
#include "front_end.h"
#include "linked_inputs.h"
#include "model_checks.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/core/text.h"
#include "shakedown/media/faces.h"
#include "shakedown/metrics/analyse.h"

namespace shakedown::runners {
namespace {

constexpr std::size_t kProbeSamples = 8;
constexpr std::size_t kProbeDialogues = 3;
constexpr std::size_t kMostRows = 65536;  // a typing error beyond
constexpr std::size_t kMostJobs = 1024;

/// First sample of each row of the whole split, and the end: of dialogues, runs of samples of one group.
std::vector<std::size_t> all_rows(const datasets::Dataset& dataset, bool dialogues) {
  std::vector<std::size_t> starts;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const auto& group = dataset.info(i).group;
    if (dialogues && i > 0 && group == dataset.info(i - 1).group) continue;
    if (dialogues && !seen.insert(group).second) {
      throw Error(ErrorKind::kData,
                  "row: dialogue: the utterances of '" + group + "' do not follow each other: sample '" +
                      dataset.info(i).id +
                      "' stands apart; sort the data, or name the dialogue with `group:` in data.yaml");
    }
    starts.push_back(i);
  }
  starts.push_back(dataset.size());
  return starts;
}

/// One kind of row for all models of a run: they share batches and corrupted inputs.
bool rows_are_dialogues(const std::vector<PlannedModel>& models) {
  const bool dialogues = models.front().model->manifest().dialogues;
  for (const auto& planned : models) {
    if (planned.model->manifest().dialogues != dialogues) {
      throw Error(ErrorKind::kUsage, "rows of '" + models.front().name + "' are " +
                                         (dialogues ? "dialogues, of '" : "utterances, of '") + planned.name +
                                         (dialogues ? "' utterances" : "' dialogues") + ": run them apart");
    }
  }
  return dialogues;
}

/// (first, count) of the `count` rows that --shard leaves: a range of batches.
std::pair<std::size_t, std::size_t> row_range(const RunOptions& options, std::size_t count) {
  if (options.shard.empty()) return {0, count};
  const auto parts = split(options.shard, '/');
  const auto index = parts.size() == 2 ? parse_number(parts[0]) : std::nullopt;
  const auto shards = parts.size() == 2 ? parse_number(parts[1]) : std::nullopt;
  if (!index || !shards || *index < 0 || *shards < 1 || *index >= *shards ||
      *index != static_cast<double>(static_cast<std::size_t>(*index)) ||
      *shards != static_cast<double>(static_cast<std::size_t>(*shards)))
    throw Error(ErrorKind::kUsage, "--shard: '" + options.shard + "': i/n with 0 <= i < n is accepted");
  const std::size_t batches = (count + options.batch_size - 1) / options.batch_size;
  const auto i = static_cast<std::size_t>(*index), n = static_cast<std::size_t>(*shards);
  const std::size_t first = batches * i / n * options.batch_size;
  const std::size_t last = std::min(batches * (i + 1) / n * options.batch_size, count);
  if (first >= last) {
    throw Error(ErrorKind::kUsage,
                "--shard: " + options.shard + " holds no batch: there are " + std::to_string(batches));
  }
  return {first, last - first};
}

void check_forms(const PlannedModel& planned, const datasets::Dataset& dataset, bool tokens_from_transcript) {
  auto missing = planned.model->manifest().reads() - dataset.forms();
  // Tokens with a vocabulary come from either.
  if (tokens_from_transcript && dataset.forms().has(Form::kTranscript)) missing = missing - Forms{Form::kTokens};
  if (tokens_from_transcript && dataset.forms().has(Form::kTokens)) missing = missing - Forms{Form::kTranscript};
  if (missing.empty()) return;
  std::string advice;
  if (missing.has(Form::kTokens) && dataset.forms().has(Form::kTranscript))
    advice = "; a `vocab:` (of the model's tokenizer) in its manifest would make the tokens from text.transcript";
  throw Error(ErrorKind::kUsage, "reads " + missing.describe() + ", which the data set '" + dataset.name() +
                                     "' does not have; it has: " + dataset.forms().describe() + advice);
}

bool any_input(const std::vector<models::InputSpec>& inputs,
               const std::function<bool(const models::InputSpec&)>& test) {
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](const auto& input) { return test(input) || any_input(input.tuple, test); });
}

/// Without names every utterance of a dialogue would be of one speaker.
void check_speakers(const PlannedModel& planned, const datasets::Dataset& dataset) {
  if (!any_input(planned.model->manifest().inputs, [](const auto& input) { return input.from == "dialogue.speakers"; }))
    return;
  for (std::size_t i = 0; i < dataset.size(); ++i)
    if (dataset.info(i).speaker != dataset.info(i).group) return;
  throw Error(ErrorKind::kUsage, "reads dialogue.speakers, and the data set '" + dataset.name() +
                                     "' names no speakers: `speaker:` in data.yaml names their key or column");
}

bool models_read_faces(const Session& session) {
  return std::any_of(session.models.begin(), session.models.end(), [](const PlannedModel& planned) {
    return any_input(planned.model->manifest().inputs, [](const auto& input) { return input.from == "video.faces"; });
  });
}

void share_cells(Session& session) {
  session.cells.clear();
  std::map<std::string, std::size_t> order;  // suite position; clean cells come first
  for (std::size_t i = 0; i < session.suite.cells.size(); ++i) order[session.suite.cells[i].row.id] = i + 1;
  std::map<std::pair<std::size_t, std::string>, SharedCell> shared;
  for (std::size_t m = 0; m < session.models.size(); ++m) {
    for (std::size_t c = 0; c < session.models[m].cells.size(); ++c) {
      const auto& cell = session.models[m].cells[c];
      auto& entry = shared[{order[cell.row.id], cell.row.id}];
      if (entry.users.empty()) entry.cell = cell;
      entry.users.emplace_back(m, c);
    }
  }
  for (auto& [key, cell] : shared) session.cells.push_back(std::move(cell));
  session.need_faces = std::any_of(session.cells.begin(), session.cells.end(), [](const SharedCell& cell) {
    return std::any_of(cell.cell.parts.begin(), cell.cell.parts.end(),
                       [](const auto& part) { return part.spec->needs(part.params).faces; });
  });
  session.need_faces = session.need_faces || models_read_faces(session);
}

std::vector<PlannedModel> load_models(const RunOptions& options) {
  if (options.models.empty()) throw Error(ErrorKind::kUsage, "--model is missing: a TorchScript file or a model.yaml");
  std::vector<PlannedModel> planned;
  for (const auto& path : options.models) {
    auto loaded = models::load(path, {options.device, options.threads_per_call});
    for (auto& one : planned_models(std::move(loaded))) planned.push_back(std::move(one));
  }
  std::set<std::string> names;
  for (const auto& one : planned) {
    if (!names.insert(one.name).second) {
      throw Error(ErrorKind::kUsage,
                  "two models are named '" + one.name + "': give each a `name:` of its own in its manifest");
    }
    if (one.name.empty() || one.name.find('/') != std::string::npos || one.name.front() == '.')
      throw Error(ErrorKind::kUsage, "model name '" + one.name + "' cannot name a folder");
  }
  return planned;
}

/// Samples to probe with: the first that can be decoded, of dialogues the first few.
std::vector<Sample> probe_samples(const Session& session) {
  std::vector<Sample> samples;
  if (session.dialogues) {
    for (std::size_t i = 0;
         i < session.row_starts[std::min(session.row_count(), kProbeDialogues)] - session.first_sample; ++i) {
      auto loaded = session.load(session.first_sample + i);
      if (loaded.sample) samples.push_back(std::move(*loaded.sample));
    }
    if (!samples.empty()) return samples;
  }
  const std::size_t tries = std::min(session.sample_count, 4 * kProbeSamples);
  for (std::size_t i = 0; i < tries && samples.size() < kProbeSamples; ++i) {
    auto loaded = session.load(session.first_sample + i);
    if (loaded.sample) {
      samples.push_back(std::move(*loaded.sample));
    } else if (i + 1 == tries && samples.empty()) {
      throw Error(ErrorKind::kData,
                  "none of the first " + std::to_string(tries) + " samples can be read; the last: " + loaded.failure);
    }
  }
  return samples;
}

RunHeader make_header(const Session& session, const RunOptions& options, const PlannedModel& planned) {
  RunHeader header;
  header.model_name = planned.name;
  header.data_name = session.dataset->name();
  header.suite_name = session.suite.name;
  header.suite_version = session.suite.version;
  header.split = options.split;
  header.seed = session.suite.seed;
  const auto add_model = [&](const models::Model& model) {
    header.inputs.push_back({"model", model.file().filename().string(), sha256_file(model.file())});
  };
  add_model(*planned.model);
  for (const auto& [level, model] : planned.by_level) add_model(*model);
  if (!planned.model->manifest().text.empty())
    header.inputs.push_back({"manifest", planned.name, sha256(planned.model->manifest().text)});
  for (const auto& file : session.dataset->files()) header.inputs.push_back(file);
  header.inputs.push_back({"suite", session.suite.name, session.suite.sha256});
  for (auto& file : linked_inputs(session.suite, *session.corpus)) header.inputs.push_back(std::move(file));
  header.settings = {{"batch_size", std::to_string(options.batch_size)},
                     {"device", options.device},
                     {"limit", std::to_string(options.limit)},
                     {"shard", options.shard},
                     {"only", join(options.only, " ")},
                     {"jobs", std::to_string(session.jobs)},
                     {"threads_per_call", std::to_string(options.threads_per_call)},
                     {"max_failures", format_number(options.max_failures)},
                     {"memory_bytes", std::to_string(options.memory_bytes)},
                     {"weak_limit", format_number(session.suite.weak_limit)},
                     {"command_line", options.command_line}};
  header.environment = environment();
  header.data_notes = session.dataset->notes();
  if (std::string note = checkpoint_note(planned, session.suite); !note.empty()) header.data_notes.push_back(note);
  header.warnings = session.dataset->warnings();
  header.trained_with = planned.model->manifest().trained_with;
  return header;
}

/// Golden outputs inside the checkpoints: what PyTorch gave must come out here.
void check_export(PlannedModel& planned) {
  std::vector<const models::Model*> checkpoints{planned.model.get()};
  for (const auto& [level, model] : planned.by_level) checkpoints.push_back(model.get());
  for (const auto* checkpoint : checkpoints) {
    const auto check = checkpoint->check_export();
    if (!check) continue;
    if (!planned.exported) planned.exported.emplace();
    planned.exported->rows += check->rows;
    planned.exported->within += check->within;
    planned.exported->largest = std::max(planned.exported->largest, check->largest);
    planned.header.warnings.insert(planned.header.warnings.end(), check->warnings.begin(), check->warnings.end());
  }
}

/// A recogniser that hears needs sound; a file of transcripts does not.
void check_recognisers(const Session& session, const PlannedModel& planned) {
  const Forms missing = Forms{Form::kTranscript, Form::kWaveform} - session.dataset->forms();
  for (const auto& cell : planned.cells) {
    if (cell.row.clean()) continue;  // that of another cell
    for (const auto& part : cell.parts) {
      const auto manifest = part.spec->needs(part.params).recogniser;
      if (!manifest || missing.empty()) continue;
      const auto recogniser = session.corpus->recogniser(*manifest);
      if (missing.has(Form::kTranscript) || !recogniser || recogniser->hears()) {
        throw Error(ErrorKind::kUsage,
                    cell.where + ": " + cell.row.id + ": the data has no " + missing.describe() +
                        "; it takes clips with sound and transcripts" +
                        (missing.has(Form::kTranscript) ? "" : ", or a recogniser that is a file of transcripts"));
      }
    }
  }
}

void plan_model(Session& session, const RunOptions& options, PlannedModel& planned,
                const std::vector<Sample>& samples) {
  const auto& manifest = planned.model->manifest();
  const bool vocab = any_input(manifest.inputs, [](const auto& input) { return !input.vocab.empty(); });
  check_forms(planned, *session.dataset, vocab);
  check_speakers(planned, *session.dataset);

  auto facts = data_facts(*session.dataset);
  facts.model_reads = manifest.reads();
  facts.dialogues = session.dialogues;
  facts.tokens_from_transcript = vocab && facts.data.has(Form::kTranscript);
  auto plan = suites::plan(session.suite, facts, options.strict);

  planned.header = make_header(session, options, planned);
  planned.header.not_tested = std::move(plan.not_tested);
  planned.cells = std::move(plan.cells);
  keep_served(planned, session.suite, options.strict);
  planned.cells = suites::select(std::move(planned.cells), options.only);
  check_recognisers(session, planned);

  check_export(planned);
  auto probes = models::probe(*planned.model, samples, options.batch_size);
  for (const auto& [level, model] : planned.by_level) {
    const auto other =
        in_context(planned.model->manifest().level_axis + "=" + format_number(level),
                   [&, at_level = model.get()] { return models::probe(*at_level, samples, options.batch_size); });
    if (other.columns != probes.columns) {
      throw Error(ErrorKind::kModel, model->file().string() + ": gives " + std::to_string(other.columns) +
                                         " outputs a sample, the clean checkpoint " + std::to_string(probes.columns));
    }
    for (const auto& [name, value] : other.measures) probes.measures[name] = std::max(probes.measures[name], value);
  }
  planned.header.probes = probes.measures;
  if (planned.exported) planned.header.probes["export"] = planned.exported->largest;
  planned.header.warnings.insert(planned.header.warnings.end(), probes.warnings.begin(), probes.warnings.end());
  planned.header.task =
      models::derive_task(manifest, probes.columns, session.dataset->convention(), session.dataset->label_names());
  require_polarity(session.suite, options.strict, planned);
  const auto& embedding = samples.front().embedding;
  const bool in_sequence = embedding && embedding->steps > 1;  // one vector a clip has no neighbours
  for (auto& warning : masking_warnings(manifest, planned.cells, in_sequence ? embedding->dims : 0))
    planned.header.warnings.push_back(std::move(warning));
  metrics::check_labels(planned.header.task, session.sample_rows());
  check_front_end(session, options, planned);
}

}  // namespace

std::vector<SampleRow> Session::sample_rows() const {
  std::vector<SampleRow> rows;
  rows.reserve(sample_count);
  for (std::size_t i = 0; i < sample_count; ++i) {
    const auto& info = dataset->info(first_sample + i);
    rows.push_back({info.id, info.group, info.labels, info.metadata});
  }
  return rows;
}

std::unique_ptr<Batch> Session::make_batch(std::size_t index) const {
  auto batch = std::make_unique<Batch>();
  batch->index = index;
  const std::size_t first = index * batch_size, end = std::min(first + batch_size, row_count());
  batch->first_sample = row_starts[first] - first_sample;
  for (std::size_t row = first; row <= end; ++row) batch->row_starts.push_back(row_starts[row] - row_starts[first]);
  batch->samples.resize(batch->row_starts.back());
  for (std::size_t i = 0; i < cells.size(); ++i) batch->cells.push_back(i);
  return batch;
}

void Session::keep_rows(std::size_t rows) {
  row_starts.resize(rows + 1);
  sample_count = row_starts.back() - row_starts.front();
}

std::size_t Session::calls(const suites::Cell& cell) const {
  std::size_t calls = 0;
  for (std::size_t first = 0; first < row_count(); first += batch_size) {
    const std::size_t end = std::min(first + batch_size, row_count());
    calls += call_count(end - first, row_starts[end] - row_starts[first], cell.scope, batch_size);
  }
  return calls;
}

Loaded Session::load(std::size_t index) const {
  try {
    Loaded loaded{dataset->load(index), {}};
    auto& sample = *loaded.sample;
    const CrashLog::Scope scope(index);
    if (need_faces && sample.clip && !sample.faces) sample.faces = media::face_track(*sample.clip);
    return loaded;
  } catch (const Error& error) {
    return {std::nullopt, error.what()};
  } catch (const std::bad_alloc&) {
    return {std::nullopt, "does not fit into memory"};
  }
}

Session open_session(const RunOptions& options, const perturb::Registry& registry, const CrashLog* crash_log) {
  if (options.batch_size < 1 || options.batch_size > kMostRows) {
    throw Error(ErrorKind::kUsage, "--batch-size: " + std::to_string(options.batch_size) + ": 1 to " +
                                       std::to_string(kMostRows) + " is accepted");
  }
  if (options.jobs > kMostJobs) {
    throw Error(ErrorKind::kUsage,
                "--jobs: " + std::to_string(options.jobs) + ": at most " + std::to_string(kMostJobs) + " is accepted");
  }
  Session session;
  session.suite = suites::load(options.suite, registry);
  if (options.seed) session.suite.seed = *options.seed;
  session.batch_size = options.batch_size;
  session.crash_log = crash_log;
  session.jobs = options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const datasets::OpenOptions open{options.split, options.memory_bytes, crash_log};
  const datasets::OpenOptions external{options.split, options.memory_bytes, nullptr};  // its samples have other indices
  session.dataset = datasets::open(options.data, open);
  session.corpus = std::make_unique<RunCorpus>(*session.dataset, external,
                                               models::LoadOptions{options.device, options.threads_per_call});
  session.models = load_models(options);
  session.dialogues = rows_are_dialogues(session.models);
  session.row_starts = all_rows(*session.dataset, session.dialogues);
  if (options.limit > 0) session.keep_rows(std::min(options.limit, session.row_count()));
  session.limited_samples = session.row_starts.back();
  session.need_faces = models_read_faces(session);  // cells that need them are not known yet
  session.sample_count = session.limited_samples;
  const auto samples = probe_samples(session);  // the same ones in every shard
  const auto [first_row, row_count] = row_range(options, session.row_count());
  session.row_starts.erase(session.row_starts.begin(),
                           session.row_starts.begin() + static_cast<std::ptrdiff_t>(first_row));
  session.first_sample = session.row_starts.front();
  session.keep_rows(row_count);
  for (auto& planned : session.models)
    in_context(planned.name, [&] { plan_model(session, options, planned, samples); });
  share_cells(session);
  std::vector<suites::Cell> selected;
  for (const auto& shared : session.cells) selected.push_back(shared.cell);
  suites::check_only(options.only, selected, session.suite);
  return session;
}

void keep_only(Session& session, const std::vector<std::string>& only) {
  for (auto& planned : session.models) {
    planned.cells = suites::select(std::move(planned.cells), only);
    planned.header.settings["only"] = join(only, " ");
  }
  share_cells(session);
}

}  // namespace shakedown::runners
