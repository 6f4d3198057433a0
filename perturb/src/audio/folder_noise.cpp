#include <algorithm>
#include <filesystem>

#include "level.h"
#include "noise_source.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"

namespace shakedown::perturb {
namespace {

namespace fs = std::filesystem;

// A folder of noises is held decoded for as long as its cell runs.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kMostFiles = 10000;

// Regular files below `folder`, sorted by their path as bytes, so that draws do not depend on the file system.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  fs::recursive_directory_iterator entry(folder, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    std::error_code ignored;  // of one entry: a dangling link is no file
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
    if (files.size() > kMostFiles) {
      throw Error(ErrorKind::kUsage, "folder: " + folder.string() + " holds more than " + std::to_string(kMostFiles) +
                                         " files; name the folder of the noises themselves");
    }
  }
  if (code) throw Error(ErrorKind::kUsage, "folder: " + folder.string() + ": " + code.message());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return files;
}

class FolderNoise final : public NoiseSource {
 public:
  explicit FolderNoise(const std::string& folder) {
    if (folder.empty()) throw Error(ErrorKind::kUsage, "folder: 'noise: folder' needs 'folder: <path>'");
    std::size_t bytes = 0;
    for (const auto& file : files_below(folder)) {
      read(file);
      if (!sounds_.empty()) bytes += sounds_.back().mono.size() * sizeof(float);
      if (bytes > kMostBytes) {
        throw Error(ErrorKind::kUsage, "folder: " + folder + " holds more than 1 GiB of decoded sound");
      }
    }
    if (sounds_.empty()) {
      throw Error(ErrorKind::kUsage, "folder: no usable sound file in " + folder + " (" + std::to_string(unreadable_) +
                                         " unreadable, " + std::to_string(silent_) + " silent)");
    }
  }

  [[nodiscard]] DrawnNoise draw(const Sample&, const Corpus&, const Rng& rng, std::size_t frames,
                                int sample_rate_hz) const override {
    const Stream stream = rng.stream("audio");
    DrawnNoise noise;
    noise.measures = {{"files", static_cast<double>(sounds_.size())},
                      {"unreadable_files", static_cast<double>(unreadable_)},
                      {"silent_files", static_cast<double>(silent_)}};
    constexpr std::uint64_t kTries = 8;  // a pause of the recording may have been drawn
    for (std::uint64_t attempt = 0; attempt < kTries; ++attempt) {
      const std::size_t index = stream.below(sounds_.size(), attempt);
      const Sound& sound = sounds_[index];
      auto part = excerpt(media::resample(sound.mono, sound.sample_rate_hz, sample_rate_hz), stream.uniform(attempt),
                          frames, sample_rate_hz);
      if (media::mean_square(part.mono) < kSilence) continue;
      noise.mono = std::move(part.mono);
      noise.decisions = {static_cast<std::int64_t>(index), part.offset};
      noise.measures["silent_excerpts"] = static_cast<double>(attempt);
      return noise;
    }
    noise.reason = "eight excerpts of the noise files were silent";
    return noise;
  }

 private:
  struct Sound {
    std::vector<float> mono;
    int sample_rate_hz = 0;
  };

  void read(const fs::path& file) {
    try {
      const Waveform sound = media::decode_audio(file);
      auto mono = media::to_mono(sound);
      if (media::mean_square(mono) < kSilence) {
        ++silent_;
      } else {
        sounds_.push_back({std::move(mono), sound.sample_rate_hz});
      }
    } catch (const Error&) {  // counted, and shown beside every draw
      ++unreadable_;
    }
  }

  std::vector<Sound> sounds_;
  std::size_t unreadable_ = 0, silent_ = 0;
};

}  // namespace

std::unique_ptr<NoiseSource> folder_noise(const std::string& folder) {
  return std::make_unique<FolderNoise>(folder);
}

}  // namespace shakedown::perturb
