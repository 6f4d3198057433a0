#pragma once

#include <filesystem>
#include <locale>
#include <string>

#include "shakedown/core/results.h"

namespace shakedown::reports::test {

/// Results of a regression model over every kind of cell that a report must draw: both counted label
/// effects, directional, diagnostic, beyond the valid dose, weak, vacuous, undefined, composed, replicated.
[[nodiscard]] Results regression_results();

/// A small classification run.
[[nodiscard]] Results classification_results();

/// The regression results with markup, quotes, control characters and broken UTF-8 in every user string.
[[nodiscard]] Results hostile_results();

/// Strings as a malicious data set would choose them.
[[nodiscard]] std::string hostile_text();

/// A gate with a failed, an inconclusive and a passed rule and a missing cell.
[[nodiscard]] Comparison gate_comparison();

/// Three samples, a clean cell, a fraction cell and an snr cell, with every state.
[[nodiscard]] RunData small_run();

/// Compares with tests/data/reports/`name`; SHAKEDOWN_UPDATE_GOLDEN=1 rewrites the file instead.
void expect_golden(const std::string& name, const std::string& text);

/// Where SHAKEDOWN_KEEP names a folder, keeps `text` there to be looked at.
void keep(const std::string& name, const std::string& text);

/// A folder of its own for one test, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// While it lives, numbers are written 1.234,5 by everything that asks the locale.
class CommaLocale {
 public:
  CommaLocale();
  ~CommaLocale();
  CommaLocale(const CommaLocale&) = delete;
  CommaLocale& operator=(const CommaLocale&) = delete;

 private:
  std::locale before_;
};

}  // namespace shakedown::reports::test
