#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "column_maps.h"
#include "feature_files.h"
#include "feature_report.h"
#include "formats.h"
#include "lazy.h"
#include "mmsa_split.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/core/text.h"
#include "summary.h"

namespace shakedown::datasets {
namespace {

constexpr std::array kFeatureForms{Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
constexpr double kNormalisationEpsilon = 1e-6;
constexpr std::size_t kMaxNameBytes = 1024;  // of an id, group or class name

std::string checked_name(const Column& column, std::size_t row, std::size_t item = 0) {
  std::string text = column.text(row, item);
  if (text.size() <= kMaxNameBytes) return text;
  throw Error(ErrorKind::kData, fmt::format("{}: row {}: {} bytes where an id or a name of at most {} is expected",
                                            column.key(), row, text.size(), kMaxNameBytes));
}

class MmsaDataset : public Dataset {
 public:
  MmsaDataset(Manifest manifest, const OpenOptions& options)
      : manifest_(std::move(manifest)), options_(options), split_(open_split()) {
    in_context(file().string(), [&] {
      read_infos();
      require_unique_ids(infos_);
      require_labels(infos_, MmsaDataset::label_names());
      check_blocks();
    });
  }

  std::size_t size() const override { return split_.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_.at(index); }
  Sample load(std::size_t index) const override;
  SampleShape shape(std::size_t index) const override;
  Shared<Transcript> transcript(std::size_t index) const override;
  Forms forms() const override;
  Shared<FeatureStatistics> statistics(Form form) const override;

  std::string name() const override { return manifest_.name; }
  std::string format() const override { return manifest_.format; }
  std::string convention() const override { return manifest_.convention; }
  std::vector<std::string> label_names() const override;
  std::vector<InputFile> files() const override;
  std::vector<std::string> notes() const override;
  Facts facts() const override;
  std::vector<Warning> warnings() const override;
  std::vector<ColumnBlock> columns() const override;
  std::map<Form, std::string> layouts() const override;

 private:
  const std::filesystem::path& file() const { return *file_of(manifest_, options_.split); }
  MmsaSplit open_split() const;
  void read_infos();
  void check_blocks() const;
  const ColumnMap* layout_of(Form form) const;
  Tokens load_tokens(std::size_t index) const;
  [[nodiscard]] bool normalised(Form form) const;
  void normalise(Form form, Sequence& sequence) const;
  Shared<FeatureStatistics> raw_statistics(Form form) const;
  /// The train split where the data has one: in this file, or in one of its own.
  std::optional<MmsaSplit> open_train() const;
  const MmsaSplit& statistics_source(Form form) const;
  std::string statistics_split(Form form) const;
  const FeatureSurvey& survey(Form form) const;

  Manifest manifest_;
  OpenOptions options_;
  MmsaSplit split_;
  std::vector<SampleInfo> infos_;
  std::size_t ungrouped_ = 0;
  Lazy<std::optional<MmsaSplit>> train_;
  std::array<Lazy<Shared<FeatureStatistics>>, kFeatureForms.size()> statistics_;  ///< of the values as stored
  std::array<Lazy<FeatureSurvey>, kFeatureForms.size()> surveys_;
  Lazy<std::vector<InputFile>> files_;
};

std::size_t slot(Form form) {
  return static_cast<std::size_t>(std::ranges::find(kFeatureForms, form) - kFeatureForms.begin());
}

MmsaSplit MmsaDataset::open_split() const {
  if (file_of(manifest_, options_.split) == nullptr) {
    std::vector<std::string> known;
    for (const auto& [split, path] : manifest_.files) known.push_back(split);
    throw Error(ErrorKind::kData, fmt::format("{}: no file for split '{}'; 'files:' has: {}",
                                              manifest_.manifest_file.string(), options_.split, join(known, ", ")));
  }
  const auto pickle = open_features(manifest_, options_.split, options_.memory_bytes);
  return in_context(file().string(), [&] { return MmsaSplit(pickle, manifest_, options_.split); });
}

void MmsaDataset::read_infos() {
  const Column* const ids = split_.column("id");
  const Column* const groups = split_.column("group");
  const Column* const speakers = split_.column("speaker");
  infos_.resize(split_.size());
  for (std::size_t row = 0; row < infos_.size(); ++row) {
    SampleInfo& info = infos_[row];
    std::string parent;  // the cluster that the id names
    if (ids == nullptr) {
      info.id = fmt::format("row:{:06}", row);
    } else {
      std::vector<std::string> parts;  // CMU files name video, start and end
      for (std::size_t item = 0; item < ids->width(); ++item) parts.push_back(checked_name(*ids, row, item));
      info.id = join(parts, "_");
      if (info.id.empty()) throw Error(ErrorKind::kData, fmt::format("{}: row {}: empty id", ids->key(), row));
      parent = parts.size() > 1 ? parts.front() : group_of_id(info.id);
    }
    info.group = groups != nullptr ? checked_name(*groups, row) : parent;
    if (info.group.empty()) {
      info.group = info.id;
      ++ungrouped_;
    }
    info.speaker = speakers != nullptr ? checked_name(*speakers, row) : info.group;
    for (const auto& [source, column] : split_.labels()) {
      info.labels[source.name] = column.is_text(row, source.column)
                                     ? label_from_text(source.name, checked_name(column, row, source.column))
                                     : label_from_number(source.name, column.number(row, source.column));
    }
  }
}

void MmsaDataset::check_blocks() const {
  for (const Form form : manifest_.normalise) {
    if (split_.features(form) != nullptr) continue;
    throw Error(ErrorKind::kData, fmt::format("normalise: the data has no {}", form_name(form)));
  }
  for (const auto& [form, name] : manifest_.layouts) {
    const FeatureTable* const table = split_.features(form);
    const std::size_t dims = table == nullptr ? 0 : table->values().dims();
    const auto map = std::ranges::find(column_maps(), name, &ColumnMap::name);
    if (name == "none" || map->dims == dims) continue;
    throw Error(ErrorKind::kData,
                fmt::format("columns: {} has {} columns, but {} has {}", name, map->dims, form_name(form), dims));
  }
  for (const ColumnBlock& block : manifest_.columns) {
    const FeatureTable* const table = split_.features(block.form);
    const std::size_t dims = table == nullptr ? 0 : table->values().dims();
    if (block.end <= dims) continue;
    throw Error(ErrorKind::kData, fmt::format("columns: '{}' ends at dimension {}, but {} has {}", block.name,
                                              block.end, form_name(block.form), dims));
  }
}

/// The layout of `form` when data.yaml names no blocks of it: the one that it names, else by the number of columns.
const ColumnMap* MmsaDataset::layout_of(Form form) const {
  const FeatureTable* const table = split_.features(form);
  const bool named_blocks =
      std::ranges::any_of(manifest_.columns, [&](const auto& block) { return block.form == form; });
  const auto named = manifest_.layouts.find(form);
  // A layout says which columns are hertz or radians, which they are no more once normalised.
  if (table == nullptr || normalised(form) || named_blocks ||
      (named != manifest_.layouts.end() && named->second == "none"))
    return nullptr;
  return column_map_of(form, table->values().dims());
}

std::vector<ColumnBlock> MmsaDataset::columns() const {
  std::vector<ColumnBlock> columns = manifest_.columns;
  for (const Form form : kFeatureForms) {
    if (const ColumnMap* const map = layout_of(form))
      columns.insert(columns.end(), map->blocks.begin(), map->blocks.end());
  }
  return columns;
}

std::map<Form, std::string> MmsaDataset::layouts() const {
  std::map<Form, std::string> layouts;
  for (const Form form : kFeatureForms) {
    const FeatureTable* const table = split_.features(form);
    if (table == nullptr) continue;
    if (normalised(form) && !std::ranges::any_of(manifest_.columns, [&](const auto& b) { return b.form == form; })) {
      layouts[form] = "normalised: no layout";
      continue;
    }
    const bool guessed = layout_of(form) != nullptr || !manifest_.layouts.contains(form);
    const bool named = std::ranges::any_of(manifest_.columns, [&](const auto& block) { return block.form == form; });
    layouts[form] = named      ? "named by data.yaml"
                    : !guessed ? "no layout, as data.yaml says"
                               : describe_layout(form, table->values().dims());
  }
  return layouts;
}

Tokens MmsaDataset::load_tokens(std::size_t index) const {
  const Sequence rows = split_.tokens()->read(index);
  Tokens tokens;
  tokens.layout = manifest_.token_layout;
  const std::array targets{&tokens.ids, &tokens.mask, &tokens.segments};
  if (rows.steps != targets.size()) {
    throw Error(ErrorKind::kData,
                fmt::format("{}: {} rows; ids, mask and segments are expected", split_.tokens()->key(), rows.steps));
  }
  for (std::size_t kind = 0; kind < targets.size(); ++kind) {
    for (std::size_t i = 0; i < rows.dims; ++i) {
      const float value = rows.row(kind)[i];
      if (!(value >= 0) || value != std::floor(value) || value >= 0x1.0p24F) {  // floats name integers up to 2^24
        throw Error(ErrorKind::kData, fmt::format("{}: {} is no token id", split_.tokens()->key(), value));
      }
      targets[kind]->push_back(static_cast<std::int64_t>(value));
    }
  }
  return tokens;
}

Sample MmsaDataset::load(std::size_t index) const {
  const SampleInfo& known = info(index);
  return in_context("sample '" + known.id + "'", [&] {
    Sample sample;
    sample.id = known.id;
    sample.group = known.group;
    sample.speaker = known.speaker;
    sample.index = index;
    sample.labels = known.labels;
    sample.metadata = known.metadata;
    const auto read = [&](Form form) -> Shared<Sequence> {
      const FeatureTable* const table = split_.features(form);
      if (table == nullptr) return nullptr;
      const std::size_t items = table->values().steps(index) * table->values().dims();
      if (items > options_.memory_bytes / sizeof(float)) {
        throw Error(ErrorKind::kData,
                    fmt::format("{}: {} values are more than --memory allows", form_name(form), items));
      }
      auto sequence = std::make_shared<Sequence>(table->load(index));
      if (normalised(form)) normalise(form, *sequence);
      return sequence;
    };
    sample.embedding = read(Form::kEmbedding);
    sample.audio_features = read(Form::kAudioFeatures);
    sample.vision_features = read(Form::kVisionFeatures);
    if (split_.tokens() != nullptr) sample.tokens = std::make_shared<const Tokens>(load_tokens(index));
    sample.transcript = transcript(index);
    return sample;
  });
}

Shared<Transcript> MmsaDataset::transcript(std::size_t index) const {
  const Column* const text = split_.column("raw_text");
  if (text == nullptr) return nullptr;
  return std::make_shared<const Transcript>(Transcript{text->text(index), {}, manifest_.language});
}

SampleShape MmsaDataset::shape(std::size_t index) const {
  return in_context("sample '" + info(index).id + "'", [&] {
    SampleShape shape;
    for (const Form form : kFeatureForms) {
      const FeatureTable* const table = split_.features(form);
      if (table != nullptr) shape.extents[static_cast<std::size_t>(form)] = table->extent(index);
    }
    if (split_.tokens() != nullptr) {
      const Tokens tokens = load_tokens(index);
      shape.extents[static_cast<std::size_t>(Form::kTokens)] = {tokens.length(), tokens.padded()};
    }
    return shape;
  });
}

Forms MmsaDataset::forms() const {
  Forms forms;
  for (const Form form : kFeatureForms) {
    if (split_.features(form) != nullptr) forms.add(form);
  }
  if (split_.tokens() != nullptr) forms.add(Form::kTokens);
  if (split_.column("raw_text") != nullptr) forms.add(Form::kTranscript);
  return forms;
}

std::optional<MmsaSplit> MmsaDataset::open_train() const {
  const std::filesystem::path* const path = file_of(manifest_, "train");
  if (path == nullptr || options_.split == "train") return std::nullopt;
  if (manifest_.format == "csd" && manifest_.videos.empty()) return std::nullopt;  // all videos are this split's
  const auto pickle = open_features(manifest_, "train", options_.memory_bytes);
  return in_context(path->string(), [&]() -> std::optional<MmsaSplit> {
    const PickleObject* const dict = MmsaSplit::find(*pickle, manifest_, "train");
    // A file of one unnamed split is taken for the one that was asked for, not for train as well.
    if (dict == nullptr || (dict == &pickle->root() && *path == file())) return std::nullopt;
    return MmsaSplit(pickle, manifest_, "train", MmsaSplit::Parts::kFeatures);
  });
}

const MmsaSplit& MmsaDataset::statistics_source(Form form) const {
  const auto& train = train_.get([&] { return open_train(); });
  const FeatureTable* const table = train ? train->features(form) : nullptr;
  const bool same_kind = table != nullptr && table->values().dims() == split_.features(form)->values().dims();
  return same_kind ? *train : split_;
}

std::string MmsaDataset::statistics_split(Form form) const {
  return &statistics_source(form) == &split_ ? options_.split : "train";
}

bool MmsaDataset::normalised(Form form) const {
  return std::ranges::find(manifest_.normalise, form) != manifest_.normalise.end();
}

/// (x - mean) / (standard deviation + 1e-6) of the train split within the valid length, as EMT-DLFR's
/// normalize_sims.py; padding stays 0. Perturbations come after it: what they set to zero is the mean.
void MmsaDataset::normalise(Form form, Sequence& sequence) const {
  const Shared<FeatureStatistics> statistics = raw_statistics(form);
  for (std::size_t step = 0; step < sequence.length; ++step) {
    float* const row = sequence.row(step);
    for (std::size_t d = 0; d < sequence.dims; ++d) {
      row[d] = static_cast<float>((row[d] - statistics->mean[d]) /
                                  (statistics->standard_deviation[d] + kNormalisationEpsilon));
    }
  }
}

Shared<FeatureStatistics> MmsaDataset::statistics(Form form) const {
  Shared<FeatureStatistics> raw = raw_statistics(form);
  if (raw == nullptr || !normalised(form)) return raw;
  auto statistics = std::make_shared<FeatureStatistics>(*raw);
  std::ranges::fill(statistics->mean, 0.0);
  for (double& spread : statistics->standard_deviation) spread /= spread + kNormalisationEpsilon;
  return statistics;
}

Shared<FeatureStatistics> MmsaDataset::raw_statistics(Form form) const {
  if (split_.features(form) == nullptr) return nullptr;
  return statistics_[slot(form)].get([&] {
    return std::make_shared<const FeatureStatistics>(
        statistics_source(form).features(form)->statistics(statistics_split(form)));
  });
}

const FeatureSurvey& MmsaDataset::survey(Form form) const {
  return surveys_[slot(form)].get([&] { return split_.features(form)->survey(); });
}

std::vector<std::string> MmsaDataset::label_names() const {
  std::vector<std::string> names;
  for (const auto& [source, column] : split_.labels()) names.push_back(source.name);
  return names;
}

std::vector<InputFile> MmsaDataset::files() const {
  return files_.get([&] {
    std::vector<InputFile> files;
    const auto add = [&](const std::string& role, const std::filesystem::path& path) {
      files.push_back({role, path.string(), sha256_file(path)});
    };
    if (!manifest_.manifest_file.empty()) add("manifest", manifest_.manifest_file);
    add("data", file());
    const std::filesystem::path* const train = file_of(manifest_, "train");
    if (train != nullptr && *train != file()) add("data", *train);
    for (const auto& [role, path] : manifest_.sequences) {
      if (path != file()) add("data", path);
    }
    for (const auto& [split, path] : manifest_.videos) add("videos", path);
    if (manifest_.format == "facialmmt") {
      for (const auto* const vision : {&file(), train}) {
        if (vision == nullptr) continue;
        std::string name = vision->filename().string();
        const std::string split = name.substr(5, name.find("_vision_utt") - 5);
        add("data", vision->parent_path() / fmt::format("meld_{}_audio_utt.pkl", split));
        add("data", vision->parent_path() / fmt::format("{}_utt_profile.json", split));
      }
    }
    return files;
  });
}

std::vector<std::string> MmsaDataset::notes() const {
  std::vector<std::string> notes;
  const auto note = [&](std::string text) { notes.push_back(std::move(text)); };
  if (!split_.names_split()) {
    note(fmt::format("the file does not say which split it holds: it is read as '{}'", options_.split));
  }
  if (split_.column("id") == nullptr) note("the data has no ids: samples are named by row, row:000000 and on");
  for (const Form form : kFeatureForms) {
    const FeatureTable* const table = split_.features(form);
    if (table == nullptr) continue;
    note(fmt::format("{}: {}; statistics from split '{}'", form_name(form), table->length_source(),
                     statistics_split(form)));
    if (normalised(form)) {
      note(fmt::format("{}: normalised by mean and standard deviation of split '{}'", form_name(form),
                       statistics_split(form)));
    }
    for (std::string& text : feature_notes(form, survey(form))) note(std::move(text));
  }
  if (split_.pickle().trailing_bytes() > 0) {
    note(fmt::format("{} bytes behind the end of the pickle are not read", split_.pickle().trailing_bytes()));
  }
  return notes;
}

Facts MmsaDataset::facts() const {
  Facts facts{{"name", name()},
              {"format", format()},
              {"file", file().string()},
              {"split", options_.split},
              {"samples", std::to_string(size())},
              {"groups", std::to_string(count_groups(infos_))}};
  std::vector<std::string> splits;
  if (split_.names_split()) {
    splits = split_.pickle().root().keys();
  } else {
    for (const auto& [split, path] : manifest_.files) splits.push_back(split);
  }
  if (!splits.empty() && !splits.front().empty()) facts.emplace_back("splits", join(splits, ", "));
  for (auto& fact : label_facts(infos_, label_names())) facts.push_back(std::move(fact));
  if (split_.column("raw_text") != nullptr) facts.emplace_back("text.transcript", "words");
  if (const SequenceColumn* const tokens = split_.tokens()) {
    facts.emplace_back("text.tokens", fmt::format("{} of '{}'", tokens->describe(), tokens->key()));
  }
  for (const Form form : kFeatureForms) {
    const FeatureTable* const table = split_.features(form);
    if (table == nullptr) continue;
    for (auto& fact : feature_facts(form, *table, survey(form))) facts.push_back(std::move(fact));
    facts.emplace_back(fmt::format("{} columns", form_name(form)), layouts().at(form));
  }
  return facts;
}

std::vector<Warning> MmsaDataset::warnings() const {
  std::vector<Warning> warnings = group_warnings(infos_, ungrouped_);
  for (const Form form : kFeatureForms) {
    if (split_.features(form) == nullptr) continue;
    for (Warning& warning : feature_warnings(form, survey(form))) warnings.push_back(std::move(warning));
  }
  return warnings;
}

}  // namespace

std::unique_ptr<Dataset> open_mmsa(Manifest manifest, const OpenOptions& options) {
  if (manifest.format == "facialmmt") {
    find_facialmmt(manifest);
    manifest.keys.emplace("group", "dialogue");
    if (manifest.labels.empty()) manifest.labels = {{"emotion", "emotion", 0}};
  }
  if (manifest.format == "csd") manifest.keys.emplace("group", "group");
  return std::make_unique<MmsaDataset>(std::move(manifest), options);
}

}  // namespace shakedown::datasets
