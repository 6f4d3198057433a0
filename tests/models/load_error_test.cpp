#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kForward = "def forward(self, audio):\n    return torch.sigmoid(audio[:, 0, 0])\n";

struct Refusal {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message = "loaded";
};

Refusal refusal(const std::filesystem::path& file, const LoadOptions& options = {}) {
  try {
    (void)load(file, options);
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {};
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class LoadErrorTest : public ::testing::Test {
 protected:
  void SetUp() override { save_module(good_, kForward); }

  void expect_model_error(const std::filesystem::path& file, const std::string& phrase) {
    const Refusal refused = refusal(file);
    EXPECT_EQ(refused.kind, ErrorKind::kModel) << refused.message;
    EXPECT_THAT(refused.message, AllOf(HasSubstr(file.filename().string()), HasSubstr(phrase), Not(HasSubstr("\n"))));
  }

  Folder folder_;
  std::filesystem::path good_ = folder_.path() / "good.pt";
  std::filesystem::path bad_ = folder_.path() / "bad.pt";
};

TEST_F(LoadErrorTest, TheGoodFileLoads) {
  EXPECT_EQ(refusal(good_).message, "loaded");
}

TEST_F(LoadErrorTest, AMissingFileAndAFolderAreUsage) {
  EXPECT_EQ(refusal(folder_.path() / "no.pt").kind, ErrorKind::kUsage);
  EXPECT_THAT(refusal(folder_.path()).message, HasSubstr("is a folder"));
}

TEST_F(LoadErrorTest, ATruncatedZip) {
  const std::string bytes = read(good_);
  expect_model_error(folder_.write("bad.pt", bytes.substr(0, bytes.size() / 2)), "truncated or damaged zip");
}

TEST_F(LoadErrorTest, APickleOfAnOldPyTorch) {
  expect_model_error(folder_.write("bad.pt", std::string("\x80\x02\x8a\x0a", 4) + "l\xfc\x9c\x46\xf9 j\xa8P\x19."),
                     "torch.save of an old PyTorch");
}

TEST_F(LoadErrorTest, AStateDictInAZip) {
  // torch.save writes the same container without code/ and constants.pkl; LibTorch looks for the latter first.
  expect_model_error(std::filesystem::path(SHAKEDOWN_TEST_DATA) / "models" / "state_dict.pt", "holds a state_dict");
}

TEST_F(LoadErrorTest, AnEmptyFileAndATextFile) {
  expect_model_error(folder_.write("empty.pt", ""), "is empty");
  expect_model_error(folder_.write("text.pt", "hello"), "is not a TorchScript file");
}

TEST_F(LoadErrorTest, AFormatOfTheFuture) {
  rewrite_module(
      good_, bad_, [](const std::string&, std::string bytes) { return bytes; }, 99);
  expect_model_error(bad_, "file format version 99: it was exported by a newer PyTorch");
}

TEST_F(LoadErrorTest, AnOperatorOfTheFuture) {
  rewrite_module(good_, bad_, [](const std::string& name, std::string bytes) {
    const auto at = name.ends_with(".py") ? bytes.find("torch.sigmoid") : std::string::npos;
    return at == std::string::npos ? bytes : bytes.replace(at, 13, "torch.sigmund");
  });
  expect_model_error(bad_, "aten::sigmund: it was exported by a newer PyTorch");
}

TEST_F(LoadErrorTest, AnOperatorWithArgumentsOfTheFuture) {
  rewrite_module(good_, bad_, [](const std::string& name, std::string bytes) {
    const auto at = name.ends_with(".py") ? bytes.find("torch.sigmoid(") : std::string::npos;
    return at == std::string::npos ? bytes : bytes.replace(at, 14, "torch.sigmoid(1, 2, ");
  });
  expect_model_error(bad_, "in a form that is unknown");
}

TEST_F(LoadErrorTest, AModuleWithoutForward) {
  save_module(bad_, "def predict(self, audio):\n    return audio\n");
  expect_model_error(bad_, "no forward() method");
}

TEST_F(LoadErrorTest, AManifestWithAnotherNumberOfInputs) {
  const auto file = folder_.write(
      "model.yaml",
      "schema: shakedown.model/1\ntorchscript: good.pt\ninputs: [{from: audio.features}, {from: none}]\n");
  const Refusal refused = refusal(file);
  EXPECT_EQ(refused.kind, ErrorKind::kUsage);
  EXPECT_THAT(refused.message, AllOf(HasSubstr("gives 2, forward() takes 1"), HasSubstr("audio: Tensor")));
}

TEST_F(LoadErrorTest, AManifestOfAnotherNesting) {
  const auto file = folder_.write("model.yaml",
                                  "schema: shakedown.model/1\ntorchscript: good.pt\ninputs:\n"
                                  "  - [{from: audio.features}, {from: audio.lengths}]\n");
  EXPECT_THAT(refusal(file).message, HasSubstr("'audio': a nested list where forward() takes Tensor"));
}

TEST_F(LoadErrorTest, AManifestWithoutAFile) {
  EXPECT_THAT(refusal(folder_.write("model.yaml", "schema: shakedown.model/1\n")).message,
              HasSubstr("'torchscript:' is missing"));
}

TEST_F(LoadErrorTest, AFaultInsideTheFileNamesTheFileAndLine) {
  save_module(bad_, kForward, {}, {{"shakedown/model.yaml", "schema: shakedown.model/1\ninput: []\n"}});
  EXPECT_THAT(refusal(bad_).message, AllOf(HasSubstr("bad.pt:shakedown/model.yaml:2"), HasSubstr("'inputs'")));
}

TEST_F(LoadErrorTest, ArgumentNamesThatSayNothingGetAManifestToStartFrom) {
  save_module(bad_, "def forward(self, audio, stuff):\n    return audio[:, 0, 0]\n");
  const Refusal refused = refusal(bad_);
  EXPECT_EQ(refused.kind, ErrorKind::kUsage);
  EXPECT_THAT(refused.message, AllOf(HasSubstr("'stuff: Tensor' is not recognised"),
                                     HasSubstr("schema: shakedown.model/1"), HasSubstr("{from: audio.features}")));
}

TEST_F(LoadErrorTest, DevicesAndThreadsThatAreNotThere) {
  EXPECT_THAT(refusal(good_, {"tpu", 1}).message, HasSubstr("cpu, cuda or cuda:n"));
  EXPECT_EQ(refusal(good_, {"cuda:99", 1}).kind, ErrorKind::kUsage);
  EXPECT_THAT(refusal(good_, {"cpu", 0}).message, HasSubstr("--threads-per-call 0"));
}

}  // namespace
}  // namespace shakedown::models
