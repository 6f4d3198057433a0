#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "reports/support.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

ErrorKind kind_of(const std::filesystem::path& file, const std::string& content) {
  try {
    write_file(file, content);
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << file << " was written";
  return ErrorKind::kInternal;
}

TEST(WriteFileTest, ReplacesTheOldContentAndLeavesNothingBeside) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "results.json";
  write_file(file, "old and longer");
  write_file(file, std::string("new\0bytes", 9));
  EXPECT_EQ(read(file), std::string("new\0bytes", 9));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(WriteFileTest, MissingFolderIsAUsageError) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(kind_of(folder.path() / "no" / "r.json", "x"), ErrorKind::kUsage);
}

TEST(WriteFileTest, FolderInsteadOfAFileIsAUsageError) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(kind_of(folder.path(), "x"), ErrorKind::kUsage);
}

TEST(WriteFileTest, FullDiskIsAnIncompleteRunAndKeepsTheDevice) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(kind_of("/dev/full", "x"), ErrorKind::kIncomplete);
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/full"));
}

}  // namespace
}  // namespace shakedown::reports
