#include "shard.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::cli {
namespace {

struct Scheduler {
  const char* name;
  const char* index;
  const char* count;  ///< null where it does not say
  int first;          ///< the first index
};

// Names and counting as the schedulers document them.
constexpr Scheduler kSchedulers[] = {
    {"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", 0},  // the first is SLURM_ARRAY_TASK_MIN
    {"Kubernetes", "JOB_COMPLETION_INDEX", nullptr, 0},
    {"GNU parallel", "PARALLEL_SEQ", nullptr, 1},
    {"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
    {"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
    {"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
};

class Environment {
 public:
  explicit Environment(const std::function<std::string(const char*)>& lookup) : lookup_(lookup) {}
  [[nodiscard]] bool has(const char* name) const { return !lookup_(name).empty(); }
  /// @throws Error(kUsage) when it is no whole number
  [[nodiscard]] std::int64_t number(const char* name) const {
    const auto text = lookup_(name);
    const auto value = parse_number(text);
    if (!value || *value < 0 || *value > 1e9 || *value != static_cast<double>(static_cast<std::int64_t>(*value))) {
      throw Error(ErrorKind::kUsage,
                  "--shard auto: " + std::string(name) + "='" + text + "': a whole number is needed");
    }
    return static_cast<std::int64_t>(*value);
  }

 private:
  const std::function<std::string(const char*)>& lookup_;
};

/// Arrays may begin anywhere and go in steps; one with gaps has no i of n.
std::int64_t slurm_index(const Environment& environment, std::int64_t index) {
  const std::int64_t first = environment.number("SLURM_ARRAY_TASK_MIN"),
                     last = environment.number("SLURM_ARRAY_TASK_MAX");
  const std::int64_t count = environment.number("SLURM_ARRAY_TASK_COUNT");
  const std::int64_t step = count > 1 ? (last - first) / (count - 1) : 1;
  if (step < 1 || first + step * (count - 1) != last || (index - first) % step != 0) {
    throw Error(ErrorKind::kUsage,
                "--shard auto: the Slurm array has gaps: give it as --array=0-" + std::to_string(count - 1));
  }
  return (index - first) / step;
}

std::string names_of(const std::vector<const Scheduler*>& schedulers) {
  std::vector<std::string> names;
  for (const auto* scheduler : schedulers)
    names.push_back(std::string(scheduler->name) + " (" + scheduler->index + ")");
  return join(names, ", ");
}

}  // namespace

std::string resolve_shard(const std::string& text, const std::function<std::string(const char*)>& lookup) {
  const bool alone = text == "auto";
  if (!alone && !text.starts_with("auto/")) return text;
  const Environment environment(lookup);
  std::vector<const Scheduler*> found, all;
  for (const auto& scheduler : kSchedulers) {
    all.push_back(&scheduler);
    if (environment.has(scheduler.index)) found.push_back(&scheduler);
  }
  if (found.size() != 1) {
    throw Error(ErrorKind::kUsage, found.empty()
                                       ? "--shard " + text + ": no scheduler says which: known are " + names_of(all)
                                       : "--shard " + text + ": " + names_of(found) + " say which: give i/n");
  }
  const Scheduler& scheduler = *found.front();
  std::int64_t index = environment.number(scheduler.index) - scheduler.first;
  if (std::string(scheduler.name) == "Slurm") index = slurm_index(environment, index);
  if (!alone) return std::to_string(index) + text.substr(text.find('/'));
  if (scheduler.count == nullptr || !environment.has(scheduler.count)) {
    throw Error(ErrorKind::kUsage, std::string("--shard auto: ") + scheduler.name + " says " + scheduler.index +
                                       " but not of how many: give --shard auto/n");
  }
  return std::to_string(index) + "/" + std::to_string(environment.number(scheduler.count));
}

}  // namespace shakedown::cli
