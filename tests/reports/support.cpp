#include "reports/support.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace shakedown::reports::test {

void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path file = std::filesystem::path(SHAKEDOWN_TEST_DATA) / "reports" / name;
  if (std::getenv("SHAKEDOWN_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  std::ifstream in(file, std::ios::binary);
  ASSERT_TRUE(in) << file << " is missing; SHAKEDOWN_UPDATE_GOLDEN=1 makes it";
  std::stringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(text, expected.str()) << "differs from " << file;
}

void keep(const std::string& name, const std::string& text) {
  const char* folder = std::getenv("SHAKEDOWN_KEEP");
  if (folder != nullptr) std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << text;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "shakedown-reports-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {
class CommaFacet : public std::numpunct<char> {
 protected:
  [[nodiscard]] char do_decimal_point() const override { return ','; }
  [[nodiscard]] char do_thousands_sep() const override { return '.'; }
  [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};
}  // namespace

CommaLocale::CommaLocale() : before_(std::locale::global(std::locale(std::locale(), new CommaFacet))) {}
CommaLocale::~CommaLocale() {
  std::locale::global(before_);
}

}  // namespace shakedown::reports::test
