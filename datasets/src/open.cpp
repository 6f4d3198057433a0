#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "formats.h"
#include "shakedown/core/csv.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& message) {
  throw Error(ErrorKind::kData, path.string() + ": " + message);
}

std::string accepted() {
  std::vector<std::string> lines;
  for (const FormatInfo& format : formats()) lines.push_back(fmt::format("{} ({})", format.name, format.doc));
  return "read are " + join(lines, "; ");
}

std::unique_ptr<Dataset> open_as(Manifest manifest, const OpenOptions& options) {
  if (manifest.format == "media") return open_media(std::move(manifest), options);
  if (manifest.format == "meld") return open_meld(std::move(manifest), options);
  return open_mmsa(std::move(manifest), options);
}

Manifest bare(const std::string& format, const fs::path& root, const fs::path& named_after) {
  Manifest manifest;
  manifest.format = format;
  manifest.root = root;
  const fs::path path = fs::absolute(named_after).lexically_normal();
  manifest.name = (path.has_filename() ? path : path.parent_path()).stem().string();  // "." and "clips/" have names too
  return manifest;
}

bool is_meld_table(const fs::path& file) {
  return CsvTable::read(file).find("Dialogue_ID").has_value();
}

std::unique_ptr<Dataset> open_file(const fs::path& path, const OpenOptions& options) {
  const std::string extension = path.extension().string();
  if (extension == ".yaml" || extension == ".yml") return open_as(read_manifest(path), options);
  if (extension == ".csv") {
    Manifest manifest = bare(is_meld_table(path) ? "meld" : "media", path.parent_path(), path);
    manifest.files[""] = path;
    return open_as(std::move(manifest), options);
  }
  std::array<char, 4> start{};
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  const std::string_view magic(start.data(), start.size());
  if (magic == "\x89HDF") {
    fail(path,
         "is one HDF5 file (.csd), and labels and features come in several: write a data.yaml with 'format: csd' "
         "and 'sequences: {audio: ..., labels: ...}'");
  }
  const bool npz = magic == "PK\x03\x04" && extension == ".npz";
  const bool pickle = extension == ".pkl" || extension == ".pickle" || magic.front() == '\x80';
  if (!pickle && !npz) fail(path, "is no data set that is known by its name or content; " + accepted());
  Manifest manifest = bare(npz ? "npz" : "mmsa", path.parent_path(), path);
  manifest.files[""] = path;
  return open_as(std::move(manifest), options);
}

std::unique_ptr<Dataset> open_folder(const fs::path& path, const OpenOptions& options) {
  std::vector<fs::path> pickles;
  bool meld = false, facialmmt = false;
  std::error_code code;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    const fs::path& file = entry->path();
    if (file.extension() == ".pkl" || file.extension() == ".pickle") pickles.push_back(file);
    facialmmt = facialmmt || file.filename().string().ends_with("_utt_profile.json");
    meld = meld || file.filename().string().ends_with("_sent_emo.csv");
  }
  if (code) fail(path, "cannot be listed: " + code.message());
  if (fs::exists(path / "data.yaml")) return open_file(path / "data.yaml", options);
  if (fs::exists(path / "label.csv")) return open_as(bare("media", path, path), options);
  if (meld) return open_as(bare("meld", path, path), options);
  if (facialmmt) return open_as(bare("facialmmt", path, path), options);
  if (pickles.size() == 1) return open_file(pickles.front(), options);
  if (pickles.size() > 1) {
    std::ranges::sort(pickles);
    fail(path, fmt::format("holds {} pickles ({}, {}, ...): name one, or write a data.yaml with 'files: {{{}: {}}}'",
                           pickles.size(), pickles[0].filename().string(), pickles[1].filename().string(),
                           options.split, pickles[0].filename().string()));
  }
  fail(path, "holds no data.yaml, label.csv, MELD table or pickle; " + accepted());
}

}  // namespace

std::vector<FormatInfo> formats() {
  return {{"mmsa", "feature pickles of MMSA and its family: a dict of splits, or one file a split"},
          {"npz", "numpy.savez archives with the keys of mmsa: arrays named <split>/<key>, or one file a split"},
          {"csd", "CMU-MultimodalSDK's HDF5 sequences, cut to the intervals of the labels; named in a data.yaml"},
          {"facialmmt", "MELD utterance pickles of FacialMMT with their _utt_profile.json"},
          {"media", "label.csv with Raw/<video_id>/<clip_id>.mp4, or columns that name sound and video files"},
          {"meld", "MELD's CSV tables with dia<D>_utt<U>.mp4 clips"}};
}

std::unique_ptr<Dataset> open(const fs::path& path, const OpenOptions& options) {
  try {
    if (!fs::exists(path)) fail(path, "does not exist");
    if (fs::is_directory(path)) return open_folder(path, options);
    if (!fs::is_regular_file(path)) fail(path, "is neither a file nor a folder");
    return open_file(path, options);
  } catch (const fs::filesystem_error& error) {
    fail(path, error.code().message());
  }
}

}  // namespace shakedown::datasets
