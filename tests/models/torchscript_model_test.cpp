#include <cmath>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kAudio = "inputs: [{from: audio.features}]\n";

std::vector<Sample> samples(std::size_t count, std::size_t dims = 2, std::size_t steps = 3) {
  std::vector<Sample> made(count);
  for (std::size_t i = 0; i < count; ++i) {
    made[i].id = "s" + std::to_string(i);
    made[i].audio_features = ramp(steps, dims, steps, static_cast<float>(i));
    made[i].vision_features = ramp(steps, dims, steps, -static_cast<float>(i));
    made[i].tokens = tokens({101, 2 + static_cast<std::int64_t>(i), 102}, steps);
    made[i].transcript = std::make_shared<const Transcript>(Transcript{std::string(i + 1, 'x'), {}, ""});
  }
  return made;
}

std::vector<double> predict(const Model& model, std::size_t count) {
  const auto made = samples(count);
  return model.predict(same_views(made)).values;
}

std::string failure(const Model& model, const std::vector<Sample>& made) {
  try {
    (void)model.predict(same_views(made));
  } catch (const Error& error) {
    return error.what();
  }
  return "ran";
}

/// Dialogues of two, one and two utterances of the samples 0 to 4.
std::vector<double> predict_dialogues(const Model& model) {
  const auto made = samples(5);
  std::vector<Request> batch;
  for (std::size_t i = 0; i < 5; ++i) batch.push_back({made[i], made[i], i < 2 ? 0U : i < 3 ? 1U : 2U});
  return model.predict(batch).values;
}

TEST(TorchscriptModelTest, UtterancesOfDialoguesGetARowEachFromAnyLayout) {
  const Folder folder;
  const std::string dialogue = "row: dialogue\ninputs: [{from: audio.features}]\n";
  const std::string sum = "def forward(self, x):\n    y = x[:, :, 0, 0]\n";
  EXPECT_THAT(predict_dialogues(*load_module(folder, sum + "    return y\n", dialogue)), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(predict_dialogues(
                  *load_module(folder, sum + "    return y.t().unsqueeze(2)\n", dialogue + "output: {layout: UB}\n")),
              ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(predict_dialogues(
                  *load_module(folder, sum + "    return torch.stack([y[0, 0], y[0, 1], y[1, 0], y[2, 0], y[2, 1]])\n",
                               dialogue + "output: {layout: packed}\n")),
              ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(predict_dialogues(*load_module(folder, sum + "    assert y.size(0) == 2\n    return y\n",
                                             dialogue + "batch: {fixed: 2}\n")),
              ElementsAre(0, 1, 2, 3, 4))
      << "the last dialogue fills its batch";
  EXPECT_THAT(predict_dialogues(*load_module(folder, sum + "    assert y.size(1) == 7\n    return y\n",
                                             dialogue + "utterances: 7\n")),
              ElementsAre(0, 1, 2, 3, 4));
  try {
    (void)predict_dialogues(*load_module(folder, sum + "    return y.sum(1)\n", dialogue));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("3 dialogues of up to 2, 5 utterances"), HasSubstr("layout: packed")));
  }
}

TEST(TorchscriptModelTest, EveryShapeOfOutputBecomesRows) {
  const std::vector<std::pair<std::string, std::size_t>> outputs{
      {"x[:, 0, 0]", 1}, {"x[:, 0, :1]", 1}, {"x[:, 0, :1].unsqueeze(1)", 1}, {"x[:, 0]", 2}};
  for (const auto& [expression, columns] : outputs) {
    const Folder folder;
    const auto model = load_module(folder, "def forward(self, x):\n    return " + expression + "\n", kAudio);
    const auto made = samples(3);
    const Predictions predictions = model->predict(same_views(made));
    EXPECT_EQ(predictions.rows, 3U) << expression;
    ASSERT_EQ(predictions.columns, columns) << expression;
    EXPECT_EQ(predictions.values[columns], 1) << expression;
  }
}

TEST(TorchscriptModelTest, ASqueezedOutputOfOneSampleIsOneRow) {
  const Folder folder;
  const auto model = load_module(folder, "def forward(self, x):\n    return x[:, 0].squeeze()\n", kAudio);
  const auto made = samples(1);
  const Predictions predictions = model->predict(same_views(made));
  EXPECT_EQ(predictions.rows, 1U);
  EXPECT_EQ(predictions.columns, 2U);
}

TEST(TorchscriptModelTest, TupleIndexAndDictKeySelect) {
  const std::string code = R"(
def forward(self, x) -> Tuple[Tensor, Dict[str, Tensor]]:
    return x[:, 0, 0], {"M": x[:, 1, 0], "Feature": x}
)";
  const Folder folder;
  EXPECT_THAT(predict(*load_module(folder, code, std::string(kAudio) + "output: {index: 0}"), 2), ElementsAre(0, 1));
  EXPECT_THAT(predict(*load_module(folder, code, std::string(kAudio) + "output: {index: 1, key: M}"), 2),
              ElementsAre(10, 11));
}

TEST(TorchscriptModelTest, AnOutputThatIsNotThereListsWhatIs) {
  const Folder folder;
  const std::string code = R"(
def forward(self, x) -> Dict[str, Tensor]:
    return {"M": x[:, 1, 0]}
)";
  const auto made = samples(2);
  EXPECT_THAT(failure(*load_module(folder, code, std::string(kAudio) + "output: {key: T}"), made),
              AllOf(HasSubstr("'T' is absent"), HasSubstr("M")));
  EXPECT_THAT(failure(*load_module(folder, code, kAudio), made), HasSubstr("output: {key: ...}"));
  EXPECT_THAT(failure(*load_module(folder, code, std::string(kAudio) + "output: {index: 0}"), made),
              HasSubstr("no elements"));
}

TEST(TorchscriptModelTest, AnOutputOfAnotherNumberOfRowsIsRefused) {
  const Folder folder;
  const auto model = load_module(folder, "def forward(self, x):\n    return x[:, :, 0].flatten()\n", kAudio);
  EXPECT_THAT(failure(*model, samples(2)), AllOf(HasSubstr("[6]"), HasSubstr("batch of 2")));
}

TEST(TorchscriptModelTest, TuplesListsStringsNumbersAndNoneArrive) {
  const Folder folder;
  const std::string code = R"(
def forward(self, words: List[str], pair: Tuple[Tensor, Tensor], several: List[Tensor], extra: Optional[Tensor], scale: int, shift: float, weight: Tensor, on: bool):
    total = pair[0][:, 0, 0] + several[0][:, 0, 0] + pair[1].float()
    if extra is not None or not on:
        total = total * 0
    for i in range(len(words)):
        total[i] += len(words[i])
    return total * scale + shift + weight
)";
  const auto model = load_module(folder, code, R"(inputs:
  - {from: text.string}
  - [{from: audio.features}, {from: audio.lengths}]
  - [{from: vision.features}]
  - {from: none}
  - {from: constant, value: 2}
  - {from: constant, value: 0.5}
  - {from: constant, value: 0.25, dtype: float64}
  - {from: constant, value: 1}
)");
  // (i - i + 3 steps + i + 1 letters) * 2 + 0.75
  EXPECT_THAT(predict(*model, 3), ElementsAre(8.75, 10.75, 12.75));
}

TEST(TorchscriptModelTest, ABatchThatIsTooSmallIsFilledAndTheFillingDiscarded) {
  const Folder folder;
  const std::string code = "def forward(self, x):\n    assert x.size(0) == 4\n    return x[:, 0, 0]\n";
  const auto model = load_module(folder, code, std::string(kAudio) + "batch: {fixed: 4}\n");
  EXPECT_THAT(predict(*model, 1), ElementsAre(0));
  EXPECT_THAT(predict(*model, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(predict(*model, 6), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(TorchscriptModelTest, ANaNPredictionIsPassedOn) {
  const Folder folder;
  const auto model = load_module(folder, "def forward(self, x):\n    return torch.log(x[:, 0, 0] - 1)\n", kAudio);
  const auto values = predict(*model, 3);
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[2], 0);
}

TEST(TorchscriptModelTest, AModelCannotChangeItsInputs) {
  const Folder folder;
  const auto model = load_module(folder, "def forward(self, x):\n    return x.add_(1)[:, 0, 0]\n", kAudio);
  const auto made = samples(2);
  const auto batch = same_views(made);
  EXPECT_EQ(model->predict(batch).values, model->predict(batch).values);
  EXPECT_EQ(made[0].audio_features->values[0], 0);
}

// The memory of an argument is lent to the model: one that keeps it must not read what another call put there.
TEST(TorchscriptModelTest, AModelMayKeepItsInput) {
  const Folder folder;
  const auto model = load_module(
      folder, "def forward(self, x):\n    before = self.w[:, 0, 0] + 0\n    self.w = x\n    return before\n", kAudio,
      {{"w", {{3, 1, 1}, {0, 0, 0}}}});
  const auto first = model->predict(same_views(samples(3)));
  const auto again = model->prepare(same_views(samples(3)));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(again->run().values, ElementsAre(0, 1, 2)) << i;
}

TEST(TorchscriptModelTest, CallsSideBySideGiveTheSameBits) {
  const Folder folder;
  std::map<std::string, Weights> weights{{"w", {{2, 64}, std::vector<float>(128)}}};
  for (std::size_t i = 0; i < 128; ++i) weights["w"].values[i] = std::sin(static_cast<float>(i));
  const auto model =
      load_module(folder, "def forward(self, x):\n    return torch.tanh(torch.matmul(x * 0.01, self.w)).mean(1)\n",
                  kAudio, weights);
  const auto expected = predict(*model, 16);
  std::vector<int> equal(4, 0);
  std::vector<std::thread> workers;
  for (int& count : equal) {
    workers.emplace_back([&] {
      for (int i = 0; i < 25; ++i) count += predict(*model, 16) == expected ? 1 : 0;
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_THAT(equal, ElementsAre(25, 25, 25, 25));
}

TEST(TorchscriptModelTest, TheInputOfAnotherWidthIsNamed) {
  const Folder folder;
  const auto model = load_module(folder, R"(
def forward(self, audio, vision):
    return (torch.matmul(audio, self.a).mean(1) + torch.matmul(vision, self.v).mean(1))
)",
                                 "inputs: [{from: audio.features}, {from: vision.features}]",
                                 {{"a", {{2, 1}, {1, 1}}}, {"v", {{5, 1}, {1, 1, 1, 1, 1}}}});
  const std::string message = failure(*model, samples(4));
  EXPECT_THAT(message, AllOf(HasSubstr("'vision' (vision.features)"), HasSubstr("5 in place of 2 at axis 2")));
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(TorchscriptModelTest, ExchangedInputsAreNamed) {
  const Folder folder;
  auto made = samples(4);
  for (Sample& sample : made) sample.vision_features = ramp(3, 5, 3);
  const auto model = load_module(folder, R"(
def forward(self, audio, vision):
    return torch.matmul(audio, self.a).mean(1) + torch.matmul(vision, self.v).mean(1)
)",
                                 "inputs: [{from: vision.features}, {from: audio.features}]",
                                 {{"a", {{2, 1}, {1, 1}}}, {"v", {{5, 1}, {1, 1, 1, 1, 1}}}});
  EXPECT_THAT(failure(*model, made), AllOf(HasSubstr("'audio' (vision.features)"), HasSubstr("exchanged")));
}

TEST(TorchscriptModelTest, TheInputOfAnotherTypeIsNamed) {
  const Folder folder;
  const auto model = load_module(folder, R"(
def forward(self, audio, ids):
    return torch.embedding(self.w, ids).mean(1) + audio[:, 0, :1]
)",
                                 "inputs: [{from: audio.features}, {from: text.tokens, part: ids, dtype: float32}]",
                                 {{"w", {{200, 1}, std::vector<float>(200, 1)}}});
  EXPECT_THAT(failure(*model, samples(4)), AllOf(HasSubstr("'ids' (text.tokens)"), HasSubstr("dtype: int64")));
}

TEST(TorchscriptModelTest, TheBatchSizeThatWouldRunIsNamed) {
  const Folder folder;
  const auto model = load_module(folder, "def forward(self, x):\n    return x[:, 0, 0] + torch.zeros([4])\n", kAudio);
  EXPECT_THAT(failure(*model, samples(3)), HasSubstr("batch: {fixed: 4}"));
}

TEST(TorchscriptModelTest, AnAxisTooManyIsNamed) {
  const Folder folder;
  const auto model =
      load_module(folder, "def forward(self, x):\n    assert x.dim() == 2\n    return x[:, 0]\n", kAudio);
  EXPECT_THAT(failure(*model, samples(2)), AllOf(HasSubstr("'x' (audio.features)"), HasSubstr("2 axes")));
}

TEST(TorchscriptModelTest, AFaultThatNoSingleChangeMendsListsTheInputs) {
  const Folder folder;
  const auto model =
      load_module(folder, "def forward(self, x):\n    assert x.size(0) < 0, 'tired'\n    return x[:, 0, 0]\n", kAudio);
  EXPECT_THAT(failure(*model, samples(2)), AllOf(HasSubstr("tired"), HasSubstr("audio.features float32 [2, 3, 2]")));
}

TEST(TorchscriptModelTest, ACallThatGetsNoMemoryNamesTheBatchSizeToTry) {
  const Folder folder;
  const auto said = [&](const Model& model, std::size_t rows) -> std::string {
    const auto made = samples(rows);
    try {
      (void)model.predict(same_views(made));
    } catch (const OutOfMemory& error) {
      return error.what();
    } catch (const Error& error) {
      return std::string("another error: ") + error.what();
    }
    return "no error";
  };
  const std::string code = R"(
def forward(self, audio):
    if audio.size(0) > 2:
        audio = audio + torch.empty([audio.size(0), 1, 1 << 50]).sum()
    return audio[:, 0, :1]
)";
  const auto model = load_module(folder, code, kAudio);
  EXPECT_EQ(said(*model, 2), "no error");
  EXPECT_THAT(said(*model, 7), AllOf(HasSubstr("out of memory in a call of 7 rows"), HasSubstr("you tried to allocate"),
                                     HasSubstr(": try --batch-size 3"), testing::Not(HasSubstr("\n"))));
  const auto fixed = load_module(folder, code, std::string("batch: {fixed: 4}\n") + kAudio);
  EXPECT_THAT(said(*fixed, 3), AllOf(HasSubstr("call of 4 rows"), HasSubstr("`batch: {fixed: 4}`")));
  const auto never = load_module(folder, R"(
def forward(self, audio):
    return audio[:, 0, :1] + torch.empty([1 << 50]).sum()
)",
                                 kAudio);
  EXPECT_THAT(said(*never, 1),
              AllOf(HasSubstr("a call of 1 row ("), HasSubstr("needs a machine or a device with more")));
}

TEST(TorchscriptModelTest, AnIdBeyondTheVocabularyIsExplained) {
  const Folder folder;
  const auto model =
      load_module(folder, "def forward(self, ids):\n    return torch.embedding(self.w, ids).mean(1)\n",
                  "inputs: [{from: text.tokens, part: ids}]", {{"w", {{50, 1}, std::vector<float>(50, 1)}}});
  EXPECT_THAT(failure(*model, samples(2)), AllOf(HasSubstr("index out of range"), HasSubstr("vocabulary")));
}

TEST(TorchscriptModelTest, AVocabularyInsideTheFileWinsOverTheOneBesideIt) {
  const std::string manifest =
      "schema: shakedown.model/1\ninputs: [{from: text.tokens, part: ids, length: 4, vocab: words/vocab.txt}]\n";
  const std::string forward = "def forward(self, ids):\n    return ids[:, 1].float()\n";
  const std::string inside = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nbad\ngood", beside = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\n";
  const Folder folder;
  std::filesystem::create_directory(folder.path() / "words");
  (void)folder.write("words/vocab.txt", beside);
  save_module(folder.path() / "a.pt", forward, {}, {{"shakedown/model.yaml", manifest}});
  save_module(folder.path() / "b.pt", forward, {},
              {{"shakedown/model.yaml", manifest}, {"shakedown/words/vocab.txt", inside}, {"notes.txt", "x"}});
  std::vector<Sample> good(1);
  good[0].id = "s";
  good[0].transcript = std::make_shared<const Transcript>(Transcript{"good", {}, "en"});
  EXPECT_EQ(load(folder.path() / "a.pt", {}).front()->predict(same_views(good)).values.front(), 4);
  EXPECT_EQ(load(folder.path() / "b.pt", {}).front()->predict(same_views(good)).values.front(), 5);

  // A manifest of its own takes the file beside it, else the one inside.
  std::string own = "schema: shakedown.model/1\ntorchscript: b.pt\n" + manifest.substr(manifest.find('\n') + 1);
  const auto beside_it = folder.write("words.yaml", own);
  EXPECT_EQ(load(beside_it, {}).front()->predict(same_views(good)).values.front(), 4);
  std::filesystem::create_directory(folder.path() / "elsewhere");
  const auto alone = folder.write("elsewhere/words.yaml", own.replace(own.find("b.pt"), 4, "../b.pt"));
  EXPECT_EQ(load(alone, {}).front()->predict(same_views(good)).values.front(), 5);

  save_module(folder.path() / "c.pt", forward, {},
              {{"shakedown/model.yaml", manifest}, {"shakedown/words/vocab.txt", "good\n"}});
  try {
    (void)load(folder.path() / "c.pt", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("c.pt:shakedown/words/vocab.txt"), HasSubstr("[CLS]")));
  }
}

TEST(TorchscriptModelTest, MergesAndSentencePieceModelsTravelInsideTheFile) {
  const std::string head = "schema: shakedown.model/1\ninputs: [{from: text.tokens, part: ids, length: 4, vocab: ";
  const std::string forward = "def forward(self, ids):\n    return ids[:, 1].float()\n";
  const Folder folder;
  save_module(folder.path() / "bpe.pt", forward, {},
              {{"shakedown/model.yaml", head + "vocab.json}]\n"},
               {"shakedown/vocab.json", R"({"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "g": 4, "o": 5, "go": 6})"},
               {"shakedown/merges.txt", "g o\n"}});
  std::ifstream file(std::string(SHAKEDOWN_TEST_DATA) + "/media/tokenizers/pieces.model", std::ios::binary);
  const std::string pieces{std::istreambuf_iterator<char>(file), {}};
  save_module(
      folder.path() / "sp.pt", forward, {},
      {{"shakedown/model.yaml", head + "pieces.model, tokenizer: xlnet}]\n"}, {"shakedown/pieces.model", pieces}});
  std::vector<Sample> one(1);
  one[0].id = "s";
  one[0].transcript = std::make_shared<const Transcript>(Transcript{"go", {}, "en"});
  EXPECT_EQ(load(folder.path() / "bpe.pt", {}).front()->predict(same_views(one)).values.front(), 6);
  one[0].transcript = std::make_shared<const Transcript>(Transcript{"", {}, "en"});
  EXPECT_EQ(load(folder.path() / "sp.pt", {}).front()->predict(same_views(one)).values.front(), 5);
}

TEST(TorchscriptModelTest, TrainingSeedsAreOneModelEach) {
  const Folder folder;
  save_module(folder.path() / "a.pt", "def forward(self, x):\n    return x[:, 0, 0]\n");
  save_module(folder.path() / "b.pt", "def forward(self, x):\n    return x[:, 0, 0] + 1\n");
  const auto file = folder.write(
      "model.yaml", "schema: shakedown.model/1\nname: emt\ntorchscript: [a.pt, b.pt]\n" + std::string(kAudio));
  const auto models = load(file, {});
  ASSERT_EQ(models.size(), 2U);
  EXPECT_THAT(predict(*models[1], 2), ElementsAre(1, 2));
  EXPECT_EQ(models[1]->file().filename(), "b.pt");
  EXPECT_EQ(models[1]->manifest().name, "emt");
  EXPECT_THAT(models[0]->manifest().text, HasSubstr("[a.pt, b.pt]"));
}

TEST(TorchscriptModelTest, AFileIsNamedAfterItselfWhereTheManifestDoesNot) {
  const Folder folder;
  const auto model = load_module(folder, "def forward(self, x):\n    return x[:, 0, 0]\n", kAudio);
  EXPECT_EQ(model->manifest().name, "m");
  EXPECT_EQ(model->manifest().inputs[0].argument, "x");
}

TEST(TorchscriptModelTest, TheEnvironmentNamesVersionsAndKernel) {
  const auto facts = environment();
  EXPECT_FALSE(facts.at("libtorch").empty());
  EXPECT_FALSE(facts.at("blas").empty());
}

}  // namespace
}  // namespace shakedown::models
