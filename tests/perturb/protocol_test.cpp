// Masks of the published protocols against NumPy's, bit for bit: tests/data/perturb/make_masks.py.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "perturb/media_support.h"
#include "perturb/support.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"

namespace shakedown::perturb {
namespace {

using Json = nlohmann::json;
using shakedown::perturb::testing::MemoryCorpus;

const Json& golden() {
  static const Json kGolden = [] {
    std::ifstream file(std::string(SHAKEDOWN_TEST_DATA) + "/perturb/masks.json");
    return Json::parse(file);
  }();
  return kGolden;
}

Shared<Tokens> text_of(std::size_t length, std::size_t padded) {
  std::vector<std::int64_t> ids(length, 2000);
  ids.front() = 101;
  ids.back() = 102;
  return tokens(ids, padded);
}

std::vector<Sample> split_of(const Json& shape) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < shape[0]["lengths"].size(); ++i) {
    const auto length = [&](std::size_t m) { return shape[m]["lengths"][i].get<std::size_t>(); };
    const auto padded = [&](std::size_t m) { return shape[m]["padded"].get<std::size_t>(); };
    Sample sample;
    sample.id = "s" + std::to_string(i);
    sample.index = i;
    sample.tokens = text_of(length(0), padded(0));
    sample.audio_features = ramp(length(1), 1, padded(1) - length(1));
    sample.vision_features = ramp(length(2), 1, padded(2) - length(2));
    samples.push_back(std::move(sample));
  }
  return samples;
}

// As np.packbits(axis=1) packs a row: the first position is the highest bit.
std::string packed(const std::vector<std::size_t>& positions, std::size_t padded) {
  std::string bytes((padded + 7) / 8, '\0');
  for (const std::size_t i : positions) bytes[i / 8] = static_cast<char>(bytes[i / 8] | (0x80 >> (i % 8)));
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(byte) >> 4U];
    text += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

Part protocol(const std::string& preset, double rate, const std::string& seeds = "") {
  return part_of("missing.protocol", {{"preset", preset}, {"rate", std::to_string(rate)}, {"seeds", seeds}});
}

// Of every sample and modality the lost positions, packed.
std::array<std::vector<std::string>, 3> masks_of(const MemoryCorpus& corpus, const Part& part, int replicate,
                                                 std::uint64_t seed = 1) {
  std::array<std::vector<std::string>, 3> masks;
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    const Sample before = corpus.load(i);
    const Sample after = apply_parts(before, {part}, corpus, seed, replicate).sample;
    masks[0].push_back(packed(changed_ids(*before.tokens, *after.tokens), before.tokens->padded()));
    masks[1].push_back(
        packed(changed_rows(*before.audio_features, *after.audio_features), before.audio_features->steps));
    masks[2].push_back(
        packed(changed_rows(*before.vision_features, *after.vision_features), before.vision_features->steps));
  }
  return masks;
}

TEST(ProtocolTest, MasksAreNumPysBitForBit) {
  std::map<std::string, std::unique_ptr<MemoryCorpus>> splits;
  for (const auto& [name, shape] : golden()["shapes"].items()) {
    splits[name] = std::make_unique<MemoryCorpus>(split_of(shape));
  }
  std::size_t compared = 0;
  for (const Json& one : golden()["cases"]) {
    const auto part = protocol(one["preset"], one["rate"], one["seeds"]);
    const auto masks = masks_of(*splits.at(one["shape"]), part, one["replicate"]);
    for (std::size_t m = 0; m < 3; ++m) {
      std::string all;
      const Json& expected = one["lost"][m];
      for (std::size_t i = 0; i < masks[m].size(); ++i) {
        if (expected.is_array()) {
          ASSERT_EQ(hex(masks[m][i]), expected[i].get<std::string>())
              << one["preset"] << " " << one["rate"] << " " << i;
        }
        all += masks[m][i];
      }
      if (expected.is_string()) {
        ASSERT_EQ(sha256(all), expected.get<std::string>())
            << one["preset"] << " " << one["rate"] << " " << one["shape"] << " " << m;
      }
      ++compared;
    }
  }
  EXPECT_GT(compared, 600U);
}

class ProtocolsTest : public ::testing::Test {
 protected:
  MemoryCorpus corpus_{split_of(golden()["shapes"]["small"])};
};

TEST_F(ProtocolsTest, TheSuiteSeedIsNotReadAndReplicatesCountUp) {
  const Part part = protocol("tfrnet", 0.5);
  EXPECT_EQ(masks_of(corpus_, part, 0, 1), masks_of(corpus_, part, 0, 2));
  EXPECT_EQ(masks_of(corpus_, part, 2), masks_of(corpus_, protocol("tfrnet", 0.5, "113/1113/11113"), 0));
  EXPECT_EQ(masks_of(corpus_, protocol("tfrnet", 0.5, "4+9"), 1), masks_of(corpus_, protocol("tfrnet", 0.5, "9"), 0));
}

TEST_F(ProtocolsTest, DrawsOnceForAnyNumberOfThreads) {
  const auto expected = masks_of(corpus_, protocol("openvna-structural", 0.5), 0);
  const Part part = protocol("openvna-structural", 0.5);
  std::vector<std::thread> threads;
  std::array<bool, 4> same{};
  for (bool& one : same) threads.emplace_back([&] { one = masks_of(corpus_, part, 0) == expected; });
  for (std::thread& thread : threads) thread.join();
  for (const bool one : same) EXPECT_TRUE(one);
}

TEST_F(ProtocolsTest, RatesPerModality) {
  const Part part =
      part_of("missing.protocol", {{"preset", "emt-dlfr"}, {"rate", "1"}, {"text_rate", "0"}, {"audio_rate", "0.5"}});
  const auto masks = masks_of(corpus_, part, 0), half = masks_of(corpus_, protocol("emt-dlfr", 0.5), 0),
             all = masks_of(corpus_, protocol("emt-dlfr", 1), 0);
  EXPECT_EQ(masks[1], half[1]);
  EXPECT_EQ(masks[2], all[2]);
  for (const std::string& row : masks[0]) EXPECT_EQ(row, std::string(row.size(), '\0'));
}

TEST_F(ProtocolsTest, SaysWhatItCannotBeDrawnFor) {
  Sample other = corpus_.load(3);
  other.tokens = text_of(4, 12);
  const Part part = protocol("tfrnet", 0.5);
  EXPECT_EQ(apply_parts(other, {part}, corpus_, 1, 0).effects.front().reason,
            "its steps are not those of the split that the protocol draws for");
  EXPECT_THROW((void)apply_parts(corpus_.load(3), {part_of("missing.protocol", {}, fraction(0.2, 0.5))}, corpus_, 1, 0),
               Error);
  EXPECT_THROW((void)protocol("tfrnet", 0.5, "1/2"), Error);
  EXPECT_THROW((void)protocol("tfrnet", 0.5, "-1"), Error);
  EXPECT_THROW((void)protocol("meta-na-block", 0.5, "7"), Error) << "ours has the suite's seed";
}

TEST_F(ProtocolsTest, AlignedProtocolsRefuseUnalignedData) {
  Json shape = golden()["shapes"]["small"];
  shape[1]["padded"] = 11;
  for (auto& length : shape[1]["lengths"]) length = std::min(length.get<int>(), 11);
  const MemoryCorpus shorter(split_of(shape));
  EXPECT_EQ(apply_parts(shorter.load(0), {protocol("niat-random", 0.5)}, shorter, 1, 0).effects.front().state,
            State::kSkipped);
}

// The authors of Meta-NA draw anew at every evaluation: their rule, our stream.
TEST_F(ProtocolsTest, MetaNaByDistribution) {
  Json shape = golden()["shapes"]["small"];
  for (auto& rows : shape) {
    rows["padded"] = 20;
    rows["lengths"] = std::vector<int>(1, 20);
  }
  const MemoryCorpus corpus(split_of(shape));
  const Sample before = corpus.load(0);
  constexpr int kReplicates = 2000;
  std::array<double, 20> begins{};
  double lost = 0;
  for (int replicate = 0; replicate < kReplicates; ++replicate) {
    const auto block = apply_parts(before, {protocol("meta-na-block", 0.3)}, corpus, 1, replicate).sample;
    const auto rows = changed_rows(*before.audio_features, *block.audio_features);
    ASSERT_EQ(rows.size(), 6U);
    ASSERT_EQ(rows.back() - rows.front(), 5U);
    ++begins[rows.front()];
    EXPECT_EQ(block.tokens->ids.front(), 101) << "put back";
    const auto each = apply_parts(before, {protocol("meta-na-random", 0.3)}, corpus, 1, replicate).sample;
    lost += static_cast<double>(changed_rows(*before.audio_features, *each.audio_features).size());
  }
  // randint(L - B): begins at 0..13, uniformly, so that the last step never goes.
  for (std::size_t i = 0; i < 14; ++i) EXPECT_NEAR(begins[i], kReplicates / 14.0, 4 * std::sqrt(kReplicates / 14.0));
  EXPECT_EQ(begins[14], 0);
  EXPECT_NEAR(lost / (kReplicates * 20), 0.3, 4 * std::sqrt(0.21 / (kReplicates * 20)));
}

// Pairs of sample and modality.
class PatternTest : public ::testing::Test {
 protected:
  struct Missing {
    double share = 0;
    std::map<std::size_t, double> by_count;
    std::array<double, 3> by_modality{};
  };
  Missing run(const ParamMap& given) const {
    Missing missing;
    const Part part = part_of("missing.pattern", given);
    for (int i = 0; i < kSamples; ++i) {
      Sample sample = corpus_.load(0);
      sample.id = std::to_string(i);
      const auto effect = apply_parts(sample, {part}, corpus_, 1, 0).effects.front();
      missing.share += static_cast<double>(effect.decisions.size()) / (3.0 * kSamples);
      missing.by_count[effect.decisions.size()] += 1.0 / kSamples;
      for (const auto modality : effect.decisions)
        missing.by_modality[static_cast<std::size_t>(modality)] += 1.0 / kSamples;
    }
    return missing;
  }
  static constexpr int kSamples = 6000;
  static constexpr double kError = 0.026;  // four standard errors of a share of the samples
  MemoryCorpus corpus_{split_of(golden()["shapes"]["small"])};
};

TEST_F(PatternTest, PairsGoByThemselves) {
  const Missing missing = run({{"rate", "0.4"}});
  EXPECT_NEAR(missing.share, 0.4, kError);
  for (const double share : missing.by_modality) EXPECT_NEAR(share, 0.4, kError);
  EXPECT_NEAR(missing.by_count.at(3), 0.064, kError) << "a sample may lose everything";
}

TEST_F(PatternTest, GcnetKeepsOneAndFillsToTheRate) {
  for (const double rate : {0.1, 0.3, 0.5, 0.6}) {
    Missing missing = run({{"rate", std::to_string(rate)}, {"at_least_one", "true"}});
    EXPECT_NEAR(missing.share, rate, kError) << rate;
    for (const double share : missing.by_modality) EXPECT_NEAR(share, rate, kError) << rate;
    EXPECT_EQ(missing.by_count[3], 0);
    EXPECT_NEAR(missing.by_count[2], std::pow(1.5 * rate, 2), kError) << "the others by themselves";
  }
  // The nominal 0.7 is one modality each, two thirds missing.
  Missing most = run({{"rate", "0.7"}, {"at_least_one", "true"}});
  EXPECT_NEAR(most.by_count[2], 1, 1e-9);
  for (const double share : most.by_modality) EXPECT_NEAR(share, 2.0 / 3, kError);
}

TEST_F(PatternTest, IsNestedAndBlanksWholeModalities) {
  for (const char* one : {"true", "false"}) {
    std::vector<std::int64_t> previous;
    for (const char* rate : {"0.1", "0.3", "0.5", "0.66"}) {
      const auto effect =
          apply_parts(corpus_.load(1), {part_of("missing.pattern", {{"rate", rate}, {"at_least_one", one}})}, corpus_,
                      5, 0)
              .effects.front();
      EXPECT_TRUE(std::includes(effect.decisions.begin(), effect.decisions.end(), previous.begin(), previous.end()));
      previous = effect.decisions;
    }
  }
  const Sample before = corpus_.load(1);
  const Sample after = apply_parts(before, {part_of("missing.pattern", {{"rate", "1"}})}, corpus_, 1, 0).sample;
  EXPECT_THAT(after.audio_features->values, ::testing::Each(0.0F));
  EXPECT_EQ(after.tokens->ids.front(), 101);
  EXPECT_EQ(after.tokens->ids[1], 100);
}

TEST_F(PatternTest, MultiBenchShiftsOrZeroesAWholeModality) {
  const Part part = part_of("missing.multibench", {{"rate", "0.3"}, {"modality", "audio+video"}});
  double dropped = 0, sum = 0, squares = 0, shifted = 0;
  for (int i = 0; i < kSamples; ++i) {
    Sample sample = corpus_.load(0);
    sample.id = std::to_string(i);
    const Sample after = apply_parts(sample, {part}, corpus_, 1, 0).sample;
    const auto &x = sample.audio_features->values.all(), &y = after.audio_features->values.all();
    if (y.front() == 0 && y.back() == 0) {
      EXPECT_THAT(y, ::testing::Each(0.0F));
      ++dropped;
      continue;
    }
    const double offset = y.front() - x.front();
    for (std::size_t k = 0; k < x.size(); ++k) ASSERT_NEAR(y[k] - x[k], offset, 1e-5) << "one number for all of it";
    sum += offset;
    squares += offset * offset;
    ++shifted;
  }
  EXPECT_NEAR(dropped / kSamples, 0.3, kError);
  EXPECT_NEAR(sum / shifted, 0, 4 * 0.3 / std::sqrt(shifted));
  EXPECT_NEAR(std::sqrt(squares / shifted), 0.3, 4 * 0.3 / std::sqrt(2 * shifted));
}

TEST_F(PatternTest, MultiBenchLeavesOutSamplesWithoutText) {
  Sample sample = corpus_.load(0);
  sample.embedding = ramp(4, 3);
  EXPECT_EQ(apply_parts(sample, {part_of("missing.multibench", {{"rate", "1"}, {"modality", "all"}})}, corpus_, 1, 0)
                .effects.front()
                .state,
            State::kSkipped);
}

}  // namespace
}  // namespace shakedown::perturb
