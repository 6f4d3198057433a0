#include "progress.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace shakedown::runners {
namespace {

TEST(ProgressKeeperTest, CountsFromWhatWasDoneBeforeAndWritesAFile) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "shakedown_progress_test";
  std::filesystem::create_directories(folder);
  std::vector<Progress> heard;
  ProgressKeeper keeper({folder}, 10, 8, 32, [&](const Progress& p) { heard.push_back(p); });
  keeper.sample_failed();
  keeper.unit_stored();
  keeper.unit_stored();
  keeper.close("complete");
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.back().done, 10U);
  EXPECT_EQ(heard.back().failed, 1U);
  EXPECT_EQ(heard.back().remaining_s, 0);
  const auto json = nlohmann::json::parse(std::ifstream(folder / "progress.json"));
  EXPECT_EQ(json.at("state"), "complete");
  EXPECT_EQ(json.at("units_done"), 10);
  std::filesystem::remove_all(folder);
}

TEST(ProgressKeeperTest, AFolderThatVanishedStopsNothing) {
  ProgressKeeper keeper({"/nonexistent/folder"}, 1, 0, 1, {});
  EXPECT_NO_THROW(keeper.unit_stored());
}

}  // namespace
}  // namespace shakedown::runners
