#include "shakedown/core/file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

using testing::HasSubstr;

std::string refusal(const std::filesystem::path& file, std::size_t most = 1024) {
  try {
    (void)read_text_file(file, most);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "";
}

TEST(ReadTextFileTest, GivesAllBytesAndRefusesWhatIsNoTextFile) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "ReadTextFileTest";
  std::filesystem::create_directories(folder);
  const std::string text("a\0b\r\n", 5);
  std::ofstream(folder / "a.txt", std::ios::binary) << text;
  std::ofstream(folder / "empty.txt", std::ios::binary).close();
  EXPECT_EQ(read_text_file(folder / "a.txt", 5), text);
  EXPECT_EQ(read_text_file(folder / "empty.txt", 5), "");
  EXPECT_THAT(refusal(folder / "a.txt", 4), HasSubstr("a.txt: is larger than"));
  EXPECT_THAT(refusal(folder / "gone.txt"), HasSubstr("gone.txt: there is no such file"));
  EXPECT_THAT(refusal(folder), HasSubstr("folder"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("is not a regular file"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace shakedown
