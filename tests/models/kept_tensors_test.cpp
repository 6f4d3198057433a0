// Tensors that are written over for the next call: whatever was in them, a model gets what a new one would hold.
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "binder.h"
#include "models/fixture.h"

namespace shakedown::models {
namespace {

std::vector<InputSpec> inputs(const std::string& list) {
  return Manifest::parse(Yaml::parse("schema: shakedown.model/1\ninputs: " + list + "\n", "model.yaml"), "").inputs;
}

/// A few clean sequences and what cells may make of them.
class Sequences {
 public:
  explicit Sequences(unsigned seed) : random_(seed) {
    for (float start : {1.0F, 100.0F, 2000.0F}) clean_.push_back(ramp(5, 3, 4, start));
    clean_.push_back(ramp(7, 3, 7, 30000.0F));
  }
  [[nodiscard]] std::size_t below(std::size_t n) { return random_() % n; }

  [[nodiscard]] Shared<Sequence> draw() {
    const auto& whole = clean_[below(clean_.size())];
    if (below(4) == 0) return whole;
    auto changed = std::make_shared<Sequence>(*whole);
    if (below(5) == 0) {
      changed->values.data()[below(whole->values.size())] = -1;
      return changed;
    }
    std::vector<std::uint8_t> zero(whole->steps, 0);
    for (auto& lost : zero) lost = below(2) == 0 ? 1 : 0;
    changed->values = FeatureValues::blanked({whole, &whole->values}, whole->dims, zero);
    return changed;
  }

 private:
  std::mt19937 random_;
  std::vector<Shared<Sequence>> clean_;
};

TEST(KeptTensorsTest, ATensorWrittenOverEqualsANewOne) {
  const std::string list =
      "[{from: audio.features}, {from: audio.features, layout: TBC}, {from: audio.features, layout: BCT}, "
      "{from: audio.features, length: 3}, {from: audio.features, length: 9, dtype: float64}, "
      "{from: audio.features, mean: [1]}, "
      "{from: audio.features, pool_mean: true}]";
  const Binder kept(inputs(list));
  Sequences sequences(5);
  std::size_t same_memory = 0;
  std::vector<const std::byte*> before(7, nullptr);
  for (int call = 0; call < 500; ++call) {
    std::vector<Sample> samples(3);
    for (Sample& sample : samples) sample.audio_features = sequences.draw();
    std::vector<Held> held;
    auto values = kept.bind(same_views(samples), {}, &held);
    const auto anew = Binder(inputs(list)).bind(same_views(samples));
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(values[i].tensor.shape, anew[i].tensor.shape);
      ASSERT_EQ(values[i].tensor.bytes, anew[i].tensor.bytes) << "call " << call << ", input " << i;
      same_memory += values[i].tensor.bytes.data() == before[i] ? 1 : 0;
      before[i] = values[i].tensor.bytes.data();
      values[i].tensor.as_given = sequences.below(6) != 0;
      if (!values[i].tensor.as_given) std::memset(values[i].tensor.bytes.data(), 77, values[i].tensor.bytes.size());
    }
    Binder::take_back(values, held);
  }
  EXPECT_GT(same_memory, 500U);  // they are kept indeed
}

/// Predictions of one loaded model over `calls` batches, and of a model loaded anew for each.
void expect_as_loaded_anew(const std::string& code) {
  const Folder folder;
  const std::string manifest = "inputs: [{from: audio.features, length: 5}]\ntask: {kind: regression}\n";
  const auto load = [&] { return load_module(folder, code, manifest); };
  const auto model = load();
  Sequences sequences(11);
  for (int call = 0; call < 20; ++call) {
    std::vector<Sample> samples(2);
    for (Sample& sample : samples) sample.audio_features = sequences.draw();
    const auto values = model->predict(same_views(samples)).values;
    EXPECT_EQ(values, load()->predict(same_views(samples)).values) << code << "call " << call;
  }
}

TEST(KeptTensorsTest, AModelThatWritesIntoItsArgumentGetsWhatItShouldAllTheSame) {
  expect_as_loaded_anew("def forward(self, x):\n  return x.sum([1, 2])\n");
  expect_as_loaded_anew("def forward(self, x):\n  y = x.sum([1, 2])\n  x.mul_(0.5)\n  return y\n");
  expect_as_loaded_anew("def forward(self, x):\n  y = x.sum([1, 2])\n  x[:, 1] = 3.0\n  return y\n");
  expect_as_loaded_anew("def forward(self, x):\n  y = x.sum([1, 2])\n  x.view(-1)[0:4].zero_()\n  return y\n");
  expect_as_loaded_anew("def forward(self, x):\n  y = x.sum([1, 2])\n  x.data.fill_(9.0)\n  return y\n");
  expect_as_loaded_anew(
      "def inner(self, x):\n  x.data.fill_(9.0)\n\ndef forward(self, x):\n  y = x.sum([1, 2])\n  self.inner(x)\n  "
      "return "
      "y\n");
  expect_as_loaded_anew(
      "def forward(self, x):\n  y = x.sum([1, 2])\n  if bool(y[0] > 0.0):\n    x.detach().add_(1.0)\n  return y\n");
}

TEST(KeptTensorsTest, WhatAModelRemembersStaysAsItWas) {
  const Folder folder;
  const auto model =
      load_module(folder, "def forward(self, x):\n  y = self.last.sum([1, 2])\n  self.last = x\n  return y\n",
                  "inputs: [{from: audio.features, length: 5}]\ntask: {kind: regression}\n",
                  {{"last", {{2, 5, 3}, std::vector<float>(30, 0.0F)}}});
  Sequences sequences(3);
  std::vector<double> last(2, 0);
  for (int call = 0; call < 20; ++call) {
    std::vector<Sample> samples(2);
    for (Sample& sample : samples) sample.audio_features = sequences.draw();
    const auto values = model->predict(same_views(samples)).values;
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(values[i], last[i], 1e-6 * std::abs(last[i])) << call;
      last[i] = 0;
      for (std::size_t n = 0; n < 15; ++n) last[i] += samples[i].audio_features->values[n];
    }
  }
}

}  // namespace
}  // namespace shakedown::models
