#include "sound_folder.h"

#include <algorithm>
#include <filesystem>

#include "level.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/decode.h"

namespace shakedown::perturb {
namespace {

namespace fs = std::filesystem;

// A folder is held decoded for as long as its cell runs.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kMostFiles = 10000;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  fs::recursive_directory_iterator entry(folder, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    std::error_code ignored;  // of one entry: a dangling link is no file
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
    if (files.size() > kMostFiles) {
      throw Error(ErrorKind::kUsage, "folder: " + folder.string() + " holds more than " + std::to_string(kMostFiles) +
                                         " files; name the folder of the sounds themselves");
    }
  }
  if (code) throw Error(ErrorKind::kUsage, "folder: " + folder.string() + ": " + code.message());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return files;
}

std::vector<float> first_channel(const Waveform& sound) {
  std::vector<float> mono(sound.frames());
  for (std::size_t i = 0; i < mono.size(); ++i) mono[i] = sound.pcm[i * static_cast<std::size_t>(sound.channels)];
  return mono;
}

}  // namespace

SoundFolder::SoundFolder(const std::string& folder, Channels channels) {
  if (folder.empty()) throw Error(ErrorKind::kUsage, "folder: a folder of sound files needs 'folder: <path>'");
  std::size_t bytes = 0;
  for (const auto& file : files_below(folder)) {
    const std::size_t before = sounds_.size();
    read(file.string(), channels);
    if (sounds_.size() > before) bytes += sounds_.back().mono.size() * sizeof(float);
    if (bytes > kMostBytes) {
      throw Error(ErrorKind::kUsage, "folder: " + folder + " holds more than 1 GiB of decoded sound");
    }
  }
  if (sounds_.empty()) {
    throw Error(ErrorKind::kUsage, "folder: no usable sound file in " + folder + " (" + std::to_string(unreadable_) +
                                       " unreadable, " + std::to_string(silent_) + " silent)");
  }
}

std::map<std::string, double> SoundFolder::counts() const {
  return {{"files", static_cast<double>(sounds_.size())},
          {"unreadable_files", static_cast<double>(unreadable_)},
          {"silent_files", static_cast<double>(silent_)}};
}

void SoundFolder::read(const std::string& file, Channels channels) {
  try {
    const Waveform sound = media::decode_audio(file);
    auto mono = channels == Channels::kFirst ? first_channel(sound) : media::to_mono(sound);
    if (media::mean_square(mono) < kSilence) {
      ++silent_;
    } else {
      sounds_.push_back({std::move(mono), sound.sample_rate_hz});
    }
  } catch (const Error&) {  // counted, and shown beside every draw
    ++unreadable_;
  }
}

}  // namespace shakedown::perturb
