#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "shakedown/core/csv.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/core/utterance_mask.h"
#include "shakedown/datasets/write.h"
#include "shakedown/media/write_clip.h"

namespace shakedown::datasets {
namespace {

/// A single-quoted scalar; control characters, which it cannot hold, become spaces.
std::string yaml_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "''";
    } else {
      quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return quoted + "'";
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

/// The column that a label has in MMSA's tables; its own name where it has none there.
std::string column_of(const std::string& label) {
  if (label == "regression") return "label";
  if (label.size() == 12 && label.starts_with("regression_")) return "label" + label.substr(10);
  return label;
}

std::string text_of(const Label& label) {
  return label.name.empty() ? format_number(label.value) : label.name;
}

}  // namespace

MediaFolderWriter::MediaFolderWriter(std::filesystem::path folder, const Dataset& like, std::string split)
    : folder_(std::move(folder)), split_(std::move(split)) {
  manifest_ = "schema: shakedown.data/1\nformat: media\nname: " + yaml_text(like.name()) + "\n";
  if (!like.convention().empty()) manifest_ += "convention: " + like.convention() + "\n";
  header_ = {"id", "group", "speaker", "video_id", "clip_id", "text", "mode", "video", "audio"};
  const auto add_column = [&](std::string name) {
    while (std::ranges::find(header_, name) != header_.end()) name += "_";
    header_.push_back(name);
    return name;
  };
  std::vector<std::string> labels;
  for (const std::string& label : like.label_names()) {
    labels_.push_back(label);
    labels.push_back(yaml_text(label) + ": " + yaml_text(add_column(column_of(label))));
  }
  std::set<std::string> further;
  for (std::size_t i = 0; i < like.size(); ++i)
    for (const auto& [name, value] : like.info(i).metadata) further.insert(name);
  std::string mask;
  for (const std::string& name : further) {
    metadata_.push_back(name);
    const std::string column = add_column(name);
    if (name == kUtteranceMask) mask = ", mask: " + yaml_text(column);
  }
  manifest_ += "group: group\nspeaker: speaker\nkeys: {id: id, video: video, audio: audio" + mask + "}\nlabels: {" +
               join(labels, ", ") + "}\n";
  std::vector<std::string> fields;
  for (const std::string& column : header_) fields.push_back(csv_field(column));
  table_ = join(fields, ",") + "\n";
  std::error_code code;
  std::filesystem::create_directories(folder_ / "Raw", code);
  if (code) throw Error(ErrorKind::kIncomplete, folder_.string() + ": cannot be made: " + code.message());
}

std::string MediaFolderWriter::add(const Sample& sample) {
  const std::size_t row = rows_++;
  const std::size_t cut = sample.id.find("$_$");
  std::string video = cut == std::string::npos ? sample.group : sample.id.substr(0, cut);
  std::string clip = cut == std::string::npos ? sample.id : sample.id.substr(cut + 3);
  if (!is_plain_name(video)) video = "clips";
  if (!is_plain_name(clip)) clip = fmt::format("{:06}", row);  // ids may hold what a file's name may not
  const bool has_frames = sample.clip && !sample.clip->frames.empty();
  const bool has_sound = sample.waveform && sample.waveform->frames() > 0;
  if (!has_frames && !has_sound) return "neither frames nor sound are left";
  std::filesystem::path written = std::filesystem::path("Raw") / video / (clip + (has_frames ? ".mp4" : ".wav"));
  if (!files_.insert(written.string()).second) {
    clip = fmt::format("{}-{:06}", clip, row);
    written.replace_filename(clip + (has_frames ? ".mp4" : ".wav"));
    files_.insert(written.string());
  }
  std::error_code code;
  std::filesystem::create_directories((folder_ / written).parent_path(), code);
  if (code) throw Error(ErrorKind::kIncomplete, folder_.string() + ": cannot be made: " + code.message());
  try {
    if (has_frames) {
      media::write_mp4(folder_ / written, *sample.clip, has_sound ? sample.waveform.get() : nullptr);
    } else {
      media::write_wav(folder_ / written, *sample.waveform);
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    return error.what();
  }
  std::vector<std::string> fields = {sample.id,
                                     sample.group,
                                     sample.speaker,
                                     video,
                                     clip,
                                     sample.transcript ? sample.transcript->text : std::string(),
                                     split_,
                                     has_frames ? written.string() : std::string(),
                                     has_frames ? std::string() : written.string()};
  for (const std::string& name : labels_) {
    const auto found = sample.labels.find(name);
    fields.push_back(found == sample.labels.end() ? std::string() : text_of(found->second));
  }
  for (const std::string& name : metadata_) {
    const auto found = sample.metadata.find(name);
    fields.push_back(found == sample.metadata.end() ? std::string() : found->second);
  }
  for (std::string& field : fields) field = csv_field(field);
  table_ += join(fields, ",") + "\n";
  return "";
}

void MediaFolderWriter::finish() {
  write_text_file(folder_ / "label.csv", table_);
  write_text_file(folder_ / "data.yaml", manifest_);
}

}  // namespace shakedown::datasets
