#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kAudio = "inputs: [{from: audio.features}]\n";

std::vector<Sample> samples() {
  std::vector<Sample> made(5);
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i].id = "s" + std::to_string(i);
    made[i].audio_features = ramp(4, 2, 4, static_cast<float>(i * i));
  }
  return made;
}

ProbeReport probed(const std::string& forward, const std::string& manifest,
                   const std::map<std::string, Weights>& weights = {}) {
  const Folder folder;
  return probe(*load_module(folder, forward, manifest, weights), samples(), 32);
}

std::string refusal(const std::string& forward, const std::string& manifest,
                    const std::map<std::string, Weights>& weights = {}) {
  try {
    (void)probed(forward, manifest, weights);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    return error.what();
  }
  return "passed";
}

std::vector<std::string> warnings(const ProbeReport& report) {
  std::vector<std::string> ids;
  for (const Warning& warning : report.warnings) ids.push_back(warning.id);
  return ids;
}

TEST(ProbeTest, ACleanModelPassesWithoutWarnings) {
  const ProbeReport report = probed("def forward(self, x):\n    return x.sum([1, 2])\n", kAudio);
  EXPECT_TRUE(report.warnings.empty());
  EXPECT_EQ(report.columns, 1U);
  for (const char* measure : {"repeat", "state", "batch_size", "padding"}) EXPECT_EQ(report.measures.at(measure), 0);
}

TEST(ProbeTest, RandomNumbersAreFound) {
  EXPECT_THAT(refusal("def forward(self, x):\n    return x[:, 0, 0] + torch.rand([1])\n", kAudio),
              AllOf(HasSubstr("not deterministic"), HasSubstr("eval()")));
}

TEST(ProbeTest, DropoutThatFollowsTheModeIsOff) {
  EXPECT_EQ(refusal("def forward(self, x):\n    return torch.dropout(x, 0.5, self.training).sum([1, 2])\n", kAudio),
            "passed");
}

TEST(ProbeTest, AStateThatDependsOnTheLastInputIsFound) {
  const std::string code = R"(
def forward(self, x):
    now = x.mean()
    out = x[:, 0, 0] + torch.where(self.last == now, self.kept, self.last)
    self.kept.copy_(torch.where(self.last == now, self.kept, self.last))
    self.last.copy_(now)
    return out
)";
  EXPECT_THAT(refusal(code, kAudio, {{"last", {{}, {0}}}, {"kept", {{}, {0}}}}),
              ::testing::AnyOf(HasSubstr("stateful_model"), HasSubstr("not deterministic")));
}

TEST(ProbeTest, ACounterIsFound) {
  EXPECT_THAT(refusal("def forward(self, x):\n    self.n.add_(1)\n    return x[:, 0, 0] + self.n\n", kAudio,
                      {{"n", {{}, {0}}}}),
              AllOf(HasSubstr("not deterministic"), HasSubstr("state kept between calls")));
}

TEST(ProbeTest, AMemoryOfTheFirstSampleOfThePairIsStateful) {
  // Equal inputs in a row give equal outputs; only an other input in between shows the memory.
  const std::string code = R"(
def forward(self, x):
    first = x[0, 0, 0]
    if bool(first > self.seen):
        self.seen.copy_(first)
    return x[:, 0, 0] + self.seen
)";
  EXPECT_THAT(refusal(code, kAudio, {{"seen", {{}, {-5}}}}), HasSubstr("stateful_model"));
}

TEST(ProbeTest, StatisticsOverTheBatchAreFound) {
  EXPECT_THAT(refusal("def forward(self, x):\n    return x[:, 0, 0] - x[:, 0, 0].std()\n", kAudio),
              AllOf(HasSubstr("depend on the batch"), HasSubstr("batch: {fixed: n}")));
}

TEST(ProbeTest, ABakedInBatchSizeIsFound) {
  EXPECT_THAT(refusal("def forward(self, x):\n    return x[:, 0, 0] + torch.zeros([2])\n", kAudio),
              HasSubstr("batch: {fixed: "));
}

TEST(ProbeTest, OnlyRowsThatARunAsksForMustFitIntoMemory) {
  const Folder folder;
  const auto model = load_module(folder, R"(
def forward(self, x):
    if x.size(0) > 4:
        x = x + torch.empty([x.size(0), 1, 1 << 50]).sum()
    return x.sum([1, 2])
)",
                                 kAudio);
  EXPECT_EQ(probe(*model, samples(), 4).measures.at("batch_size"), 0);
  try {
    (void)probe(*model, samples(), 9);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("call of 7 rows"), HasSubstr(": try --batch-size 3")));
  }
}

TEST(ProbeTest, PaddingThatMattersIsMeasuredAndReported) {
  const ProbeReport report = probed("def forward(self, x):\n    return x.mean([1, 2])\n", kAudio);
  EXPECT_GT(report.measures.at("padding"), 0);
  EXPECT_THAT(warnings(report), ::testing::ElementsAre("padding_sensitive"));
}

TEST(ProbeTest, PaddingIsNotInQuestionAtAFixedLength) {
  const ProbeReport report =
      probed("def forward(self, x):\n    return x.mean([1, 2])\n", "inputs: [{from: audio.features, length: 4}]\n");
  EXPECT_TRUE(report.warnings.empty());
  EXPECT_EQ(report.measures.count("padding"), 0U);
}

TEST(ProbeTest, AModelOfOneLengthIsAdvisedToSayIt) {
  const ProbeReport report =
      probed("def forward(self, x):\n    assert x.size(1) == 4\n    return x.sum([1, 2])\n", kAudio);
  ASSERT_EQ(warnings(report), std::vector<std::string>{"padding_sensitive"});
  EXPECT_THAT(report.warnings[0].message, HasSubstr("length:"));
}

TEST(ProbeTest, RowsOfDialoguesAreProbedWhole) {
  const Folder folder;
  auto made = samples();
  for (std::size_t i = 0; i < made.size(); ++i) made[i].group = i < 2 ? "a" : i < 3 ? "b" : "c";
  const std::string manifest = "row: dialogue\ninputs: [{from: audio.features}, {from: dialogue.mask}]\n";
  const auto clean =
      probe(*load_module(folder, "def forward(self, x, m):\n    return x.sum([2, 3]) * m\n", manifest), made, 32);
  EXPECT_TRUE(clean.warnings.empty());
  for (const char* measure : {"repeat", "state", "batch_size", "padding"}) EXPECT_EQ(clean.measures.at(measure), 0);
  const auto padded = probe(
      *load_module(folder, "def forward(self, x, m):\n    return x.sum([2, 3]) / x.size(1)\n", manifest), made, 32);
  EXPECT_THAT(warnings(padded), ::testing::ElementsAre("padding_sensitive")) << "an utterance more is padding too";
}

constexpr const char* kTwoViews =
    "inputs: [{from: audio.features}, {from: audio.features.complete}, {from: audio.missing_mask}]\n";

TEST(ProbeTest, AModelThatLooksAtTheCompleteViewIsFound) {
  const ProbeReport report =
      probed("def forward(self, m, c, mask):\n    return (m + 0.1 * c).sum([1, 2])\n", kTwoViews);
  EXPECT_GT(report.measures.at("complete_view"), 0);
  EXPECT_THAT(warnings(report), ::testing::Contains("sees_complete_view"));
}

TEST(ProbeTest, AModelThatReadsOnlyTheMissingMaskIsNotBlamed) {
  const ProbeReport report =
      probed("def forward(self, m, c, mask):\n    return m.sum([1, 2]) + mask.sum(1)\n", kTwoViews);
  EXPECT_EQ(report.measures.at("complete_view"), 0);
  EXPECT_TRUE(report.warnings.empty());
}

}  // namespace
}  // namespace shakedown::models
