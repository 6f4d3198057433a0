#include "shakedown/store/merge.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kSamples = 22, kCells = 3;  // 6 batches of 4, the last of 2

/// The whole run, and the folders of its shards.
class MergeTest : public testing::Test {
 protected:
  MergeTest() : whole(kSamples, kCells) {}

  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return folder.path() / name; }

  /// Shard `index` of `count` in folder `name`: ranges of batches, as `run --shard` makes them.
  std::filesystem::path shard(std::size_t index, std::size_t count, const std::string& name, bool finished = true,
                              const std::function<void(Plan&)>& edit = {}) const {
    const std::size_t first = whole.batches() * index / count, last = whole.batches() * (index + 1) / count;
    Plan plan = whole;
    plan.header.settings["shard"] = std::to_string(index) + "/" + std::to_string(count);
    const auto begin = whole.samples.begin();
    plan.samples = {begin + static_cast<std::ptrdiff_t>(first * whole.batch_size),
                    begin + static_cast<std::ptrdiff_t>(std::min(last * whole.batch_size, kSamples))};
    if (edit) edit(plan);
    const auto store = plan.create(at(name));
    for (std::size_t batch = last; batch-- > first;) {  // workers finish in any order
      for (std::size_t cell = 0; cell < kCells; ++cell) {
        Unit unit = whole.unit(cell, batch);
        unit.batch -= first;
        unit.first_sample -= first * whole.batch_size;
        if (finished || batch + 1 < last) store->add(unit);
      }
    }
    store->finish(finished, "interrupted");
    return at(name);
  }

  [[nodiscard]] std::string refused(const std::vector<std::filesystem::path>& folders) const {
    try {
      merge(folders, at("out"));
    } catch (const Error& error) {
      EXPECT_FALSE(std::filesystem::exists(at("out") / "run.db"));
      return std::to_string(exit_code(error.kind())) + " " + error.what();
    }
    return "no error";
  }

  TemporaryFolder folder;
  Plan whole;
};

TEST_F(MergeTest, ShardsInAnyOrderMakeTheRunThatWasNotCut) {
  {
    const auto store = whole.create(at("whole"));
    for (std::size_t batch = 0; batch < whole.batches(); ++batch)
      for (std::size_t cell = 0; cell < kCells; ++cell) store->add(whole.unit(cell, batch));
    store->finish(true, "");
  }
  EXPECT_THAT(merge({shard(2, 4, "c"), shard(0, 4, "a"), shard(3, 4, "d"), shard(1, 4, "b")}, at("out")), IsEmpty());
  const auto one = read_run(at("whole")), merged = read_run(at("out"));
  ASSERT_EQ(merged.samples.size(), kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) EXPECT_EQ(merged.samples[i].id, one.samples[i].id);
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    ASSERT_EQ(merged.outcomes[cell].size(), kSamples);
    for (std::size_t i = 0; i < kSamples; ++i) expect_same(one.outcomes[cell][i], merged.outcomes[cell][i]);
  }
  EXPECT_EQ(merged.header.settings.at("shard"), "");
  EXPECT_EQ(merged.header.settings.at("merged_shards"), "4");
  EXPECT_DOUBLE_EQ(merged.header.timing.at("decode"), 0.4);
  // Its units are those of the whole: nothing would be done again.
  EXPECT_EQ(whole.resume(at("out"))->done(), whole.resume(at("whole"))->done());
}

TEST_F(MergeTest, OtherProcessorsAreSaid) {
  const auto other = [](Plan& plan) { plan.header.environment["cpu"] = "aarch64"; };
  EXPECT_THAT(merge({shard(0, 2, "a"), shard(1, 2, "b", true, other)}, at("out")),
              testing::ElementsAre("the shards differ in cpu: aarch64 (shard 1); x86-64 (shard 0)"));
  EXPECT_EQ(read_run(at("out")).header.environment.at("cpu"), "aarch64 (shard 1); x86-64 (shard 0)");
}

TEST_F(MergeTest, WhatIsNoWholeRunIsRefusedAndLeavesNothing) {
  const auto a = shard(0, 3, "a"), b = shard(1, 3, "b"), c = shard(2, 3, "c");
  EXPECT_THAT(refused({a, c}), AllOf(HasSubstr("2 "), HasSubstr("missing: 1/3")));
  EXPECT_THAT(refused({c}), HasSubstr("missing: 0/3, 1/3"));
  EXPECT_THAT(refused({a, b, c, shard(1, 3, "again")}), HasSubstr("there twice"));
  EXPECT_THAT(refused({a, b, shard(1, 2, "half")}), HasSubstr("another number of shards"));
  EXPECT_THAT(refused({a, b, shard(2, 3, "seed", true, [](Plan& plan) { plan.header.seed = 5; })}),
              AllOf(HasSubstr("no shard of the run of"), HasSubstr("the seed was")));
  EXPECT_THAT(refused({a, b, shard(2, 3, "model", true, [](Plan& plan) { plan.header.inputs[0].sha256 = "x"; })}),
              HasSubstr("emt.pt"));
  EXPECT_THAT(refused({a, b, shard(2, 3, "cells", true, [](Plan& plan) { plan.cells[1].definition = "x"; })}),
              HasSubstr("is defined otherwise"));
  EXPECT_THAT(refused({a, b, shard(2, 3, "ids", true, [](Plan& plan) { plan.samples[0].id = "vidéo$_$000"; })}),
              HasSubstr("sample 'vidéo$_$000' is in"));
  EXPECT_THAT(refused({a, b, shard(2, 3, "cut", false)}), AllOf(HasSubstr("4 "), HasSubstr("incomplete")));
  EXPECT_THAT(refused({shard(0, 1, "whole", true, [](Plan& plan) { plan.header.settings["shard"] = ""; })}),
              HasSubstr("nothing to merge"));
  EXPECT_THAT(refused({a, b, at("none")}), HasSubstr("no run here"));
}

TEST_F(MergeTest, AFolderThatHoldsARunIsLeftAlone) {
  const auto a = shard(0, 2, "a"), b = shard(1, 2, "b");
  EXPECT_THROW(merge({a, b}, a), Error);
  EXPECT_EQ(read_run(a).samples.size(), 12U);
}

}  // namespace
}  // namespace shakedown::store
