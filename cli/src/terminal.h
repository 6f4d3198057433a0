#pragma once

#include <chrono>
#include <string>

#include "shakedown/runners/run.h"

namespace shakedown::cli {

/// Plain lines of the log, to stderr.
void log(const std::string& line);
void warn(const std::string& line);

/// Progress on stderr: a live bar on a terminal, a plain line every few seconds elsewhere.
class ProgressView {
 public:
  ProgressView();
  void show(const runners::Progress& progress);
  void message(const std::string& line);  ///< a log line that does not tear the bar
  void close();

 private:
  bool live_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// "1 min 20 s"
[[nodiscard]] std::string duration(double seconds);

}  // namespace shakedown::cli
