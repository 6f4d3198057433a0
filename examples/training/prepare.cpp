#include "prepare.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <iostream>
#include <set>

#include <fmt/format.h>

#include "binder.h"
#include "inputs.h"
#include "shakedown/core/error.h"
#include "shakedown/core/rng.h"
#include "shakedown/core/text.h"
#include "shakedown/datasets/corpus.h"
#include "shakedown/media/faces.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/runners/executor.h"
#include "shakedown/suites/suite.h"
#include "vocabulary.h"

namespace training {
namespace {

using namespace shakedown;

constexpr std::size_t kCorpusBytes = std::size_t{256} << 20U;
constexpr std::string_view kMissing = "missing.modality";

/// The suite's cells by the modality that they write.
struct Seen {
  std::uint64_t seed = 0;
  std::array<std::vector<suites::Cell>, kModalities> cells;
  suites::Cell nothing_left;  ///< missing.modality keep=none
  std::vector<std::array<bool, kModalities>> absent;
  std::vector<std::string> names;  ///< entries of trained_with
};

/// What trained_with names: the perturbation with the values of its choices; missing.modality with what it keeps.
std::string variant(const perturb::Part& part) {
  if (part.spec->name == kMissing) return part.spec->name + "[keep=" + part.params.at("keep") + "]";
  std::vector<std::string> choices;
  for (const auto& parameter : part.spec->params) {
    if (!parameter.choices.empty()) choices.push_back(parameter.name + "=" + part.params.at(parameter.name));
  }
  return part.spec->name + (choices.empty() ? "" : "[" + shakedown::join(choices, ",") + "]");
}

Seen load_seen(const std::filesystem::path& file, const perturb::Registry& registry) {
  const auto suite = suites::load(file.string(), registry);
  Seen seen;
  seen.seed = suite.seed;
  std::set<std::string> names;
  for (const auto& cell : suite.cells) {
    if (cell.parts.size() != 1) {
      throw Error(ErrorKind::kUsage, cell.where + ": a composition: one perturbation a cell is accepted here");
    }
    const auto& part = cell.parts.front();
    if (names.insert(variant(part)).second) seen.names.push_back(variant(part));
    if (part.spec->name == kMissing) {
      const auto kept = split(part.params.at("keep"), '+');
      const auto lost = [&](const char* name) { return std::find(kept.begin(), kept.end(), name) == kept.end(); };
      seen.absent.push_back({lost("text"), lost("audio"), lost("video")});
    } else if (cell.row.modality == Modality::kCross) {
      throw Error(ErrorKind::kUsage, cell.where + ": writes several modalities: besides " + std::string(kMissing) +
                                         " cells that write one are accepted here");
    } else {
      seen.cells[static_cast<std::size_t>(cell.row.modality)].push_back(cell);
    }
  }
  seen.nothing_left = suites::parse_cell(std::string(kMissing) + "{keep: none}", registry);
  return seen;
}

/// The tensors of one split while they are filled in, clip by clip.
class SplitWriter {
 public:
  SplitWriter(std::int64_t clips, std::int64_t rows) {
    split_.text = torch::zeros({clips, rows, 3, kTokens});
    split_.mel = torch::zeros({clips, rows, kMelSteps, kMels});
    split_.faces = torch::zeros({clips, rows, kFaces, 3, kSide, kSide}, torch::kUInt8);
    split_.mel_lengths = torch::zeros({clips, rows}, torch::kInt64);
    split_.face_lengths = torch::zeros({clips, rows}, torch::kInt64);
    split_.label = torch::zeros({clips});
    split_.modality_label = torch::zeros({clips, kModalities});
  }

  void labels(std::int64_t clip, const Sample& sample) {
    split_.label[clip] = sample.labels.at("regression").value;
    for (int m = 0; m < kModalities; ++m) {
      const auto found = sample.labels.find(std::array{"regression_T", "regression_A", "regression_V"}.at(m));
      split_.modality_label[clip][m] = found == sample.labels.end() ? NAN : found->second.value;
    }
  }

  /// Takes what `values` (of a batch of one) hold of one modality.
  void row(std::int64_t clip, std::int64_t row, int modality, const std::vector<models::Value>& values) {
    if (modality == 0) copy(values[0], split_.text[clip][row]);
    if (modality == 1) copy(values[1], split_.mel[clip][row]), copy(values[2], split_.mel_lengths[clip][row]);
    if (modality == 2) {
      torch::Tensor frames = torch::empty({kFaces, 3, kSide, kSide});
      copy(values[3], frames);
      split_.faces[clip][row].copy_((frames * 255).round().to(torch::kUInt8));
      copy(values[4], split_.face_lengths[clip][row]);
    }
  }

  [[nodiscard]] Split finish() && { return std::move(split_); }

 private:
  static void copy(const models::Value& value, torch::Tensor target) {
    const auto& bytes = value.tensor.bytes;
    if (bytes.size() != target.nbytes()) throw Error(ErrorKind::kInternal, "inputs.h and its manifest disagree");
    std::memcpy(target.data_ptr(), bytes.data(), bytes.size());
  }
  Split split_;
};

class Preparer {
 public:
  Preparer(const PrepareOptions& options, const Seen& seen, const models::Binder& binder)
      : options_(options), seen_(seen), binder_(binder) {}

  Split split(const datasets::Dataset& dataset) const {
    const datasets::DatasetCorpus corpus(dataset, kCorpusBytes);
    const auto clips = dataset.size();
    SplitWriter writer(static_cast<std::int64_t>(clips), 2 + options_.corrupted_rows);
    std::atomic<std::size_t> next{0};
    runners::make_executor()->run(static_cast<std::size_t>(options_.jobs), [&](std::size_t) {
      for (std::size_t i = next++; i < clips; i = next++) {
        clip(corpus, dataset.load(i), static_cast<std::int64_t>(i), writer);
        if ((i + 1) % 100 == 0) std::cerr << fmt::format("{} of {} clips\n", i + 1, clips);
      }
    });
    return std::move(writer).finish();
  }

 private:
  void clip(const Corpus& corpus, Sample clean, std::int64_t index, SplitWriter& writer) const {
    if (clean.clip) clean.faces = media::face_track(*clean.clip);
    writer.labels(index, clean);
    const auto clean_values = bind(clean, clean);
    const auto gone = bind(corrupt(seen_.nothing_left, clean, corpus, 0), clean);
    const Stream choice = Rng({seen_.seed, "training", 1, 0, clean.id, 0}).stream("cells");
    for (int m = 0; m < kModalities; ++m) {
      writer.row(index, 0, m, clean_values);
      writer.row(index, 1 + options_.corrupted_rows, m, gone);
      const auto& cells = seen_.cells.at(static_cast<std::size_t>(m));
      for (int r = 0; r < options_.corrupted_rows; ++r) {
        if (cells.empty()) {
          writer.row(index, 1 + r, m, clean_values);
          continue;
        }
        const auto draw = choice.below(cells.size(), static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(m));
        writer.row(index, 1 + r, m, bind(corrupt(cells[draw], clean, corpus, r), clean));
      }
    }
  }

  /// The clip after the cell; as it was where the cell could not be done on it, as in a run.
  [[nodiscard]] Sample corrupt(const suites::Cell& cell, const Sample& clean, const Corpus& corpus,
                               int replicate) const {
    const auto applied = perturb::apply_parts(clean, cell.parts, corpus, seen_.seed, replicate);
    return applied.effects.front().state == State::kSkipped ? clean : applied.sample;
  }

  [[nodiscard]] std::vector<models::Value> bind(const Sample& sample, const Sample& clean) const {
    return binder_.bind(std::array{models::Request{sample, clean}});
  }

  const PrepareOptions& options_;
  const Seen& seen_;
  const models::Binder& binder_;
};

}  // namespace

Pool prepare(const PrepareOptions& options) {
  perturb::Registry registry;
  perturb::register_builtins(registry);
  const Seen seen = load_seen(options.suite, registry);
  datasets::OpenOptions open;
  open.split = "train";
  const auto train = datasets::open(options.data, open);
  open.split = "valid";
  const auto valid = datasets::open(options.data, open);

  Pool pool;
  pool.trained_with = seen.names;
  pool.vocabulary = make_vocabulary(*train);
  pool.absent = torch::zeros({static_cast<std::int64_t>(seen.absent.size()), kModalities}, torch::kBool);
  for (std::size_t c = 0; c < seen.absent.size(); ++c) {
    for (int m = 0; m < kModalities; ++m) {
      pool.absent[static_cast<std::int64_t>(c)][m] = seen.absent[c].at(static_cast<std::size_t>(m));
    }
  }
  const models::Binder binder(input_specs(pool.vocabulary));
  const Preparer preparer(options, seen, binder);
  pool.train = preparer.split(*train);
  pool.valid = preparer.split(*valid);
  return pool;
}

}  // namespace training
