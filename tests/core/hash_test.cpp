#include "shakedown/core/hash.h"

#include <fstream>

#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

TEST(HasherTest, TellsWherePartsBegin) {
  EXPECT_NE(Hasher().add("ab").add("c").finish(), Hasher().add("a").add("bc").finish());
  EXPECT_NE(Hasher().add("").finish(), Hasher().finish());
  EXPECT_EQ(Hasher().add("x").add(std::int64_t{-1}).finish().hex(),
            Hasher().add("x").add(std::int64_t{-1}).finish().hex());
  EXPECT_EQ(Hasher().add("x").finish().hex().size(), 32U);
}

TEST(HasherTest, TellsBitPatternsOfDoublesApart) {
  EXPECT_NE(Hasher().add(0.0).finish(), Hasher().add(-0.0).finish());
}

TEST(Sha256Test, MatchesThePublishedVector) {  // FIPS 180-2, appendix B.1
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Test, BytesAreWhatTheDigitsSpell) {
  const std::string bytes = sha256_bytes("abc");
  ASSERT_EQ(bytes.size(), 32U);
  EXPECT_EQ(bytes.substr(0, 3), "\xBA\x78\x16");
}

TEST(Sha256Test, OfAFileIsThatOfItsBytes) {
  const auto file = std::filesystem::path(testing::TempDir()) / "shakedown_hash_test.txt";
  std::ofstream(file) << "abc";
  EXPECT_EQ(sha256_file(file), sha256("abc"));
  std::filesystem::remove(file);
  EXPECT_THROW((void)sha256_file(file), Error);
}

}  // namespace
}  // namespace shakedown
