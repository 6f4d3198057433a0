#include "shard.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.h"
#include "shakedown/core/error.h"

namespace shakedown::test {
namespace {

using testing::HasSubstr;
using Environment = std::map<std::string, std::string>;

std::string resolved(const std::string& text, const Environment& environment) {
  try {
    return cli::resolve_shard(text, [&](const char* name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::string() : found->second;
    });
  } catch (const Error& error) {
    return error.what();
  }
}

Environment slurm(const char* id, const char* first, const char* last, const char* count) {
  return {{"SLURM_ARRAY_TASK_ID", id},
          {"SLURM_ARRAY_TASK_MIN", first},
          {"SLURM_ARRAY_TASK_MAX", last},
          {"SLURM_ARRAY_TASK_COUNT", count}};
}

TEST(ShardTest, SchedulersSayWhich) {
  EXPECT_EQ(resolved("1/4", {{"CI_NODE_INDEX", "3"}}), "1/4");
  EXPECT_EQ(resolved("", {}), "");
  EXPECT_EQ(resolved("auto", slurm("0", "0", "3", "4")), "0/4");
  EXPECT_EQ(resolved("auto", slurm("4", "1", "4", "4")), "3/4");
  EXPECT_EQ(resolved("auto", slurm("5", "1", "7", "4")), "2/4") << "--array=1-7:2";
  EXPECT_EQ(resolved("auto", slurm("9", "9", "9", "1")), "0/1");
  EXPECT_EQ(resolved("auto", {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "3"}}), "0/3");
  EXPECT_EQ(resolved("auto", {{"CIRCLE_NODE_INDEX", "1"}, {"CIRCLE_NODE_TOTAL", "3"}}), "1/3");
  EXPECT_EQ(resolved("auto", {{"BUILDKITE_PARALLEL_JOB", "2"}, {"BUILDKITE_PARALLEL_JOB_COUNT", "3"}}), "2/3");
  EXPECT_EQ(resolved("auto/8", {{"JOB_COMPLETION_INDEX", "7"}}), "7/8");
  EXPECT_EQ(resolved("auto/8", {{"PARALLEL_SEQ", "8"}}), "7/8");
}

TEST(ShardTest, WhatMakesNoShardIsSaid) {
  EXPECT_THAT(resolved("auto", {}), HasSubstr("no scheduler says which: known are Slurm (SLURM_ARRAY_TASK_ID)"));
  EXPECT_THAT(resolved("auto", {{"JOB_COMPLETION_INDEX", "7"}}), HasSubstr("give --shard auto/n"));
  EXPECT_THAT(resolved("auto", {{"CI_NODE_INDEX", "x"}, {"CI_NODE_TOTAL", "3"}}), HasSubstr("CI_NODE_INDEX='x'"));
  EXPECT_EQ(resolved("auto", slurm("7", "1", "7", "3")), "2/3");
  EXPECT_THAT(resolved("auto", slurm("3", "1", "9", "4")), HasSubstr("gaps")) << "--array=1,3,5,9";
  auto both = slurm("0", "0", "3", "4");
  both["CI_NODE_INDEX"] = "1";
  EXPECT_THAT(resolved("auto", both), HasSubstr("GitLab (CI_NODE_INDEX) say which: give i/n"));
}

/// What `merge` must give again: all but where and how fast it was made.
nlohmann::json comparable(const std::filesystem::path& file) {
  auto json = nlohmann::json::parse(read(file));
  json.erase("environment");
  json.erase("timing");
  for (const char* setting : {"command_line", "merged_shards"}) json["settings"].erase(setting);
  return json;
}

TEST(ShardTest, MergedShardsAreTheRunThatWasNotCut) {
  const Scratch scratch;
  write(scratch / "small.yaml", kSmallSuite);
  const auto run = [&](const std::string& out, const std::vector<std::string>& more, const Environment& environment) {
    auto words = run_words(scratch / "small.yaml", scratch / out, more);
    words.insert(words.end(), {"--batch-size", "8"});
    return shakedown(words, environment);
  };
  ASSERT_EQ(run("whole", {}, {}).code, 0);
  ASSERT_EQ(run("a", {"--shard", "auto"}, slurm("1", "1", "3", "3")).code, 0);
  ASSERT_EQ(run("b", {"--shard", "auto/3"}, {{"PARALLEL_SEQ", "2"}}).code, 0);
  const auto few =
      shakedown({"merge", (scratch / "b").string(), (scratch / "a").string(), "--out", (scratch / "m").string()});
  EXPECT_EQ(few.code, 2);
  EXPECT_THAT(few.error, HasSubstr("missing: 2/3"));
  ASSERT_EQ(run("c", {"--shard", "2/3"}, {}).code, 0);
  const auto merged = shakedown({"merge", (scratch / "c").string(), (scratch / "a").string(), (scratch / "b").string(),
                                 "--out", (scratch / "m").string()});
  ASSERT_EQ(merged.code, 0) << merged.error;
  EXPECT_EQ(shakedown({"dump", (scratch / "m").string()}).out, shakedown({"dump", (scratch / "whole").string()}).out);
  EXPECT_EQ(comparable(scratch / "m/results.json"), comparable(scratch / "whole/results.json"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "m/report.html"));
}

}  // namespace
}  // namespace shakedown::test
