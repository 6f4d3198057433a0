#include "shakedown/perturb/examples.h"

#include <iterator>
#include <sstream>

#include <gtest/gtest.h>

#include "shakedown/core/error.h"
#include "support.h"
#include "text/alignment.h"

namespace shakedown::perturb {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::size_t words_changed(const WorkedExample& example) {
  return example.text.empty() ? 0 : align(words_of(example_passage()), words_of(example.text)).errors();
}

TEST(ExamplesTest, EveryTextPerturbationShowsWhatItDoes) {
  std::size_t kinds = 0;
  for (const PerturbationSpec* spec : builtins().all()) {
    const auto examples = worked_examples(*spec);
    // A passage of text has no sound to be heard.
    EXPECT_EQ(!examples.empty(), spec->name.starts_with("text.") && spec->front_end.empty()) << spec->name;
    if (examples.empty()) continue;
    ++kinds;
    ASSERT_EQ(examples.size(), 2U);
    EXPECT_LT(examples[0].severity, examples[1].severity);
    EXPECT_GT(words_changed(examples[1]), 0U) << spec->name << ": " << examples[1].why;
    EXPECT_LE(words_changed(examples[0]), words_changed(examples[1])) << spec->name;
    for (const auto& example : examples) EXPECT_NE(example.text.empty(), example.why.empty()) << spec->name;
  }
  EXPECT_GE(kinds, 11U);
}

TEST(ExamplesTest, AreTheSameEveryTime) {
  const auto& spec = builtins().find("text.typo");
  EXPECT_EQ(worked_examples(spec)[1].text, worked_examples(spec)[1].text);
}

TEST(ExamplesTest, FollowThePerturbationNotAStoredText) {
  PerturbationSpec spec = builtins().find("text.word_drop");
  spec.dose.ladder = {0, 0, 0, 0, 1};
  const auto examples = worked_examples(spec);
  EXPECT_EQ(examples[0].text, "");
  EXPECT_EQ(examples[0].why, "unchanged: no word was drawn");
  EXPECT_LT(words_of(examples[1].text).size(), 8U) << examples[1].text;
}

TEST(ExamplesTest, SayWhyThereIsNone) {
  PerturbationSpec spec = builtins().find("text.typo");
  spec.create = [](const ParamMap&) -> std::unique_ptr<Perturbation> {
    throw Error(ErrorKind::kUsage, "no dictionary");
  };
  EXPECT_EQ(worked_examples(spec)[0].why, "no dictionary");
}

}  // namespace
}  // namespace shakedown::perturb
