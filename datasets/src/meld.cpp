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

constexpr int kMaxDepth = 3;  // MELD.Raw/train/train_splits/

/// Where clips of a split may lie: folders of root whose path names the split, as in root/test,
/// root/dev_splits_complete, root/train/train_splits or root/output_repeated_splits_test; then root itself.
/// The three splits reuse the same file names, so that a folder which names no split comes last.
std::vector<std::filesystem::path> clip_folders(const std::filesystem::path& root, const std::string& split) {
  std::vector<std::filesystem::path> folders;
  std::error_code code;
  using Iterator = std::filesystem::recursive_directory_iterator;
  for (Iterator entry(root, code), end; !code && entry != end; entry.increment(code)) {
    std::error_code unreadable;
    if (!entry->is_directory(unreadable)) continue;
    if (entry.depth() >= kMaxDepth) entry.disable_recursion_pending();
    const std::string inside = entry->path().lexically_relative(root).string();
    const auto names = split_names(split);
    if (std::ranges::any_of(names, [&](const std::string& name) { return inside.find(name) != std::string::npos; })) {
      folders.push_back(entry->path());
    }
  }
  std::ranges::sort(folders);
  folders.push_back(root);
  return folders;
}

std::map<std::string, std::filesystem::path> list_clips(const std::vector<std::filesystem::path>& folders) {
  std::map<std::string, std::filesystem::path> clips;  // the first folder that has a name wins
  for (const auto& folder : folders) {
    std::error_code code;
    for (const auto& file : std::filesystem::directory_iterator(folder, code)) {
      if (is_video_name(file.path())) clips.try_emplace(file.path().stem().string(), file.path());
    }
  }
  return clips;
}

std::filesystem::path table_of(const Manifest& manifest, const std::string& split) {
  if (const std::filesystem::path* const file = file_of(manifest, split)) return *file;
  std::vector<std::string> tried;
  for (const std::string& name : split_names(split)) {
    const std::string file = name + "_sent_emo.csv";
    for (const std::filesystem::path& folder : {manifest.root, manifest.root / name}) {
      std::error_code code;
      if (std::filesystem::exists(folder / file, code)) return folder / file;
    }
    tried.push_back(file);
  }
  throw Error(ErrorKind::kData, fmt::format("{}: no table of split '{}': looked for {}", manifest.root.string(), split,
                                            join(tried, ", ")));
}

}  // namespace

std::unique_ptr<Dataset> open_meld(Manifest manifest, const OpenOptions& options) {
  ClipDataset::Contents contents;
  contents.table = table_of(manifest, options.split);
  const CsvTable table = CsvTable::read(contents.table);
  const std::size_t utterance = table.require(manifest.key("text", "Utterance"));
  const std::size_t dialogue = table.require("Dialogue_ID");
  const std::size_t part = table.require("Utterance_ID");
  const std::size_t group = table.require(manifest.key("group", "Dialogue_ID"));
  const std::size_t speaker = table.require(manifest.key("speaker", "Speaker"));
  std::vector<LabelSource> labels = manifest.labels;
  if (labels.empty()) labels = {{"emotion", "Emotion", 0}, {"sentiment", "Sentiment", 0}};
  std::vector<std::size_t> label_columns;
  for (const LabelSource& label : labels) label_columns.push_back(table.require(label.key));
  std::vector<std::size_t> used = label_columns;
  used.push_back(utterance);
  std::vector<std::size_t> masks;
  if (manifest.keys.contains("mask")) masks.push_back(table.require(manifest.key("mask", "")));
  used.insert(used.end(), masks.begin(), masks.end());
  if (const auto row_number = table.find("Sr No.")) used.push_back(*row_number);
  const std::vector<std::size_t> others = columns_but(table, used);
  const auto clips = list_clips(clip_folders(manifest.root, options.split));
  for (const CsvTable::Row& row : table.rows()) {
    ClipEntry clip;
    clip.info.id = fmt::format("dia{}_utt{}", trim(row.fields[dialogue]), trim(row.fields[part]));
    clip.info.group = row.fields[group];
    clip.info.speaker = row.fields[speaker];
    for (std::size_t i = 0; i < labels.size(); ++i) {
      try {
        clip.info.labels[labels[i].name] = label_from_text(labels[i].name, row.fields[label_columns[i]]);
      } catch (const Error& error) {
        table.fail(row, error.what());
      }
    }
    add_metadata(table, row, others, clip.info);
    for (const std::size_t mask : masks) add_mask(table, row, mask, clip.info);
    clip.has_text = true;
    clip.text = row.fields[utterance];
    clip.expected = (manifest.root / options.split / (clip.info.id + ".mp4")).string();
    if (const auto found = clips.find(clip.info.id); found != clips.end()) clip.video = found->second;
    contents.clips.push_back(std::move(clip));
  }
  contents.splits[options.split] = contents.clips.size();
  for (const LabelSource& label : labels) contents.labels.push_back(label.name);
  return std::make_unique<ClipDataset>(std::move(manifest), options, std::move(contents));
}

}  // namespace shakedown::datasets
