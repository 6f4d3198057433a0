#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ArgumentNamesTest, KnownNamesNeedNoManifest) {
  const Folder folder;
  const auto file = folder.path() / "bare.pt";
  save_module(file, R"(
def forward(self, text_bert, audio, audio_lengths, vision, attention_mask, sentences: List[str], scale: float = 1.0):
    return audio[:, 0, 0]
)");
  const auto model = std::move(load(file, {}).at(0));
  std::vector<std::string> from;
  for (const InputSpec& spec : model->manifest().inputs) from.push_back(spec.from);
  EXPECT_THAT(from, ::testing::ElementsAre("text.bert", "audio.features", "audio.lengths", "vision.features",
                                           "text.tokens", "text.string"));
  EXPECT_EQ(model->manifest().inputs[4].part, "mask");
  EXPECT_EQ(model->manifest().text, "");
}

TEST(ArgumentNamesTest, LengthsWithoutTheirInputAreNotGuessed) {
  const Folder folder;
  const auto file = folder.path() / "bare.pt";
  save_module(file, "def forward(self, text, audio_lengths):\n    return text[:, 0, 0]\n");
  EXPECT_THROW((void)load(file, {}), Error);
}

TEST(InspectTest, ShowsTheSignatureAndAManifestThatLoads) {
  const Folder folder;
  const auto file = folder.path() / "bare.pt";
  save_module(file, "def forward(self, audio, vision):\n    return audio[:, 0, 0] + vision[:, 0, 0]\n");
  const Inspection inspection = inspect(file);
  ASSERT_EQ(inspection.arguments.size(), 2U);
  EXPECT_EQ(inspection.arguments[1], (std::pair<std::string, std::string>{"vision", "Tensor"}));
  EXPECT_EQ(inspection.returns, "Tensor");
  EXPECT_FALSE(inspection.embedded);
  EXPECT_EQ(load(folder.write("model.yaml", inspection.manifest), {}).size(), 1U);
}

TEST(InspectTest, MarksWhatHasToBeFilledIn) {
  const Folder folder;
  const auto file = folder.path() / "bare.pt";
  save_module(file, R"(
def forward(self, pair: Tuple[Tensor, Tensor], stuff) -> Dict[str, Tensor]:
    return {"M": stuff}
)");
  EXPECT_THAT(inspect(file).manifest,
              AllOf(HasSubstr("- [{from: FILL_IN}, {from: FILL_IN}]  # pair: Tuple[Tensor, Tensor]"),
                    HasSubstr("output: {key: FILL_IN}")));
}

TEST(InspectTest, ShowsTheManifestInsideTheFileAsOneToSaveBesideIt) {
  const Folder folder;
  const auto file = folder.path() / "m.pt";
  const std::string manifest = "schema: shakedown.model/1\nname: inner\ninputs: [{from: audio.features}]\n";
  save_module(file, "def forward(self, x):\n    return x[:, 0, 0]\n", {}, {{"shakedown/model.yaml", manifest}});
  EXPECT_TRUE(inspect(file).embedded);
  EXPECT_EQ(inspect(file).manifest, manifest + "torchscript: m.pt\n");
  EXPECT_EQ(load(folder.write("model.yaml", inspect(file).manifest), {}).at(0)->manifest().name, "inner");
  EXPECT_EQ(load(file, {}).at(0)->manifest().name, "inner");
}

TEST(DeriveTaskTest, OneOutputIsRegressionOnTheFirstRegressionLabel) {
  Manifest manifest;
  const Task task = derive_task(manifest, 1, "sims", {"emotion", "regression", "regression_A"});
  EXPECT_EQ(task.kind, Task::Kind::kRegression);
  EXPECT_EQ(task.convention, "sims");
  EXPECT_EQ(task.label, "regression");
  EXPECT_EQ(task.primary, "mae");
  EXPECT_EQ(derive_task(manifest, 1, "", {}).convention, "plain");
}

TEST(DeriveTaskTest, SeveralOutputsAreRefusedWithTheLinesToAdd) {
  try {
    (void)derive_task({}, 3, "", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("labels: [class0, class1, class2]"));
  }
}

TEST(DeriveTaskTest, ATaskOfAnotherNumberOfOutputsIsRefused) {
  Manifest manifest;
  manifest.task = Task{};
  manifest.task->kind = Task::Kind::kClassification;
  manifest.task->labels = {"a", "b"};
  EXPECT_EQ(derive_task(manifest, 2, "", {}).labels.size(), 2U);
  EXPECT_THROW((void)derive_task(manifest, 3, "", {}), Error);
}

}  // namespace
}  // namespace shakedown::models
