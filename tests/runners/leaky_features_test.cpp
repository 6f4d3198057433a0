#include "leaky_features.h"

#include <gmock/gmock.h>

#include "shakedown/perturb/registry.h"

namespace shakedown::runners {
namespace {

class LeakyFeaturesTest : public testing::Test {
 protected:
  LeakyFeaturesTest() {
    perturb::register_builtins(registry_);
    for (const char* text : {"missing.random{rate: 0.5}", "missing.block{rate: 0.5, modality: audio}",
                             "missing.random{rate: 0.5, on: media}", "missing.modality{keep: none}"}) {
      cells_.push_back(suites::parse_cell(text, registry_));
    }
  }
  perturb::Registry registry_;
  std::vector<suites::Cell> cells_;
};

TEST_F(LeakyFeaturesTest, NamesTheCellsThatMaskStepsOfAnEmbeddingThatIsRead) {
  const auto warning = leaky_features(cells_, {Form::kEmbedding, Form::kAudioFeatures});
  ASSERT_TRUE(warning);
  EXPECT_EQ(warning->id, "leaky_features");
  EXPECT_THAT(warning->cells, testing::ElementsAre("missing.random@rate=0.5#0"));
}

TEST_F(LeakyFeaturesTest, TokensDoNotLeak) {
  EXPECT_FALSE(leaky_features(cells_, {Form::kTokens, Form::kAudioFeatures}));
  cells_.erase(cells_.begin());
  EXPECT_FALSE(leaky_features(cells_, {Form::kEmbedding}));
}

}  // namespace
}  // namespace shakedown::runners
