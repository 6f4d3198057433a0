#include "feature_files.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "csd.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {

std::shared_ptr<const Pickle> open_facialmmt(const Manifest& manifest, const std::string& split);

namespace {

/// Video ids, one a line.
std::vector<std::string> read_videos(const std::filesystem::path& file) {
  constexpr std::size_t kMostBytes = std::size_t{16} << 20U;
  std::vector<std::string> videos;
  for (const std::string& line : split(read_text_file(file, kMostBytes), '\n')) {
    const std::string_view id = trim(line);
    if (!id.empty()) videos.emplace_back(id);
  }
  if (videos.empty()) throw Error(ErrorKind::kData, file.string() + ": names no video");
  return videos;
}

std::shared_ptr<const Pickle> open_csd(const Manifest& manifest, const std::string& split, std::size_t memory_bytes) {
  CsdSources sources{manifest.sequences, split, {}};
  for (const std::string& name : split_names(split)) {
    const auto videos = manifest.videos.find(name);
    if (videos != manifest.videos.end()) sources.videos = read_videos(videos->second);
  }
  std::uintmax_t bytes = 0;
  for (const auto& [role, path] : sources.sequences) {
    std::error_code absent;
    if (!std::filesystem::is_regular_file(path, absent)) {
      throw Error(ErrorKind::kData, path.string() + ": there is no such file, or it is no regular one");
    }
    bytes += std::filesystem::file_size(path, absent);
  }
  // A minute, and what a slow disk needs.
  constexpr std::uintmax_t kBytesPerSecond = std::uintmax_t{4} << 20U;
  const ChildLimits limits{memory_bytes,
                           60 + static_cast<unsigned>(std::min<std::uintmax_t>(bytes / kBytesPerSecond, 86'400))};
  const std::string& labels = sources.sequences.at("labels").string();
  auto converted = in_context(manifest.manifest_file.string(), [&] {
    return run_isolated("libhdf5", limits, [&](const std::string& out) { write_csd_pickle(sources, out); });
  });
  return in_context(labels, [&] { return Pickle::read(std::move(converted)); });
}

}  // namespace

std::shared_ptr<const Pickle> open_features(const Manifest& manifest, const std::string& split,
                                            std::size_t memory_bytes) {
  const std::filesystem::path& file = *file_of(manifest, split);
  if (manifest.format == "npz") return Pickle::open_npz(file, memory_bytes);
  if (manifest.format == "csd") return open_csd(manifest, split, memory_bytes);
  if (manifest.format == "facialmmt") return open_facialmmt(manifest, split);
  return Pickle::open(file);
}

}  // namespace shakedown::datasets
