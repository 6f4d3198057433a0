// The property suite is itself tested: one perturbation that is sound, and one way to break it for each property.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "perturb/support.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/properties.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

enum class Fault {
  kNone,
  kNoSource,
  kAcceptsAnything,
  kActsAtIdentity,
  kDamageFalls,
  kWrongDose,
  kDrawsWithTheDose,
  kCounts,
  kSameForAllSamples,
  kSameForAllReplicates,
  kChangesInput,
  kWritesTextToo,
  kMakesNan,
  kThrowsOnEmpty,
  kIdleInWindows
};

// Steps of audio features are lost: what missing.random does, with a fault.
template <Fault kFault>
class Broken final : public Perturbation {
 public:
  struct Config {
    double rate = 0.3;
  };
  explicit Broken(Config config) : rate_(config.rate) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    if (kFault == Fault::kThrowsOnEmpty && sample.audio_features->length == 0) {
      throw Error(ErrorKind::kInternal, "division by zero");
    }
    if (kFault == Fault::kIdleInWindows && sample.tokens && sample.tokens->layout.before == 0) {
      return Effect::unchanged("too short");
    }
    if (sample.audio_features->length == 0) return Effect::ineligible("no steps");
    const auto lost = take_each(stream(rng), eligible_units(sample.audio_features->length), rate());
    if (lost.empty()) return Effect::unchanged("no step was drawn");
    auto after = std::make_shared<Sequence>(*sample.audio_features);
    auto& values = kFault == Fault::kChangesInput ? const_cast<Sequence&>(*sample.audio_features) : *after;
    for (const std::size_t step : lost) std::fill_n(values.row(step), values.dims, fill());
    sample.audio_features = std::move(after);
    if (kFault == Fault::kWritesTextToo && sample.tokens) sample.tokens = std::make_shared<Tokens>(*sample.tokens);
    Effect effect;
    effect.decisions.assign(lost.begin(), lost.end());
    return effect;
  }

  Dose measure(const Sample& before, const Sample&, const Effect& effect) const override {
    Dose dose;
    dose.eligible = dose.total = static_cast<double>(before.audio_features->length);
    dose.taken = static_cast<double>(effect.decisions.size());
    if (kFault == Fault::kWrongDose) dose.taken = std::floor(dose.taken / 2);
    return dose;
  }

 private:
  double rate() const {
    if (kFault == Fault::kActsAtIdentity) return rate_ + 0.05;
    if (kFault == Fault::kDamageFalls) return 1 - rate_;
    return rate_;
  }
  float fill() const { return kFault == Fault::kMakesNan ? std::numeric_limits<float>::quiet_NaN() : 0.0F; }
  Stream stream(const Rng& rng) const {
    switch (kFault) {
      case Fault::kDrawsWithTheDose: return rng.stream(std::to_string(rate_));
      case Fault::kCounts: return rng.stream(std::to_string(++calls_));
      case Fault::kSameForAllSamples:
        return Stream(rng.key().suite_seed, static_cast<std::uint64_t>(rng.key().replicate) * 8 +
                                                static_cast<std::uint64_t>(rng.key().compose_index));
      case Fault::kSameForAllReplicates: {
        StreamKey key = rng.key();
        key.replicate = 0;
        return Rng(key).stream("audio");
      }
      default: return rng.stream("audio");
    }
  }

  double rate_;
  mutable std::atomic<int> calls_ = 0;
};

template <Fault kFault>
PerturbationSpec broken() {
  using P = Broken<kFault>;
  PerturbationSpec spec =
      Schema<P>("feature.broken", Modality::kAudio, "For tests.")
          .source(kFault == Fault::kNoSource ? "" : "here")
          .reads({Form::kAudioFeatures})
          .writes({Form::kAudioFeatures, Form::kTokens})
          .number("rate", &P::Config::rate, "", {.min = 0, .max = 1}, "rate")
          .dose({.parameter = "rate", .unit = "", .identity = 0, .ladder = {.1, .3, .5, .7, .9}, .fraction = true})
          .build();
  if (kFault == Fault::kAcceptsAnything) {
    spec.create = [](const ParamMap&) -> std::unique_ptr<Perturbation> {
      return std::make_unique<P>(typename P::Config{});
    };
  }
  return spec;
}

std::vector<std::string> failures(const PerturbationSpec& spec) {
  std::vector<std::string> names;
  for (const PropertyResult& result : check_properties(spec, Registry{})) {
    if (!result.passed) names.push_back(result.property + ": " + result.detail);
  }
  return names;
}

TEST(BrokenPerturbationTest, SoundOnePassesEveryProperty) {
  EXPECT_THAT(failures(broken<Fault::kNone>()), testing::IsEmpty());
}

struct Case {
  std::string name;
  PerturbationSpec (*spec)();
  std::string caught;  // part of the property's name and detail
};

class BrokenTest : public testing::TestWithParam<Case> {};

TEST_P(BrokenTest, IsCaught) {
  EXPECT_THAT(failures(GetParam().spec()), testing::Contains(testing::ContainsRegex(GetParam().caught)));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenTest,
    testing::Values(Case{"NoSource", broken<Fault::kNoSource>, "documented.*no source"},
                    Case{"AcceptsAnything", broken<Fault::kAcceptsAnything>, "refuses bad values.*accepted"},
                    Case{"ActsAtIdentity", broken<Fault::kActsAtIdentity>, "at the identity"},
                    Case{"DamageFalls", broken<Fault::kDamageFalls>, "does more damage"},
                    Case{"WrongDose", broken<Fault::kWrongDose>, "realises the dose.*instead of"},
                    Case{"DrawsWithTheDose", broken<Fault::kDrawsWithTheDose>, "nests what it takes"},
                    Case{"Counts", broken<Fault::kCounts>, "same bytes on 1 and 8 threads"},
                    Case{"SameForAllSamples", broken<Fault::kSameForAllSamples>, "samples draw alike"},
                    Case{"SameForAllReplicates", broken<Fault::kSameForAllReplicates>, "replicates draw alike"},
                    Case{"ChangesInput", broken<Fault::kChangesInput>, "input changed"},
                    Case{"WritesTextToo", broken<Fault::kWritesTextToo>, "writes text.* but calls itself audio"},
                    Case{"MakesNan", broken<Fault::kMakesNan>, "got NaN"},
                    Case{"ThrowsOnEmpty", broken<Fault::kThrowsOnEmpty>, "degenerate.*division by zero"},
                    Case{"IdleInWindows", broken<Fault::kIdleInWindows>, "nothing inside a window"}),
    [](const testing::TestParamInfo<Case>& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace shakedown::perturb
