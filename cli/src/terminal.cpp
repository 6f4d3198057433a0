#include "terminal.h"

#include <cmath>
#include <cstdio>
#include <unistd.h>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace shakedown::cli {
namespace {

constexpr auto kPlainEvery = std::chrono::seconds(5);
constexpr int kBarWidth = 24;

spdlog::logger& logger() {
  static const auto kInstance = [] {
    auto made = spdlog::stderr_color_mt("shakedown");
    made->set_pattern("%^%v%$");
    return made;
  }();
  return *kInstance;
}

}  // namespace

void log(const std::string& line) {
  logger().info("{}", line);
}
void warn(const std::string& line) {
  logger().warn("warning: {}", line);
}

std::string duration(double seconds) {
  const long whole = std::lround(std::ceil(seconds));
  if (whole < 100) return std::to_string(whole) + " s";
  if (whole < 6000) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

ProgressView::ProgressView() : live_(isatty(STDERR_FILENO) != 0) {}

void ProgressView::show(const runners::Progress& progress) {
  if (progress.total == 0) return;
  const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
  const auto now = std::chrono::steady_clock::now();
  const bool last = progress.done == progress.total;
  if (!live_ && !last && now - last_ < kPlainEvery) return;
  last_ = now;
  std::string line;
  if (live_) {
    const int full = static_cast<int>(share * kBarWidth);
    line = "\r\x1b[K[" + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(kBarWidth - full), '.') + "] ";
  }
  char text[160];
  std::snprintf(text, sizeof text, "%3.0f %%  %zu/%zu units  %.0f samples/s  %s left", std::floor(share * 100),
                progress.done, progress.total, progress.samples_per_s, duration(progress.remaining_s).c_str());
  line += text;
  if (progress.failed > 0) line += "  " + std::to_string(progress.failed) + " failed";
  if (!live_) line += "\n";
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  drawn_ = live_;
}

void ProgressView::message(const std::string& line) {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
  log(line);
}

void ProgressView::close() {
  if (drawn_) std::fputs("\n", stderr);
  drawn_ = false;
}

}  // namespace shakedown::cli
