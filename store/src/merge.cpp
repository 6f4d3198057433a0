#include "shakedown/store/merge.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "resume_check.h"
#include "rows.h"
#include "schema.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/store/run_store.h"

namespace shakedown::store {
namespace {

constexpr const char* kShard = "shard";

struct Shard {
  std::filesystem::path folder;
  RunPlan plan;
  std::size_t index = 0, count = 0;

  [[nodiscard]] std::string name() const { return fmt::format("{} ({}/{})", folder.string(), index, count); }
};

std::string setting(const RunHeader& header, const char* name) {
  const auto found = header.settings.find(name);
  return found == header.settings.end() ? std::string() : found->second;
}

/// A shard without its outcomes.
Shard open_shard(const std::filesystem::path& folder) {
  Shard shard;
  shard.folder = folder;
  {
    Database database(folder / kRunFile, Database::Mode::kRead);
    require_schema(database);
    shard.plan = read_plan(database);
  }
  const auto text = setting(shard.plan.header, kShard);
  const auto parts = split(text, '/');
  const auto index = parts.size() == 2 ? parse_number(parts[0]) : std::nullopt;
  const auto count = parts.size() == 2 ? parse_number(parts[1]) : std::nullopt;
  if (!index || !count) {
    throw Error(ErrorKind::kUsage, folder.string() + ": was not run with --shard i/n, so there is nothing to merge");
  }
  shard.index = static_cast<std::size_t>(*index);
  shard.count = static_cast<std::size_t>(*count);
  return shard;
}

/// The shards in order. @throws Error(kUsage) when one is missing, there twice, or of another number
void put_in_order(std::vector<Shard>& shards) {
  std::sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) { return a.index < b.index; });
  const std::size_t count = shards.front().count;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (shards[i].count != count)
      throw Error(ErrorKind::kUsage, shards[i].name() + " is of another number of shards than " + shards[0].name());
    if (i > 0 && shards[i].index == shards[i - 1].index)
      throw Error(ErrorKind::kUsage, shards[i].name() + " is there twice: " + shards[i - 1].name());
  }
  std::vector<std::string> missing;
  for (std::size_t index = 0, at = 0; index < count; ++index) {
    if (at < shards.size() && shards[at].index == index) {
      ++at;
    } else {
      missing.push_back(fmt::format("{}/{}", index, count));
    }
  }
  if (!missing.empty())
    throw Error(ErrorKind::kUsage,
                "these shards are missing: " + join(missing, ", ") + "; run them, or name their folders");
}

/// The plan as it was before it was cut into shards.
RunPlan uncut(const RunPlan& plan) {
  RunPlan whole = plan;
  whole.header.settings[kShard] = "";
  whole.samples.clear();
  return whole;
}

void require_one_run(const std::vector<Shard>& shards) {
  std::map<std::string, const Shard*> owners;
  const RunPlan first = uncut(shards.front().plan);
  for (const Shard& shard : shards) {
    if (const auto difference = first_difference(first, uncut(shard.plan)); !difference.empty())
      throw Error(ErrorKind::kUsage,
                  shard.name() + " is no shard of the run of " + shards.front().name() + ": " + difference);
    for (const SampleRow& sample : shard.plan.samples) {
      const auto [owner, added] = owners.emplace(sample.id, &shard);
      if (!added)
        throw Error(ErrorKind::kUsage,
                    "sample '" + sample.id + "' is in " + owner->second->name() + " and in " + shard.name());
    }
  }
}

/// Values of one fact of the environment that differ, each with the shards that have it; "" when all agree.
std::string differing(const std::vector<Shard>& shards, const std::string& fact) {
  std::map<std::string, std::vector<std::string>> by_value;
  for (const Shard& shard : shards) {
    const auto found = shard.plan.header.environment.find(fact);
    by_value[found == shard.plan.header.environment.end() ? "unknown" : found->second].push_back(
        std::to_string(shard.index));
  }
  if (by_value.size() == 1) return "";
  std::vector<std::string> values;
  for (const auto& [value, indices] : by_value) values.push_back(value + " (shard " + join(indices, ", ") + ")");
  return join(values, "; ");
}

RunHeader merged_header(const std::vector<Shard>& shards, std::vector<std::string>& messages) {
  RunHeader header = shards.front().plan.header;
  header.settings[kShard] = "";
  header.settings["merged_shards"] = std::to_string(shards.size());
  std::set<std::string> facts, noted;
  for (const auto& warning : header.warnings) noted.insert(warning.id + warning.message);
  for (const Shard& shard : shards) {
    const RunHeader& other = shard.plan.header;
    for (const auto& [fact, value] : other.environment) facts.insert(fact);
    if (&shard == &shards.front()) continue;
    for (const auto& [name, value] : other.probes) header.probes[name] = std::max(header.probes[name], value);
    for (const auto& [name, seconds] : other.timing) {
      double& total = header.timing[name];
      total = name == "wall_s" ? std::max(total, seconds) : total + seconds;
    }
    for (const auto& warning : other.warnings)
      if (noted.insert(warning.id + warning.message).second) header.warnings.push_back(warning);
  }
  for (const auto& fact : facts) {
    const auto values = differing(shards, fact);
    if (values.empty()) continue;
    header.environment[fact] = values;
    messages.push_back(fmt::format("the shards differ in {}: {}", fact, values));
  }
  return header;
}

std::vector<Unit> units_of(Database& database, std::size_t cells, std::size_t samples) {
  std::vector<Unit> units;
  Statement row(database, "SELECT cell, batch, first_sample, samples FROM units ORDER BY batch, cell");
  while (row.step()) {
    Unit unit{row.index(0, cells, "cell"), row.index(1, samples, "batch"), row.index(2, samples, "first sample"), {}};
    unit.outcomes.resize(row.index(3, samples - unit.first_sample + 1, "size of a unit"));
    units.push_back(std::move(unit));
  }
  return units;
}

void write_units(const std::vector<Shard>& shards, RunStore& store) {
  std::size_t first_sample = 0, first_batch = 0;
  for (const Shard& shard : shards) {
    const auto run = read_run(shard.folder, false, Masked::kKept);
    Database database(shard.folder / kRunFile, Database::Mode::kRead);
    std::size_t batches = 0;
    for (Unit& unit : units_of(database, run.cells.size(), run.samples.size())) {
      const auto begin = run.outcomes[unit.cell].begin() + static_cast<std::ptrdiff_t>(unit.first_sample);
      std::copy_n(begin, unit.outcomes.size(), unit.outcomes.begin());
      batches = std::max(batches, unit.batch + 1);
      unit.first_sample += first_sample;
      unit.batch += first_batch;
      store.add(unit);
    }
    first_sample += run.samples.size();
    first_batch += batches;
  }
}

void write_merged(const std::vector<Shard>& shards, const std::filesystem::path& out, const RunHeader& header,
                  const std::vector<SampleRow>& samples) {
  const RunPlan& plan = shards.front().plan;
  auto store = RunStore::create(out, header, samples, plan.cells, plan.batch_size);
  try {
    write_units(shards, *store);
    store->finish(true, "");
  } catch (...) {  // all of it is in the shards: half of it would only be in the way
    store.reset();
    for (const char* suffix : {"", "-wal", "-journal"}) {
      std::error_code gone;
      std::filesystem::remove((out / kRunFile).string() + suffix, gone);
    }
    throw;
  }
}

}  // namespace

std::vector<std::string> merge(const std::vector<std::filesystem::path>& folders, const std::filesystem::path& out) {
  std::vector<Shard> shards;
  for (const auto& folder : folders) {
    // Read once before anything is written: what is damaged or not complete leaves no folder behind.
    static_cast<void>(read_run(folder, false, Masked::kKept, Detail::kCompared));
    shards.push_back(open_shard(folder));
  }
  if (shards.empty()) throw Error(ErrorKind::kUsage, "no shard is given");
  put_in_order(shards);
  require_one_run(shards);

  std::vector<std::string> messages;
  const RunHeader header = merged_header(shards, messages);
  std::vector<SampleRow> samples;
  for (const Shard& shard : shards) samples.insert(samples.end(), shard.plan.samples.begin(), shard.plan.samples.end());

  write_merged(shards, out, header, samples);
  return messages;
}

}  // namespace shakedown::store
