#include "resume_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace shakedown::store {
namespace {

/// Settings that change what is computed or which bits come out of it; --jobs and the like do not.
constexpr const char* kBindingSettings[] = {"batch_size", "limit", "shard", "device", "threads_per_call"};

std::string differs(const std::string& what, const std::string& stored, const std::string& now) {
  if (stored == now) return {};
  return fmt::format("{} was '{}' and is now '{}'", what, stored, now);
}

std::string inputs_difference(const RunHeader& stored, const RunHeader& now) {
  const auto order = [](std::vector<InputFile> files) {
    std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.role < b.role; });
    return files;
  };
  const auto before = order(stored.inputs), after = order(now.inputs);
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (before[i].role != after[i].role) break;
    if (before[i].sha256 != after[i].sha256) {
      return fmt::format("the {} file '{}' is not the one that the run began with ('{}', sha256 {})", after[i].role,
                         after[i].name, before[i].name, before[i].sha256);
    }
  }
  if (before.size() != after.size())
    return fmt::format("the run began with {} input files and has now {}", before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].role != after[i].role)
      return fmt::format("the run began with a {} file and has now a {} file", before[i].role, after[i].role);
  }
  return {};
}

std::string settings_difference(const RunHeader& stored, const RunHeader& now) {
  const auto value = [](const RunHeader& header, const char* name) {
    const auto found = header.settings.find(name);
    return found == header.settings.end() ? std::string() : found->second;
  };
  for (const auto* name : kBindingSettings)
    if (auto text = differs(name, value(stored, name), value(now, name)); !text.empty()) return text;
  return {};
}

std::string samples_difference(const std::vector<SampleRow>& stored, const std::vector<SampleRow>& now) {
  for (std::size_t i = 0; i < std::min(stored.size(), now.size()); ++i)
    if (stored[i].id != now[i].id) return differs(fmt::format("sample {}", i), stored[i].id, now[i].id);
  return differs("the number of samples", std::to_string(stored.size()), std::to_string(now.size()));
}

std::string cells_difference(const std::vector<CellRow>& stored, const std::vector<CellRow>& now) {
  for (std::size_t i = 0; i < std::min(stored.size(), now.size()); ++i) {
    if (stored[i].id != now[i].id) return differs(fmt::format("cell {}", i), stored[i].id, now[i].id);
    if (stored[i].definition != now[i].definition) {
      return fmt::format("cell '{}' is defined otherwise (parameters, defaults or the perturbation's version changed)",
                         now[i].id);
    }
    if (stored[i].reference != now[i].reference)
      return differs(fmt::format("the reference of cell '{}'", now[i].id), stored[i].reference, now[i].reference);
  }
  return differs("the number of cells", std::to_string(stored.size()), std::to_string(now.size()));
}

}  // namespace

std::string first_difference(const RunPlan& stored, const RunPlan& now) {
  if (auto text = inputs_difference(stored.header, now.header); !text.empty()) return text;
  if (auto text = differs("the split", stored.header.split, now.header.split); !text.empty()) return text;
  if (auto text = differs("the seed", std::to_string(stored.header.seed), std::to_string(now.header.seed));
      !text.empty())
    return text;
  if (auto text = differs("batch_size", std::to_string(stored.batch_size), std::to_string(now.batch_size));
      !text.empty())
    return text;
  if (auto text = settings_difference(stored.header, now.header); !text.empty()) return text;
  if (auto text = samples_difference(stored.samples, now.samples); !text.empty()) return text;
  return cells_difference(stored.cells, now.cells);
}

}  // namespace shakedown::store
