#pragma once

#include <filesystem>
#include <locale>
#include <string>

namespace shakedown::reports::test {

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
