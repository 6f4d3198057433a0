#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace shakedown::store {

/// Makes one run folder of the run folders that `run --shard i/n` left, one of each i in any order: samples, units and
/// outcomes as the run without --shard has them. `out` must not hold a run. Of the header, probes are the largest of
/// all shards, timing is summed (wall_s: the longest), and an environment that differs is listed with its shards.
/// Returns what to tell, one sentence each (another processor, other versions).
/// @throws Error(kUsage) when folders are no shards, or not of one run (names the first difference), when one is
/// missing or there twice; Error(kIncomplete) when one is not complete; Error(kData) when one is damaged
std::vector<std::string> merge(const std::vector<std::filesystem::path>& shards, const std::filesystem::path& out);

}  // namespace shakedown::store
