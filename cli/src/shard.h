#pragma once

#include <functional>
#include <string>

namespace shakedown::cli {

/// The "i/n" of --shard. "auto" takes both numbers from the environment of a scheduler: Slurm arrays, GitLab, CircleCI
/// and Buildkite; "auto/n" only i, also of Kubernetes' indexed Jobs and GNU parallel, which do not say n. Other texts
/// are returned as they are. `lookup` is getenv() with "" for what is not set.
/// @throws Error(kUsage) when no scheduler is known, several are, or its numbers make no shard
[[nodiscard]] std::string resolve_shard(const std::string& text, const std::function<std::string(const char*)>& lookup);

}  // namespace shakedown::cli
