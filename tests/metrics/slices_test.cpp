#include "../../metrics/src/slices.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_run.h"
#include "shakedown/metrics/analyse.h"

namespace shakedown::metrics {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::RunMaker;

/// Speakers by turns within every group, so that a slice by speaker has all groups.
RunMaker with_speakers() {
  RunMaker maker(20, 12);
  const char* const names[] = {"Ross", "Rachel", "Joey"};
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    maker.run().samples[sample].metadata["Speaker"] = names[sample % 3];
    maker.outcomes(0)[sample].measures["words"] = static_cast<double>(sample % 12);
  }
  return maker;
}

TEST(SlicesTest, APlantedWeakSliceIsFoundUnderStressAndNotOnCleanInput) {
  RunMaker maker = with_speakers();
  const auto harmless = maker.scaled_error(1.1), harmful = maker.scaled_error(3);
  for (int level = 1; level <= 2; ++level) {
    maker.add("audio.noise", Modality::kAudio, level,
              [&](std::size_t sample) { return sample % 3 == 0 ? harmful(sample) : harmless(sample); });
  }
  const Slices slices = analyse(maker.run()).slices;
  EXPECT_THAT(slices.worst,
              Contains(AllOf(Field(&SliceFinding::value, "Ross"), Field(&SliceFinding::figure, "stress_mean"))));
  for (const SliceFinding& finding : slices.worst) {
    if (finding.by != "Speaker") continue;
    EXPECT_EQ(finding.value, "Ross");
    EXPECT_NE(finding.figure, "clean");
    EXPECT_LT(*finding.high, 0);
    EXPECT_GT(*finding.inside, *finding.outside);  // MAE: more is worse
    EXPECT_NEAR(*finding.difference, *finding.outside - *finding.inside, 1e-12);
    EXPECT_LE(finding.p_value, finding.q_value);
  }
}

TEST(SlicesTest, WithoutADifferenceHardlyAnythingIsFound) {
  // Twenty runs without any; the false discovery rate allows one run in twenty to find something.
  int found = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    RunMaker maker = with_speakers();
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
      maker.outcomes(0)[sample].outputs = {maker.label(sample) + normal(random)};
    }
    found += analyse(maker.run()).slices.worst.empty() ? 0 : 1;
  }
  EXPECT_LE(found, 4);
}

TEST(SlicesTest, SlicesAreCutByLabelNumberNameAndGroup) {
  RunMaker maker = with_speakers();
  for (std::size_t sample = 0; sample < maker.samples(); ++sample) {
    maker.run().samples[sample].metadata["rare"] = sample < 3 ? "a" : "b";
    maker.run().samples[sample].metadata["unique"] = "u" + std::to_string(sample);
  }
  const RunView view(maker.run());
  std::vector<std::string> notes;
  std::map<std::string, std::vector<std::string>> by;
  std::size_t words = 0;
  for (const SliceRows& slice : slices_of(view, notes)) {
    by[slice.by].push_back(slice.value);
    if (slice.by == "words") words += static_cast<std::size_t>(std::count(slice.inside.begin(), slice.inside.end(), 1));
    EXPECT_EQ(slice.samples_as_units, slice.by == "group");
  }
  EXPECT_EQ(by["label"], (std::vector<std::string>{"below 0", "0", "above 0"}));
  EXPECT_EQ(by["words"], (std::vector<std::string>{"0 to below 3", "3 to below 6", "6 to below 9", "9 to 11"}));
  EXPECT_EQ(words, maker.samples());  // quarters are a partition
  EXPECT_EQ(by["Speaker"], (std::vector<std::string>{"Joey", "Rachel", "Ross"}));
  EXPECT_EQ(by["rare"], (std::vector<std::string>{"b"}));
  EXPECT_EQ(by["group"].size(), 20U);
  EXPECT_THAT(notes, Contains(HasSubstr("not sliced by unique: 240 names")));
  EXPECT_THAT(notes, Contains(HasSubstr("1 slice of fewer than 10 samples")));
}

TEST(SlicesTest, OneGroupIsJudgedByItsSamples) {
  RunMaker maker(12, 15);
  for (std::size_t sample = 30; sample < 45; ++sample) {  // video2
    maker.outcomes(0)[sample].outputs = {maker.label(sample) + (sample % 2 == 0 ? 2.0 : -2.0)};
  }
  const Slices slices = analyse(maker.run()).slices;
  EXPECT_THAT(slices.worst, Contains(AllOf(Field(&SliceFinding::by, "group"), Field(&SliceFinding::value, "video2"))));
  const auto own =
      std::find_if(slices.slices.begin(), slices.slices.end(), [](const Slice& s) { return s.value == "video2"; });
  ASSERT_NE(own, slices.slices.end());
  EXPECT_EQ(own->groups, 1U);
  EXPECT_DOUBLE_EQ(*own->scores.at("clean").value, 2.0);
  EXPECT_TRUE(own->scores.at("clean").low && own->scores.at("clean").floor);
}

}  // namespace
}  // namespace shakedown::metrics
