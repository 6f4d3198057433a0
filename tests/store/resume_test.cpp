#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::store {
namespace {

using testing::HasSubstr;

class ResumeTest : public testing::Test {
 protected:
  ResumeTest() {
    const auto store = plan_.create(folder_.path());
    store->add(plan_.unit(0, 1));
  }

  /// What resume() says to a plan changed by `change`; "" when it goes on.
  [[nodiscard]] std::string refusal(const std::function<void(Plan&)>& change) const {
    auto plan = plan_;
    change(plan);
    try {
      static_cast<void>(plan.resume(folder_.path()));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  Plan plan_{6, 2};
};

TEST_F(ResumeTest, GoesOnFromTheUnitsThatAreStored) {
  const auto store = plan_.resume(folder_.path());
  EXPECT_THAT(store->done(), testing::ElementsAre(std::pair<std::size_t, std::size_t>{0, 1}));
  for (const auto& [cell, batch] : {std::pair{0U, 0U}, {1U, 0U}, {1U, 1U}}) store->add(plan_.unit(cell, batch));
  store->finish(true, "");
  EXPECT_TRUE(read_run(folder_.path()).complete);
}

TEST_F(ResumeTest, MayDifferInWhatDoesNotChangeResults) {
  EXPECT_EQ(refusal([](Plan& plan) {
              plan.header.environment["cpu"] = "another";
              plan.header.timing.clear();
              plan.header.settings["jobs"] = "64";
              plan.header.inputs[0].name = "./emt.pt";
            }),
            "");
}

TEST_F(ResumeTest, NamesTheFirstDifference) {
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.inputs[0].sha256 = std::string(64, 'c'); }),
              HasSubstr("model file"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.inputs.pop_back(); }), HasSubstr("2 input files and has now 1"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.split = "test"; }), HasSubstr("'valid' and is now 'test'"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.seed = 7; }), HasSubstr("is now '7'"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.batch_size = 8; }), HasSubstr("batch_size was '4' and is now '8'"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.settings["limit"] = "5"; }), HasSubstr("limit was '0'"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.settings["shard"] = "1/2"; }), HasSubstr("shard was ''"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.header.settings["device"] = "cuda"; }), HasSubstr("device was 'cpu'"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.samples[3].id = "other"; }), HasSubstr("sample 3 was"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.samples.pop_back(); }), HasSubstr("number of samples was '6'"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.cells[1].definition = "f"; }), HasSubstr("is defined otherwise"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.cells[1].id = "x"; }), HasSubstr("cell 1 was"));
  EXPECT_THAT(refusal([](Plan& plan) { plan.cells.pop_back(); }), HasSubstr("number of cells was '2'"));
}

TEST_F(ResumeTest, ARefusedResumeLeavesTheRunAsItWas) {
  EXPECT_NE(refusal([](Plan& plan) { plan.header.seed = 7; }), "");
  EXPECT_EQ(plan_.resume(folder_.path())->done().size(), 1U);
}

TEST_F(ResumeTest, AFolderWithoutARunIsRefused) {
  try {
    static_cast<void>(plan_.resume(folder_.path() / "other"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("no run to resume"));
  }
}

}  // namespace
}  // namespace shakedown::store
