#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(OpenTest, TheFormatsAreListed) {
  std::vector<std::string> names;
  for (const FormatInfo& format : formats()) names.push_back(format.name);
  EXPECT_EQ(names, (std::vector<std::string>{"mmsa", "npz", "csd", "facialmmt", "media", "meld"}));
}

TEST(OpenTest, WhatIsNotReadIsRefusedWithWhatIs) {
  const Folder folder;
  const auto refused = [](const std::filesystem::path& path) { return refusal([&] { (void)open(path); }); };
  EXPECT_THAT(refused(folder.path() / "absent.pkl"), HasSubstr("absent.pkl: does not exist"));
  EXPECT_THAT(refused(folder.path()), HasSubstr("holds no data.yaml, label.csv, MELD table or pickle; read are mmsa"));
  EXPECT_THAT(refused(folder.write("a.csd", "\x89HDF\r\n")), AllOf(HasSubstr("HDF5"), HasSubstr("format: csd")));
  EXPECT_THAT(refused(folder.write("a.npz", "PK\x03\x04")), HasSubstr(".npz"));
  EXPECT_THAT(refused(folder.write("a.txt", "hello")), HasSubstr("no data set that is known"));
  EXPECT_THAT(refused("/dev/zero"), HasSubstr("neither a file nor a folder"));
}

TEST(OpenTest, AFolderWithOnePickleIsThatPickle) {
  const Folder folder;
  folder.write("features.pkl", small_split({1, 2}));
  EXPECT_EQ(open(folder.path())->size(), 2U);
  folder.write("more.pkl", small_split({1, 2}));
  EXPECT_THAT(refusal([&] { (void)open(folder.path()); }), HasSubstr("holds 2 pickles (features.pkl, more.pkl"));
}

TEST(OpenTest, APickleIsKnownByItsContent) {
  const Folder folder;
  EXPECT_EQ(open(folder.write("features.bin", small_split({1, 2})))->format(), "mmsa");
}

}  // namespace
}  // namespace shakedown::datasets::testing
