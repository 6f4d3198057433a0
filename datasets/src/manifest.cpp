#include "manifest.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "column_maps.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"
#include "shakedown/media/tokenizer.h"

namespace shakedown::datasets {
namespace {

std::string choice(const Yaml& value, const std::vector<std::string>& accepted, std::string_view what) {
  std::string given = value.text();
  if (std::ranges::find(accepted, given) == accepted.end()) {
    value.fail(fmt::format("{} '{}'{}; accepted: {}", what, given, suggestion(given, accepted), join(accepted, ", ")));
  }
  return given;
}

std::size_t index(const Yaml& value, std::string_view what) {
  const std::int64_t given = value.integer();
  if (given < 0) value.fail(fmt::format("{} {}: 0 or more is expected", what, given));
  return static_cast<std::size_t>(given);
}

void read_files(const Yaml& yaml, Manifest& manifest) {
  if (const Yaml path = yaml.get("path")) manifest.root = manifest.root / path.text();
  const Yaml file = yaml.get("file");
  const Yaml files = yaml.get("files");
  if (file && files) files.fail("'file' and 'files' are both given: one is expected");
  if (file) manifest.files[""] = manifest.root / file.text();
  if (!files) return;
  for (const auto& [split, name] : files.entries()) {
    if (file_of(manifest, split) != nullptr) name.fail("a file for split '" + split + "' is given twice");
    manifest.files[split] = manifest.root / name.text();
  }
}

void read_sequences(const Yaml& yaml, Manifest& manifest) {
  const bool csd = manifest.format == "csd";
  for (const char* const key : {"sequences", "videos"}) {
    if (const Yaml given = yaml.get(key); given && !csd) given.fail(fmt::format("'{}' is for format csd", key));
  }
  if (!csd) return;
  for (const char* const key : {"file", "files"}) {
    if (const Yaml given = yaml.get(key)) given.fail("format csd has 'sequences:', a file a role");
  }
  const Yaml sequences = yaml.require("sequences");
  sequences.only({"words", "text", "audio", "vision", "labels"});
  for (const auto& [role, name] : sequences.entries()) manifest.sequences[role] = manifest.root / name.text();
  if (!manifest.sequences.contains("labels")) sequences.fail("'labels' is missing: their intervals are the samples");
  if (manifest.sequences.size() == 1) {
    sequences.fail(
        "sequences: only labels are named; at least one of words, text, audio and vision is needed beside them");
  }
  const std::filesystem::path& labels = manifest.sequences["labels"];
  const Yaml videos = yaml.get("videos");
  if (!videos) manifest.files[""] = labels;
  if (!videos) return;
  for (const auto& [split, name] : videos.entries()) {
    manifest.videos[split] = manifest.root / name.text();
    manifest.files[split] = labels;
  }
}

void read_keys(const Yaml& yaml, Manifest& manifest) {
  std::vector<std::string> roles{"id", "text", "audio", "labels", "group", "speaker"};
  const std::vector<std::string> more =
      manifest.format != "media" && manifest.format != "meld"
          ? std::vector<std::string>{"raw_text", "text_bert", "vision", "audio_lengths", "vision_lengths"}
          : std::vector<std::string>{"video", "video_id", "clip_id", "mode", "mask"};
  roles.insert(roles.end(), more.begin(), more.end());
  if (manifest.format == "media") roles.emplace_back("faces");
  if (const Yaml keys = yaml.get("keys")) {
    keys.only(roles);
    for (const auto& [role, name] : keys.entries()) manifest.keys[role] = name.text();
  }
  for (const char* const role : {"group", "speaker"}) {
    const Yaml name = yaml.get(role);
    if (!name) continue;
    if (manifest.keys.contains(role)) name.fail(fmt::format("'{}' is given here and in 'keys': one is expected", role));
    manifest.keys[role] = name.text();
  }
}

void read_labels(const Yaml& yaml, Manifest& manifest) {
  const Yaml labels = yaml.get("labels");
  if (!labels) return;
  if (manifest.keys.contains("labels")) labels.fail("'labels' is given here and in 'keys': one is expected");
  for (const auto& [name, source] : labels.entries()) {
    LabelSource label{name, {}, 0};
    if (source.kind() == Yaml::Kind::kMap) {
      source.only({"key", "column"});
      label.key = source.require("key").text();
      if (const Yaml column = source.get("column")) label.column = index(column, "column");
    } else {
      label.key = source.text();
    }
    manifest.labels.push_back(label);
  }
  if (manifest.labels.empty()) labels.fail("names no label");
}

Form feature_form(const std::string& modality) {
  return modality == "text" ? Form::kEmbedding : modality == "audio" ? Form::kAudioFeatures : Form::kVisionFeatures;
}

void read_normalise(const Yaml& yaml, Manifest& manifest) {
  const Yaml list = yaml.get("normalise");
  if (!list) return;
  if (manifest.format == "media" || manifest.format == "meld") {
    list.fail("normalise: is for feature files; models name `mean` and `standard_deviation` of an input");
  }
  for (const Yaml& item : list.items()) {
    manifest.normalise.push_back(feature_form(choice(item, {"text", "audio", "vision"}, "normalise:")));
  }
}

void read_tokenizer(const Yaml& yaml, Manifest& manifest) {
  const Yaml given = yaml.get("tokenizer");
  if (!given) return;
  if (manifest.format != "mmsa" && manifest.format != "npz")
    given.fail("tokenizer: says whose token ids the data holds, and format " + manifest.format + " holds none");
  std::vector<std::string> names;
  for (const auto& family : media::tokenizer_families()) names.emplace_back(family.name);
  manifest.token_layout = media::find_tokenizer_family(choice(given, names, "tokenizer"))->layout();
}

void read_columns(const Yaml& yaml, Manifest& manifest) {
  const Yaml columns = yaml.get("columns");
  if (!columns) return;
  columns.only({"text", "audio", "vision"});
  for (const auto& [modality, blocks] : columns.entries()) {
    const Form form = feature_form(modality);
    if (blocks.kind() == Yaml::Kind::kScalar) {
      std::vector<std::string> accepted{"none"};
      for (const ColumnMap& map : column_maps()) {
        if (map.form == form && !map.blocks.empty()) accepted.push_back(map.name);
      }
      manifest.layouts[form] = choice(blocks, accepted, "layout");
      continue;
    }
    for (const auto& [name, range] : blocks.entries()) {
      ColumnBlock block{form, name, 0, 0};
      if (range.kind() == Yaml::Kind::kList) {
        if (range.size() != 2) range.fail("a dimension or [first, behind the last] is expected");
        block.begin = index(range.at(0), "dimension");
        block.end = index(range.at(1), "dimension");
        if (block.begin >= block.end) range.fail("the block is empty");
      } else {
        block.begin = index(range, "dimension");
        block.end = block.begin + 1;
      }
      manifest.columns.push_back(block);
    }
  }
}

void read_video(const Yaml& yaml, Manifest& manifest) {
  const Yaml video = yaml.get("video");
  if (!video) return;
  video.only({"fps", "max_side", "max_seconds"});
  const auto positive = [](const Yaml& value, double limit) {
    const double number = value.number();
    if (!(number > 0) || number > limit)
      value.fail("a number above 0 and up to " + format_number(limit) + " is expected");
    return number;
  };
  if (const Yaml fps = video.get("fps")) manifest.limits.fps = positive(fps, 1000);
  if (const Yaml side = video.get("max_side")) {
    manifest.limits.max_side = static_cast<int>(side.integer());
    positive(side, 16384);
  }
  if (const Yaml seconds = video.get("max_seconds")) manifest.limits.max_seconds = positive(seconds, 86400);
}

}  // namespace

std::string Manifest::key(const std::string& role, const std::string& fallback) const {
  const auto found = keys.find(role);
  return found == keys.end() ? fallback : found->second;
}

Manifest read_manifest(const std::filesystem::path& file) {
  const Yaml yaml = Yaml::load(file);
  yaml.require_schema("shakedown.data/1");
  yaml.only({"schema", "format", "name", "path", "file", "files", "keys", "labels", "group", "speaker", "columns",
             "convention", "video", "language", "sequences", "videos", "normalise", "tokenizer"});
  Manifest manifest;
  manifest.manifest_file = file;
  manifest.root = file.parent_path();
  std::vector<std::string> accepted;
  for (const FormatInfo& format : formats()) accepted.push_back(format.name);
  manifest.format = choice(yaml.require("format"), accepted, "format");
  read_files(yaml, manifest);
  read_sequences(yaml, manifest);
  read_keys(yaml, manifest);
  read_labels(yaml, manifest);
  read_columns(yaml, manifest);
  read_normalise(yaml, manifest);
  read_tokenizer(yaml, manifest);
  read_video(yaml, manifest);
  if (const Yaml convention = yaml.get("convention")) {
    manifest.convention = choice(convention, {"mosi", "mosei", "sims", "simsv2", "plain"}, "convention");
  }
  if (const Yaml language = yaml.get("language")) manifest.language = language.text();
  const Yaml name = yaml.get("name");
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  manifest.name = name ? name.text() : folder.filename().string();
  return manifest;
}

std::vector<std::string> split_names(const std::string& split) {
  const std::vector<std::string> valid{"valid", "val", "dev"};
  if (std::ranges::find(valid, split) == valid.end()) return {split};
  std::vector<std::string> names{split};  // the name that was asked for wins
  std::ranges::copy_if(valid, std::back_inserter(names), [&](const std::string& name) { return name != split; });
  return names;
}

const std::filesystem::path* file_of(const Manifest& manifest, const std::string& split) {
  for (const std::string& name : split_names(split)) {
    if (const auto found = manifest.files.find(name); found != manifest.files.end()) return &found->second;
  }
  const auto whole = manifest.files.find("");
  return whole == manifest.files.end() ? nullptr : &whole->second;
}

}  // namespace shakedown::datasets
