#include "progress.h"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

namespace shakedown::runners {

namespace {
// Cheap models store thousands of units a second; nobody reads faster than this.
constexpr auto kTellEvery = std::chrono::milliseconds(200);
}  // namespace

ProgressKeeper::ProgressKeeper(std::vector<std::filesystem::path> folders, std::size_t total, std::size_t already_done,
                               double samples_per_unit, std::function<void(const Progress&)> listener)
    : folders_(std::move(folders)),
      total_(total),
      already_done_(already_done),
      done_(already_done),
      samples_per_unit_(samples_per_unit),
      listener_(std::move(listener)) {}

Progress ProgressKeeper::unlocked_snapshot() const {
  Progress progress;
  progress.phase = "running";
  progress.done = done_;
  progress.total = total_;
  progress.failed = failed_;
  progress.elapsed_s = std::chrono::duration<double>(Clock::now() - start_).count();
  const double fresh = static_cast<double>(done_ - already_done_);
  if (fresh > 0) {
    progress.remaining_s = progress.elapsed_s / fresh * static_cast<double>(total_ - done_);
    progress.samples_per_s = fresh * samples_per_unit_ / std::max(progress.elapsed_s, 1e-9);
  }
  return progress;
}

Progress ProgressKeeper::snapshot() const {
  const std::scoped_lock lock(mutex_);
  return unlocked_snapshot();
}

void ProgressKeeper::unit_stored() {
  const std::scoped_lock lock(mutex_);
  ++done_;
  const auto now = Clock::now();
  if (done_ != total_ && now - last_told_ < kTellEvery) return;
  last_told_ = now;
  const auto progress = unlocked_snapshot();
  write(progress, "running");
  if (listener_) listener_(progress);
}

void ProgressKeeper::sample_failed() {
  const std::scoped_lock lock(mutex_);
  ++failed_;
}

void ProgressKeeper::close(const std::string& state) {
  const std::scoped_lock lock(mutex_);
  write(unlocked_snapshot(), state);
}

void ProgressKeeper::write(const Progress& progress, const std::string& state) const {
  const nlohmann::ordered_json json{{"schema", "shakedown.progress/1"},    {"state", state},
                                    {"units_done", progress.done},         {"units_total", progress.total},
                                    {"samples_failed", progress.failed},   {"elapsed_s", progress.elapsed_s},
                                    {"remaining_s", progress.remaining_s}, {"samples_per_s", progress.samples_per_s}};
  const auto text = json.dump(2) + "\n";
  for (const auto& folder : folders_) {
    // Advisory only: run.db holds the truth, so a full disk here must not stop the run.
    const auto temporary = folder / "progress.json.part";
    std::ofstream stream(temporary);
    stream << text;
    stream.close();
    std::error_code ignored;
    if (stream) {
      std::filesystem::rename(temporary, folder / "progress.json", ignored);
    } else {
      std::filesystem::remove(temporary, ignored);
    }
  }
}

}  // namespace shakedown::runners
