#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "shakedown/store/run_store.h"

namespace shakedown::store {

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    auto name = (in / "shakedown-store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code code;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, code);
    std::filesystem::remove_all(path_, code);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A plan whose fields all differ from their defaults.
struct Plan {
  RunHeader header;
  std::vector<SampleRow> samples;
  std::vector<CellRow> cells;
  std::size_t batch_size = 4;

  Plan(std::size_t sample_count, std::size_t cell_count) {
    header.model_name = "emt";
    header.data_name = "mosi";
    header.suite_name = "smoke";
    header.suite_version = "1";
    header.split = "valid";
    header.seed = 0xFFFFFFFFFFFFFFF7U;  // beyond what a double holds
    header.task.kind = Task::Kind::kClassification;
    header.task.convention = "mosi";
    header.task.label = "emotion";
    header.task.primary = "f1_weighted";
    header.task.labels = {"neutral", "joy"};
    header.task.polarity = {{"neutral", 0.0}, {"joy", 1.0}};
    header.task.probabilities = true;
    header.inputs = {{"model", "emt.pt", std::string(64, 'a')}, {"data", "mosi.pkl", std::string(64, 'b')}};
    header.settings = {{"batch_size", "4"}, {"limit", "0"}, {"shard", ""}, {"device", "cpu"}, {"jobs", "2"}};
    header.environment = {{"cpu", "x86-64"}, {"libtorch", "1.13.1"}};
    header.timing = {{"decode", 0.1}, {"forward", 1e-300}};
    header.probes = {{"padding", 1.0 / 3}, {"repeat", std::numeric_limits<double>::infinity()}};
    header.data_notes = {"3 rows held -inf"};
    header.warnings = {{"few_groups", "Only 4 groups.", {"clean#0"}}};
    header.not_tested = {{"text.word_drop@severity=1#0", "no vocab", "add `vocab:`"}};
    header.trained_with = {"audio.*"};
    for (std::size_t i = 0; i < sample_count; ++i)
      samples.push_back({fmt::format("vidéo$_${:03}", i),
                         fmt::format("vidéo{}", i / 2),
                         {{"regression", {0.1 * static_cast<double>(i), "joy"}}, {"regression_T", {}}},
                         {{"annotation", "Positive\n\"quoted\""}}});
    for (std::size_t i = 0; i < cell_count; ++i) {
      CellRow cell;
      cell.id = i == 0 ? "clean#0" : fmt::format("audio.background_noise[noise=babble]@snr_db={}#3", i);
      cell.family = i == 0 ? "clean" : "audio.background_noise[noise=babble]";
      cell.definition = fmt::format("{:032x}", i);
      cell.reference = "clean#0";
      if (i > 0) {
        cell.parts = {{"audio.background_noise", 2, Modality::kAudio, {{"noise", "babble"}, {"snr_db", "10"}}}};
        cell.axis = "snr_db";
        cell.level = i == 1 ? std::numeric_limits<double>::infinity() : static_cast<double>(i);
        cell.severity = 2.5;
        cell.replicate = 3;
        cell.modality = Modality::kAudio;
        cell.label_effect = LabelEffect::kDirectional;
        cell.valid = false;
        cell.dose = {"snr_db", "dB", true, cell.level};
      }
      cells.push_back(cell);
    }
  }

  [[nodiscard]] std::size_t batches() const { return (samples.size() + batch_size - 1) / batch_size; }

  /// Outcomes that tell cell and sample apart, with everything that floating point can hold.
  [[nodiscard]] Unit unit(std::size_t cell, std::size_t batch) const {
    Unit made{cell, batch, batch * batch_size, {}};
    for (std::size_t s = made.first_sample; s < std::min(samples.size(), made.first_sample + batch_size); ++s) {
      Outcome outcome;
      outcome.state = static_cast<State>(s % 5);
      outcome.reason = s % 5 == 0 ? "" : fmt::format("reason {}", s);
      if (outcome.state != State::kFailed)
        outcome.outputs = {static_cast<double>(cell) + static_cast<double>(s) / 7,
                           std::numeric_limits<double>::infinity(), std::numeric_limits<double>::denorm_min(), -0.0};
      outcome.dose = {1.0 / 3, std::numeric_limits<double>::quiet_NaN(), 1, 2, 3, 0.5, 0.25};
      if (s % 2 == 0) outcome.dose.realised = -std::numeric_limits<double>::infinity();
      outcome.measures = {{"donors", 3},
                          {"third", 1.0 / 3},
                          {"tiny", -5e-324},
                          {"huge", 1.7976931348623157e308},
                          {"below \"0\"\n", -0.0},
                          {"endless", -std::numeric_limits<double>::infinity()},
                          {"nothing", std::numeric_limits<double>::quiet_NaN()}};
      outcome.direction = static_cast<int>(s % 3) - 1;
      outcome.decisions = {1, cell * 1000 + s};
      outcome.media = s % 7 == 0 ? Digest() : Digest{2, cell * 1000 + s};
      made.outcomes.push_back(outcome);
    }
    return made;
  }

  [[nodiscard]] std::unique_ptr<RunStore> create(const std::filesystem::path& folder) const {
    return RunStore::create(folder, header, samples, cells, batch_size);
  }
  [[nodiscard]] std::unique_ptr<RunStore> resume(const std::filesystem::path& folder) const {
    return RunStore::resume(folder, header, samples, cells, batch_size);
  }
};

inline bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

inline void expect_same_numbers(const std::map<std::string, double>& a, const std::map<std::string, double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, value] : a) EXPECT_TRUE(b.count(name) == 1 && same(value, b.at(name))) << name;
}

/// Bit for bit; NaN equals NaN.
inline void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.reason, b.reason);
  ASSERT_EQ(a.outputs.size(), b.outputs.size());
  for (std::size_t i = 0; i < a.outputs.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(a.outputs[i]), std::bit_cast<std::uint64_t>(b.outputs[i])) << i;
  EXPECT_TRUE(same(a.dose.realised, b.dose.realised));
  EXPECT_TRUE(same(a.dose.effective, b.dose.effective));
  EXPECT_EQ(a.dose.taken, b.dose.taken);
  EXPECT_EQ(a.dose.eligible, b.dose.eligible);
  EXPECT_EQ(a.dose.total, b.dose.total);
  EXPECT_EQ(a.dose.changed, b.dose.changed);
  EXPECT_EQ(a.dose.beyond, b.dose.beyond);
  expect_same_numbers(a.measures.map(), b.measures.map());
  EXPECT_EQ(a.direction, b.direction);
  EXPECT_EQ(a.decisions, b.decisions);
  EXPECT_EQ(a.media, b.media);
}

}  // namespace shakedown::store
