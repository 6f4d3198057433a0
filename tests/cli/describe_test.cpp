#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process.h"

namespace shakedown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(DescribeTest, ShowsWorkedExamplesOfTextPerturbationsOnly) {
  const auto dropped = shakedown({"describe", "text.word_drop"});
  EXPECT_EQ(dropped.code, 0) << dropped.error;
  EXPECT_THAT(dropped.out, AllOf(HasSubstr("examples\n  as it was   I really loved the music"),
                                 HasSubstr("\n  severity 2  "), HasSubstr("\n  severity 5  ")));
  EXPECT_THAT(shakedown({"describe", "audio.background_noise"}).out, Not(HasSubstr("examples\n")));
}

}  // namespace
}  // namespace shakedown::test
