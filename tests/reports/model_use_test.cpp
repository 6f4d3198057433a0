// What the model uses: the sentences, the section, the JSON.
#include "model_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/support.h"
#include "reports/synthetic.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Attribution& clean(Results& results) {
  return results.model_use.attributions.front();
}

TEST(ModelUseTest, SaysThatTwoDecideTogether) {
  const Results results = test::regression_results();
  EXPECT_THAT(use_sentences(results), Contains(HasSubstr("Text and video together decide: they keep 100.0")));
  EXPECT_THAT(use_sentences(results), Contains(HasSubstr("beyond adding up what each says, is worth 0.127")));
  EXPECT_THAT(use_sentences(results), Contains(HasSubstr("disagree")));
  EXPECT_THAT(verdict_sentences(results), Contains(HasSubstr("together decide")));
}

TEST(ModelUseTest, SaysThatOneDecidesAlone) {
  Results results = test::regression_results();
  for (const char* with_text : {"text", "text+audio"}) clean(results).kept.at(with_text).value = 0.63;
  const auto said = use_sentences(results);
  EXPECT_THAT(said.front(), HasSubstr("Text alone decides: it keeps 96.3"));
  EXPECT_THAT(said.front(), HasSubstr("video alone 5.4"));
}

TEST(ModelUseTest, SaysWhenNobodyDecidesOrNothingIsGained) {
  Results results = test::regression_results();
  clean(results).kept.at("text+video").value = 0.75;
  EXPECT_THAT(use_sentences(results).front(), HasSubstr("No subset of the modalities decides without the rest"));
  clean(results).gain.low = -0.01;
  EXPECT_THAT(use_sentences(results).front(), HasSubstr("not detectably better than none"));
}

TEST(ModelUseTest, UndefinedFiguresMakeNoSentenceUp) {
  Results results = test::regression_results();
  clean(results).kept.at("text").value.reset();
  EXPECT_THAT(use_sentences(results).front(), HasSubstr("text alone \u2013"));
  clean(results).gain.value.reset();
  clean(results).gain.why = "constant predictions";
  EXPECT_THAT(use_sentences(results).front(), HasSubstr("undefined: constant predictions"));
  results.model_use = {};
  EXPECT_TRUE(use_sentences(results).empty());
}

TEST(ModelUseTest, TheSectionHasEveryTableAndGreysWhatIsIgnored) {
  const std::string html = to_html(test::regression_results());
  for (const char* title :
       {"Each modality", "Alone and together", "Sum of parts", "Conflict", "With evidence missing"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<h3>") + title + "</h3>"));
  }
  EXPECT_THAT(html, HasSubstr("<tr class=\"vacuous\"><th scope=\"row\">audio (ignored by the model)</th>"));
  EXPECT_THAT(html, HasSubstr("missing: keep=text+video"));
  EXPECT_THAT(html, HasSubstr("no evidence of robustness.</span>")) << "beside the curve of an ignored modality";
  Results without = test::regression_results();
  without.model_use = {};
  EXPECT_THAT(to_html(without), Not(HasSubstr("Alone and together")));
}

TEST(ModelUseTest, JsonKeepsEveryScore) {
  const Results results = test::regression_results();
  const Json json = model_use_json(results.model_use);
  EXPECT_EQ(json["shapley"].size(), 4U);
  EXPECT_EQ(json["shapley"][0]["metric"]["mae"]["audio"]["value"], 0.0);
  EXPECT_EQ(json["shapley"][1]["draws"], 16);
  EXPECT_EQ(json["shapley"][2]["level"], 0.3);
  EXPECT_THAT(json["shapley"][3]["why"].get<std::string>(), HasSubstr("missing"));
  EXPECT_EQ(json["shapley"][0]["kept"].size(), 8U);
  EXPECT_EQ(json["interaction"]["solved_jointly"]["n"], 640);
  EXPECT_EQ(json["conflict"][0]["modality"], "text");
  EXPECT_EQ(json["shuffle"]["video"]["value"], 0.15);
  EXPECT_TRUE(model_use_json({})["interaction"].is_null());
}

}  // namespace
}  // namespace shakedown::reports
