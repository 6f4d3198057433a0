#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace shakedown::perturb {

/// The sounds of all files below a folder, decoded, sorted by path so that draws do not depend on the file system. What
/// cannot be read and what is silent is counted.
class SoundFolder {
 public:
  struct Sound {
    std::vector<float> mono;
    int sample_rate_hz = 0;
  };
  enum class Channels { kMean, kFirst };  ///< first: of impulse responses, which no mean of channels is

  /// @throws Error(kUsage) when the folder is absent, holds no sound that can be used, or too much
  SoundFolder(const std::string& folder, Channels channels);

  [[nodiscard]] const std::vector<Sound>& sounds() const { return sounds_; }
  /// "files", "unreadable_files", "silent_files", for Effect::measures.
  [[nodiscard]] std::map<std::string, double> counts() const;

 private:
  void read(const std::string& file, Channels channels);

  std::vector<Sound> sounds_;
  std::size_t unreadable_ = 0, silent_ = 0;
};

}  // namespace shakedown::perturb
