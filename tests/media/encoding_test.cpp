#include "shakedown/media/encoding.h"

#include <gtest/gtest.h>

namespace shakedown::media {
namespace {

// Expected bytes: Python, "é坑😀".encode("utf-8").
TEST(ToUtf8Test, ReadsUtf16OfEitherOrderByItsMark) {
  const std::string expected = "\xC3\xA9\xE5\x9D\x91\xF0\x9F\x98\x80";
  EXPECT_EQ(to_utf8(std::string_view("\xFF\xFE\xE9\x00\x51\x57\x3D\xD8\x00\xDE", 10), "UTF-16"), expected);
  EXPECT_EQ(to_utf8(std::string_view("\xFE\xFF\x00\xE9\x57\x51\xD8\x3D\xDE\x00", 10), "UTF-16"), expected);
  EXPECT_EQ(to_utf8("na\xEFve", "ISO-8859-1"), "na\xC3\xAFve");
  EXPECT_EQ(to_utf8("", "UTF-16"), "");
}

TEST(ToUtf8Test, RefusesHalvesOfCharacters) {
  EXPECT_EQ(to_utf8(std::string_view("\xFF\xFE\x41", 3), "UTF-16"), std::nullopt);
  EXPECT_EQ(to_utf8(std::string_view("\xFF\xFE\x3D\xD8", 4), "UTF-16"), std::nullopt);
  EXPECT_EQ(to_utf8(std::string_view("\xFF\xFE\x00\xDE\x41\x00", 6), "UTF-16"), std::nullopt);
}

}  // namespace
}  // namespace shakedown::media
