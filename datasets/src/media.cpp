#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "clips.h"
#include "formats.h"
#include "shakedown/core/csv.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

/// The clips below Raw/<video_id>/, each folder listed once. Names are compared as text: "03" is not "3".
class RawFolder {
 public:
  explicit RawFolder(std::filesystem::path root) : root_(std::move(root)) {}

  /// Raw/<video_id>/<clip_id>.<extension of a video, else of a sound>; empty when there is none.
  std::filesystem::path find(const std::string& video, const std::string& clip) {
    const auto& listed = list(video);
    const auto found = listed.find(clip);
    return found == listed.end() ? std::filesystem::path() : found->second;
  }

 private:
  const std::map<std::string, std::filesystem::path>& list(const std::string& video) {
    const auto [entry, fresh] = folders_.try_emplace(video);
    if (!fresh) return entry->second;
    std::error_code code;
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(root_ / video, code)) files.push_back(file.path());
    std::ranges::sort(files);
    for (const auto& file : files) {
      if (is_video_name(file)) entry->second.try_emplace(file.stem().string(), file);
    }
    for (const auto& file : files) {
      if (is_audio_name(file)) entry->second.try_emplace(file.stem().string(), file);
    }
    return entry->second;
  }

  std::filesystem::path root_;
  std::map<std::string, std::map<std::string, std::filesystem::path>> folders_;
};

/// The columns of a media table by role, after `keys:`, `labels:`, `group:` and `speaker:` of the manifest.
struct Columns {
  using Index = std::optional<std::size_t>;
  Index id, video_id, clip_id, text, mode, mask, audio, video, faces, group, speaker;
  std::vector<std::pair<std::string, std::size_t>> labels;

  /// What the sample does not carry elsewhere.
  [[nodiscard]] std::vector<std::size_t> others(const CsvTable& table) const {
    std::vector<std::size_t> used;
    for (const Index& role : {id, video_id, clip_id, text, mode, mask, audio, video, faces, group}) {
      if (role) used.push_back(*role);
    }
    for (const auto& [name, column] : labels) used.push_back(column);
    return columns_but(table, used);
  }
};

Columns find_columns(const CsvTable& table, const Manifest& manifest) {
  // A column that the manifest names must be there; one known by its usual name may be absent.
  const auto find = [&](const std::string& role, const std::string& usual) -> Columns::Index {
    const auto named = manifest.keys.find(role);
    if (named != manifest.keys.end()) return table.require(named->second);
    return usual.empty() ? std::nullopt : table.find(usual);
  };
  Columns columns;
  columns.id = find("id", "id");
  columns.audio = find("audio", "");
  columns.video = find("video", "");
  columns.faces = find("faces", "");
  columns.video_id = find("video_id", "video_id");
  columns.clip_id = find("clip_id", "clip_id");
  const bool by_path = columns.audio || columns.video;
  if (!by_path || !columns.id) {
    columns.video_id = table.require(manifest.key("video_id", "video_id"));
    columns.clip_id = table.require(manifest.key("clip_id", "clip_id"));
    columns.id = std::nullopt;
  }
  columns.text = find("text", "text");
  columns.mode = find("mode", "mode");
  columns.mask = find("mask", "");
  columns.group = find("group", "");
  columns.speaker = find("speaker", "");
  for (const LabelSource& label : manifest.labels) columns.labels.emplace_back(label.name, table.require(label.key));
  if (!manifest.labels.empty()) return columns;
  columns.labels.emplace_back("regression", table.require(manifest.key("labels", "label")));
  for (const char* const modality : {"T", "A", "V"}) {
    if (const auto column = table.find(fmt::format("label_{}", modality))) {
      columns.labels.emplace_back(fmt::format("regression_{}", modality), *column);
    }
  }
  if (const auto column = table.find("annotation")) columns.labels.emplace_back("annotation", *column);
  return columns;
}

class MediaReader {
 public:
  MediaReader(const Manifest& manifest, const CsvTable& table)
      : manifest_(manifest),
        table_(table),
        columns_(find_columns(table, manifest)),
        others_(columns_.others(table)),
        raw_(manifest.root / "Raw") {}

  ClipDataset::Contents read(const std::string& split) {
    ClipDataset::Contents contents;
    const std::vector<std::string> names = split_names(split);
    // A table of one file a split, and one without the column, hold the split that was asked for only.
    const bool whole = !columns_.mode || !manifest_.files.contains("");
    if (!columns_.mode) contents.notes.push_back("the table has no column 'mode': all rows are split '" + split + "'");
    std::vector<const CsvTable::Row*> rows;
    for (const CsvTable::Row& row : table_.rows()) {
      const std::string mode = whole ? split : row.fields[*columns_.mode];
      ++contents.splits[mode];
      if (std::ranges::find(names, mode) != names.end()) rows.push_back(&row);
    }
    drop_empty_labels(rows, contents);
    for (const CsvTable::Row* const row : rows) {
      contents.clips.push_back(read_row(*row));
      const SampleInfo& info = contents.clips.back().info;
      contents.ungrouped += info.group == info.id ? 1 : 0;
    }
    for (const auto& [name, column] : columns_.labels) contents.labels.push_back(name);
    return contents;
  }

 private:
  /// A label column without one entry, as extractors write for corpora that lack it, is no label.
  void drop_empty_labels(const std::vector<const CsvTable::Row*>& rows, ClipDataset::Contents& contents) {
    if (!manifest_.labels.empty()) return;
    std::erase_if(columns_.labels, [&](const auto& label) {
      const bool empty = label.first != "regression" && std::ranges::all_of(rows, [&](const CsvTable::Row* row) {
                           return trim(row->fields[label.second]).empty();
                         });
      if (empty) contents.notes.push_back("column '" + table_.header()[label.second] + "' is empty: no such label");
      return empty;
    });
  }

  ClipEntry read_row(const CsvTable::Row& row) {
    const auto field = [&](Columns::Index column) { return column ? row.fields[*column] : std::string(); };
    ClipEntry clip;
    const std::string video = field(columns_.video_id);
    const std::string part = field(columns_.clip_id);
    clip.info.id = columns_.id ? field(columns_.id) : video + "$_$" + part;
    if (clip.info.id.empty() || clip.info.id == "$_$") table_.fail(row, "no id");
    clip.info.group = columns_.group ? field(columns_.group) : video;
    if (clip.info.group.empty()) clip.info.group = clip.info.id;
    clip.info.speaker = columns_.speaker ? field(columns_.speaker) : clip.info.group;
    for (const auto& [name, column] : columns_.labels) {
      try {
        clip.info.labels[name] = label_from_text(name, row.fields[column]);
      } catch (const Error& error) {
        table_.fail(row, error.what());
      }
    }
    add_metadata(table_, row, others_, clip.info);
    if (columns_.mask) add_mask(table_, row, *columns_.mask, clip.info);
    clip.has_text = columns_.text.has_value();
    clip.text = field(columns_.text);
    if (columns_.audio || columns_.video) {
      clip.audio = named(field(columns_.audio));
      clip.video = named(field(columns_.video));
      if (clip.audio.empty() && clip.video.empty()) table_.fail(row, "names neither a sound nor a video file");
    } else {
      std::filesystem::path file = raw_.find(video, part);
      clip.expected = (manifest_.root / "Raw" / video / (part + ".mp4")).string();
      (is_audio_name(file) ? clip.audio : clip.video) = std::move(file);
    }
    clip.faces = columns_.faces ? named(field(columns_.faces)) : faces_beside(video, part);
    return clip;
  }

  [[nodiscard]] std::filesystem::path named(const std::string& file) const {
    return file.empty() ? std::filesystem::path() : manifest_.root / file;
  }
  /// Faces/<video_id>/<clip_id>.csv or .json; empty where there is none.
  [[nodiscard]] std::filesystem::path faces_beside(const std::string& video, const std::string& part) const {
    for (const char* extension : {".csv", ".json"}) {
      auto file = manifest_.root / "Faces" / video / (part + extension);
      std::error_code code;
      if (!part.empty() && std::filesystem::is_regular_file(file, code)) return file;
    }
    return {};
  }

  const Manifest& manifest_;
  const CsvTable& table_;
  Columns columns_;
  std::vector<std::size_t> others_;  ///< columns that become metadata
  RawFolder raw_;
};

}  // namespace

std::unique_ptr<Dataset> open_media(Manifest manifest, const OpenOptions& options) {
  if (manifest.files.empty()) manifest.files[""] = manifest.root / "label.csv";
  const std::filesystem::path* const file = file_of(manifest, options.split);
  if (file == nullptr) {
    throw Error(ErrorKind::kData,
                fmt::format("{}: no file for split '{}'", manifest.manifest_file.string(), options.split));
  }
  const CsvTable table = CsvTable::read(*file);
  ClipDataset::Contents contents = MediaReader(manifest, table).read(options.split);
  contents.table = *file;
  return std::make_unique<ClipDataset>(std::move(manifest), options, std::move(contents));
}

}  // namespace shakedown::datasets
