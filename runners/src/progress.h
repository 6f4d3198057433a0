#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <vector>

#include "shakedown/runners/run.h"

namespace shakedown::runners {

/// Counts units as they are stored, tells the caller, and keeps progress.json in each run folder, so that
/// a stopped run can be reported. Thread-safe.
class ProgressKeeper {
 public:
  ProgressKeeper(std::vector<std::filesystem::path> folders, std::size_t total, std::size_t already_done,
                 double samples_per_unit, std::function<void(const Progress&)> listener);

  void unit_stored();
  void sample_failed();
  [[nodiscard]] Progress snapshot() const;
  /// Writes the last word. `state` is "running", "complete" or "incomplete".
  void close(const std::string& state);

 private:
  [[nodiscard]] Progress unlocked_snapshot() const;
  void write(const Progress& progress, const std::string& state) const;

  using Clock = std::chrono::steady_clock;
  mutable std::mutex mutex_;
  std::vector<std::filesystem::path> folders_;
  std::size_t total_, already_done_, done_, failed_ = 0;
  double samples_per_unit_;
  std::function<void(const Progress&)> listener_;
  Clock::time_point start_ = Clock::now(), last_told_{};
};

}  // namespace shakedown::runners
