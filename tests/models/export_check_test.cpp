// Golden outputs inside a file: the numbers below are those of tools/shakedown_export.py in Python.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "models/fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kForward = R"(
def forward(self, text, audio, n, mask):
    w = torch.tensor([1.0, 0.5])
    return (audio*w).sum([1, 2]) + 0.001*text[:, 0].sum(1) + 0.125*n + 0.25*mask.sum(1)
)";
const std::string kManifest = R"(schema: shakedown.model/1
inputs:
  - {from: text.bert}
  - {from: audio.features}
  - {from: audio.lengths}
  - {from: audio.missing_mask}
)";
const std::string kGolden = R"(schema: shakedown.golden/1
seed: -3
sources:
  text.bert: {steps: 6, vocabulary: 1000}
  audio.features: {steps: 5, columns: 2}
outputs:
  - [8.786797523498535]
  - [5.628084659576416]
  - [6.270784854888916]
  - [1.3016328811645508]
  - [-1.4801421165466309]
  - [1.1251916885375977]
  - [-0.0034074783325195312]
  - [3.874589443206787]
)";

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

class ExportCheckTest : public ::testing::Test {
 protected:
  void save(const std::string& golden, const std::string& manifest = kManifest) {
    save_module(file_, kForward, {}, {{"shakedown/model.yaml", manifest}, {"shakedown/golden.yaml", golden}});
  }
  [[nodiscard]] ExportCheck check() const { return load(file_, {})[0]->check_export().value(); }
  [[nodiscard]] std::string refusal() const {
    try {
      (void)load(file_, {})[0]->check_export();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel) << error.what();
      return error.what();
    }
    return "verified";
  }
  /// One line that names the file.
  void expect_refusal(const std::string& golden, const std::string& phrase) {
    save(golden);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("m.pt"), HasSubstr(phrase), Not(HasSubstr("\n"))));
  }

  Folder folder_;
  std::filesystem::path file_ = folder_.path() / "m.pt";
};

TEST_F(ExportCheckTest, TheNumbersOfPythonComeOut) {
  EXPECT_EQ(golden_draw(1111, {2, 3, 4, 5}), 10395500270424352101U);
  save(kGolden);
  EXPECT_EQ(describe(check()), "export verified: 8/8 within 1e-5");
  EXPECT_TRUE(check().warnings.empty());
}

TEST_F(ExportCheckTest, AFileWithoutGoldenOutputsSaysNothing) {
  save_module(file_, kForward, {}, {{"shakedown/model.yaml", kManifest}});
  EXPECT_FALSE(load(file_, {})[0]->check_export());
  EXPECT_FALSE(inspect(file_).check);
}

TEST_F(ExportCheckTest, InspectChecksToo) {
  save(kGolden);
  EXPECT_EQ(inspect(file_).check.value().within, 8U);
}

TEST_F(ExportCheckTest, ADifferenceAbove1e5IsAWarning) {
  save(with(kGolden, "6.270784854888916", "6.2707"));
  const ExportCheck found = check();
  EXPECT_THAT(describe(found), HasSubstr("export differs: 7/8 within 1e-5, greatest difference 8.4854"));
  ASSERT_EQ(found.warnings.size(), 1U);
  EXPECT_EQ(found.warnings[0].id, "export_differs");
  EXPECT_THAT(found.warnings[0].message, HasSubstr("golden row 2 (seed"));
}

TEST_F(ExportCheckTest, ADifferenceAbove1e3IsAnErrorThatNamesTheInput) {
  save(with(kGolden, "-1.4801421165466309", "-1.4833"));
  EXPECT_THAT(refusal(), AllOf(HasSubstr("m.pt: the export is not verified: golden row 4 (seed"),
                               HasSubstr("audio.features of "), HasSubstr("where PyTorch gave -1.4833")));
}

TEST_F(ExportCheckTest, AWrongLayoutSourceOrDtypeIsFound) {
  save(kGolden, with(kManifest, "text.bert}", "text.bert, layout: T3B}"));
  EXPECT_NE(refusal(), "verified");
  save(kGolden, with(kManifest, "audio.missing_mask", "audio.mask"));
  EXPECT_THAT(refusal(), HasSubstr("not verified"));
  save(kGolden, with(kManifest, "audio.features}", "audio.features, mean: 0.01}"));
  EXPECT_THAT(refusal(), HasSubstr("not verified"));
}

TEST_F(ExportCheckTest, AFixedBatchIsFilledForGoldenRowsAsForAnyOther) {
  save(kGolden, kManifest + "batch: {fixed: 3}\n");
  EXPECT_EQ(check().within, 8U);
}

TEST_F(ExportCheckTest, AManifestBesideTheFileMaySayOtherThings) {
  save(kGolden);
  const auto manifest = folder_.write(
      "model.yaml", with(kManifest, "audio.features}", "audio.features, mean: 0.5}") + "torchscript: m.pt\n");
  EXPECT_EQ(load(manifest, {})[0]->check_export().value().within, 8U);
}

TEST_F(ExportCheckTest, DamagedGoldenFilesAreOneLine) {
  expect_refusal("", "schema");
  expect_refusal("\x01\xff[[[{", "golden.yaml");
  expect_refusal("[]", "golden.yaml");
  expect_refusal(with(kGolden, "golden/1", "golden/2"), "shakedown.golden/1");
  expect_refusal(with(kGolden, "seed: -3", "seed: 3.5"), "golden.yaml:2");
  expect_refusal(with(kGolden, "seed: -3\n", ""), "seed");
  expect_refusal(with(kGolden, "sources", "source"), "'sources'");
  expect_refusal(with(kGolden, "audio.features", "audio.lengths"), "is no source of values");
  expect_refusal(with(kGolden, "  audio.features: {steps: 5, columns: 2}\n", ""), "audio.features is missing");
  expect_refusal(with(kGolden, "columns: 2", "columns: 0"), "columns: 0");
  expect_refusal(with(kGolden, ", columns: 2", ""), "columns");
  expect_refusal(with(kGolden, "columns: 2", "columns: 3"), "forward()");
  expect_refusal(with(kGolden, "columns: 2", "columns: 100000000"), "at most 134217728");
  expect_refusal(with(kGolden, "steps: 5", "steps: 99999999999999999999"), "golden.yaml:5");
  expect_refusal(with(kGolden, "steps: 5", "steps: -1"), "steps: -1");
  expect_refusal(with(kGolden, "vocabulary: 1000", "columns: 3"), "vocabulary");
  expect_refusal(with(kGolden, "[8.786797523498535]", "[.inf]"), "finite");
  expect_refusal(with(kGolden, "[8.786797523498535]", "[a]"), "golden.yaml:7");
  expect_refusal(with(kGolden, "[8.786797523498535]", "[1, 2]"), "one number of outputs");
  expect_refusal(with(kGolden, "[8.786797523498535]", "[]"), "one number of outputs");
  expect_refusal(kGolden.substr(0, kGolden.find("outputs")) + "outputs: []\n", "1 to 64 rows");
  expect_refusal(kGolden.substr(0, kGolden.find("outputs")) + "outputs: [[1, 2]]\n", "1 outputs a row");
  std::string many = kGolden;
  for (int i = 0; i < 100; ++i) many += "  - [1]\n";
  expect_refusal(many, "1 to 64 rows");
}

TEST_F(ExportCheckTest, NoDamageOfOneByteCrashes) {
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kGolden.size(); ++i) {
    for (const int change : {1, 16, 128}) {
      std::string damaged = kGolden;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try {
        const Golden golden = Golden::parse(damaged, "golden.yaml");
        for (const auto& [base, source] : golden.sources) {
          if (source.steps < 100 && source.columns < 100) (void)golden.row(base, 1, false);
        }
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kModel) << damaged;
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, kGolden.size());
}

TEST_F(ExportCheckTest, RowZeroIsFullAndOthersAreShorter) {
  const Golden golden = Golden::parse(kGolden, "golden.yaml");
  EXPECT_EQ(golden.row("audio.features", 0, true).valid(), 5U);
  std::size_t shorter = 0;
  for (std::size_t r = 1; r < 8; ++r) {
    const Row row = golden.row("audio.features", r, true);
    EXPECT_EQ(row.steps(), 5U);
    EXPECT_GE(row.valid(), 2U);
    shorter += row.valid() < 5 ? 1 : 0;
  }
  EXPECT_GT(shorter, 3U);
}

}  // namespace
}  // namespace shakedown::models
