#include "clips.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "face_file.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/core/text.h"
#include "shakedown/core/utterance_mask.h"
#include "shakedown/media/decode.h"

namespace shakedown::datasets {
namespace {

// Above this the bytes of the clips are not hashed: reading them would take longer than a short run.
constexpr std::uintmax_t kMaxHashedBytes = std::uintmax_t{2} << 30;
constexpr std::size_t kProbedClips = 8;  // how many files are opened to see whether the clips have sound
constexpr std::size_t kShownIds = 5;

bool has_extension(const std::filesystem::path& file, std::initializer_list<std::string_view> accepted) {
  std::string extension = file.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  });
  return std::ranges::find(accepted, extension) != accepted.end();
}

bool is_present(const std::filesystem::path& file) {
  std::error_code code;
  return !file.empty() && std::filesystem::is_regular_file(file, code);
}

}  // namespace

bool is_video_name(const std::filesystem::path& file) {
  return has_extension(file, {".mp4", ".mkv", ".avi", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".flv", ".ts"});
}

bool is_audio_name(const std::filesystem::path& file) {
  return has_extension(file, {".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".aiff", ".au"});
}

std::vector<std::size_t> columns_but(const CsvTable& table, const std::vector<std::size_t>& used) {
  std::vector<std::size_t> others;
  for (std::size_t column = 0; column < table.header().size(); ++column) {
    if (std::ranges::find(used, column) == used.end()) others.push_back(column);
  }
  return others;
}

void add_metadata(const CsvTable& table, const CsvTable::Row& row, const std::vector<std::size_t>& columns,
                  SampleInfo& into) {
  for (const std::size_t column : columns) into.metadata[table.header()[column]] = row.fields[column];
}

void add_mask(const CsvTable& table, const CsvTable::Row& row, std::size_t column, SampleInfo& into) {
  const std::string_view value = trim(row.fields[column]);
  if (value != "0" && value != "1") {
    table.fail(row, fmt::format("{}: '{}': a mask is 0 or 1", table.header()[column], value));
  }
  into.metadata[kUtteranceMask] = std::string(value);
}

ClipDataset::ClipDataset(Manifest manifest, const OpenOptions& options, Contents contents)
    : manifest_(std::move(manifest)), options_(options), contents_(std::move(contents)) {
  manifest_.limits.max_bytes = std::min(manifest_.limits.max_bytes, options_.memory_bytes);
  in_context(contents_.table.string(), [&] {
    if (contents_.clips.empty()) {
      std::vector<std::string> found;
      for (const auto& [split, count] : contents_.splits) found.push_back(fmt::format("{} ({})", split, count));
      throw Error(ErrorKind::kData, fmt::format("split '{}' is empty; the table has: {}", options_.split,
                                                found.empty() ? "no rows" : join(found, ", ")));
    }
    if (contents_.labels.empty()) {
      throw Error(ErrorKind::kData, "no column with labels; name one with 'labels:' in data.yaml");
    }
    for (const ClipEntry& clip : contents_.clips) infos_.push_back(clip.info);
    require_unique_ids(infos_);
    require_labels(infos_, contents_.labels);
  });
}

Sample ClipDataset::load(std::size_t index) const {
  const ClipEntry& clip = contents_.clips.at(index);
  return in_context("sample '" + clip.info.id + "'", [&] {
    Sample sample;
    sample.id = clip.info.id;
    sample.group = clip.info.group;
    sample.speaker = clip.info.speaker;
    sample.index = index;
    sample.labels = clip.info.labels;
    sample.metadata = clip.info.metadata;
    sample.transcript = transcript(index);
    if (clip.video.empty() && clip.audio.empty() && !clip.expected.empty()) {
      throw Error(ErrorKind::kData, clip.expected + ": no such clip");
    }
    for (const std::filesystem::path& file : {clip.video, clip.audio, clip.faces}) {
      if (!file.empty() && !is_present(file)) throw Error(ErrorKind::kData, file.string() + ": no such clip");
    }
    const auto watched = options_.watch != nullptr ? options_.watch->enter(index) : nullptr;
    if (!clip.video.empty()) {
      sample.clip = std::make_shared<const Clip>(media::decode_video(clip.video, manifest_.limits));
      if (!clip.faces.empty())
        sample.faces = read_face_track(clip.faces, *sample.clip, media::video_properties(clip.video));
    }
    const std::filesystem::path& sound = clip.audio.empty() ? clip.video : clip.audio;
    if (!clip.audio.empty() || (!sound.empty() && media::has_audio(sound))) {
      sample.waveform = std::make_shared<const Waveform>(media::decode_audio(sound, manifest_.limits));
    }
    return sample;
  });
}

Shared<Transcript> ClipDataset::transcript(std::size_t index) const {
  const ClipEntry& clip = contents_.clips.at(index);
  if (!clip.has_text) return nullptr;
  return std::make_shared<const Transcript>(Transcript{clip.text, {}, manifest_.language});
}

bool ClipDataset::has_sound(std::size_t index) const {
  try {
    const auto watched = options_.watch != nullptr ? options_.watch->enter(index) : nullptr;
    return media::has_audio(contents_.clips[index].video);
  } catch (const Error&) {
    return false;  // a clip that may not be opened tells nothing; load() reports it
  }
}

Forms ClipDataset::forms() const {
  return forms_.get([&] {
    Forms forms;
    std::size_t probed = 0;
    for (std::size_t i = 0; i < contents_.clips.size(); ++i) {
      const ClipEntry& clip = contents_.clips[i];
      if (clip.has_text) forms.add(Form::kTranscript);
      if (!clip.video.empty()) forms.add(Form::kFrames);
      if (!clip.audio.empty()) forms.add(Form::kWaveform);
      if (forms.has(Form::kWaveform) || probed == kProbedClips || !is_present(clip.video)) continue;
      ++probed;
      if (has_sound(i)) forms.add(Form::kWaveform);
    }
    return forms;
  });
}

const ClipDataset::MediaDigest& ClipDataset::digest() const {
  return digest_.get([&] {
    MediaDigest digest;
    std::set<std::filesystem::path> files;  // sorted: the digest does not depend on the order of rows
    for (const ClipEntry& clip : contents_.clips) {
      for (const std::filesystem::path& file : {clip.video, clip.audio, clip.faces}) {
        if (is_present(file)) files.insert(file);
      }
    }
    digest.files = files.size();
    for (const auto& file : files) digest.bytes += std::filesystem::file_size(file);
    digest.by_content = digest.bytes <= kMaxHashedBytes;
    std::string listing;
    for (const auto& file : files) {
      listing += fmt::format("{}\t{}\t{}\n", file.lexically_relative(manifest_.root).string(),
                             std::filesystem::file_size(file), digest.by_content ? sha256_file(file) : "");
    }
    digest.sha256 = sha256(listing);
    return digest;
  });
}

std::vector<InputFile> ClipDataset::files() const {
  std::vector<InputFile> files;
  if (!manifest_.manifest_file.empty()) {
    files.push_back({"manifest", manifest_.manifest_file.string(), sha256_file(manifest_.manifest_file)});
  }
  files.push_back({"data", contents_.table.string(), sha256_file(contents_.table)});
  if (digest().files > 0) files.push_back({"data", manifest_.root.string(), digest().sha256});
  return files;
}

std::vector<std::string> ClipDataset::notes() const {
  std::vector<std::string> notes = contents_.notes;
  std::vector<std::string> missing;
  for (const ClipEntry& clip : contents_.clips) {
    const bool lost = clip.video.empty() && clip.audio.empty() ? !clip.expected.empty()
                                                               : (!clip.video.empty() && !is_present(clip.video)) ||
                                                                     (!clip.audio.empty() && !is_present(clip.audio));
    if (lost) missing.push_back(clip.info.id);
  }
  if (!missing.empty()) {
    const std::size_t count = missing.size();
    missing.resize(std::min(count, kShownIds));
    notes.push_back(fmt::format("{} of {} clips are missing: {}{}", count, contents_.clips.size(), join(missing, ", "),
                                count > kShownIds ? ", ..." : ""));
  }
  const auto boxed = static_cast<std::size_t>(
      std::ranges::count_if(contents_.clips, [](const ClipEntry& clip) { return !clip.faces.empty(); }));
  if (boxed > 0) {
    notes.push_back(fmt::format("face boxes of {} of {} clips are read from files{}", boxed, contents_.clips.size(),
                                boxed < contents_.clips.size() ? "; the others are detected" : ""));
  }
  notes.push_back(fmt::format("the hash of the {} clip files is over their names, sizes{}", digest().files,
                              digest().by_content ? " and bytes" : "; their bytes (above 2 GiB) are not in it"));
  return notes;
}

Facts ClipDataset::facts() const {
  Facts facts{{"name", name()},
              {"format", format()},
              {"file", contents_.table.string()},
              {"split", options_.split},
              {"samples", std::to_string(size())},
              {"groups", std::to_string(count_groups(infos_))}};
  std::vector<std::string> splits;
  for (const auto& [split, count] : contents_.splits) splits.push_back(fmt::format("{} {}", split, count));
  facts.emplace_back("splits", join(splits, ", "));
  for (auto& fact : label_facts(infos_, contents_.labels)) facts.push_back(std::move(fact));
  facts.emplace_back("clip files",
                     fmt::format("{}, {:.1f} MB", digest().files, static_cast<double>(digest().bytes) / 1e6));
  facts.emplace_back("forms", forms().describe());
  return facts;
}

}  // namespace shakedown::datasets
