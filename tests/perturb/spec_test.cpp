#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

using testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Example final : public Perturbation {
 public:
  struct Config {
    double snr_db = 10;
    int count = 2;
    bool loud = false;
    std::string color = "white";
    double low = 0, high = 1;
  };
  explicit Example(Config config) {
    if (config.low > config.high) throw Error(ErrorKind::kUsage, "low: 2 is above high");
  }
  Effect apply(Sample&, const Corpus&, const Rng&) const override { return Effect::unchanged("an example"); }
  Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }
};

Schema<Example> schema(std::string name = "audio.example") {
  using Config = Example::Config;
  Schema<Example> schema(std::move(name), Modality::kAudio, "An example.");
  schema.source("here")
      .reads({Form::kWaveform})
      .writes({Form::kWaveform})
      .number("snr_db", &Config::snr_db, "dB", {.min = -20, .max = 60}, "ratio")
      .number("count", &Config::count, "", {.min = 0, .max = 9}, "count")
      .flag("loud", &Config::loud, "loud")
      .choice("color", &Config::color, {"white", "pink"}, "color")
      .number("low", &Config::low, "", {.min = 0, .max = 9}, "low")
      .number("high", &Config::high, "", {.min = 0, .max = 9}, "high");
  return schema;
}

DoseSpec snr_dose() {
  return {.parameter = "snr_db",
          .unit = "dB",
          .scale = DoseSpec::Scale::kAmplitude,
          .identity = kInfinity,
          .ladder = {20, 15, 10, 5, 0},
          .lower_is_harsher = true};
}

template <class Action>
std::string message_of(ErrorKind kind, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(SchemaTest, TakesDefaultsAndTypesFromTheConfig) {
  const PerturbationSpec spec = schema().build();
  const ParamMap expected = {{"snr_db", "10"},   {"count", "2"}, {"loud", "false"},
                             {"color", "white"}, {"low", "0"},   {"high", "1"}};
  EXPECT_EQ(spec.complete({}), expected);
  EXPECT_EQ(spec.find_param("count")->type, "integer");
  EXPECT_EQ(spec.find_param("loud")->type, "boolean");
  EXPECT_EQ(spec.find_param("nothing"), nullptr);
}

TEST(SchemaTest, ChecksARuleAcrossParametersInTheConstructor) {
  const PerturbationSpec spec = schema().build();
  EXPECT_THAT(message_of(ErrorKind::kUsage, [&] { (void)spec.create({{"low", "2"}}); }), HasSubstr("above high"));
  EXPECT_NO_THROW((void)spec.create({{"low", "2"}, {"high", "3"}}));
}

TEST(CompleteTest, WritesNumbersInOneForm) {
  const PerturbationSpec spec = schema().build();
  EXPECT_EQ(spec.complete({{"snr_db", " 1e1 "}}).at("snr_db"), "10");
  EXPECT_EQ(spec.complete({{"snr_db", "-0"}}).at("snr_db"), "0");
  EXPECT_EQ(spec.complete({{"low", "0.30000000000000004"}}).at("low"), "0.3");
}

TEST(CompleteTest, NamesParameterValueAndWhatIsAccepted) {
  const PerturbationSpec spec = schema().build();
  const auto refusal = [&](const ParamMap& given) {
    return message_of(ErrorKind::kUsage, [&] { (void)spec.complete(given); });
  };
  EXPECT_EQ(refusal({{"snr_db", "999"}}), "snr_db: 999 is outside [-20, 60] dB");
  EXPECT_THAT(refusal({{"snr_db", "loud"}}), HasSubstr("'loud' is no number"));
  EXPECT_THAT(refusal({{"snr_db", "nan"}}), HasSubstr("'nan' is no number"));
  EXPECT_THAT(refusal({{"count", "1.5"}}), HasSubstr("1.5 is no integer"));
  EXPECT_THAT(refusal({{"color", "pinc"}}), HasSubstr("(did you mean 'pink'?)"));
  EXPECT_THAT(refusal({{"loud", "yes"}}), HasSubstr("not one of true, false"));
  EXPECT_THAT(refusal({{"snr_bd", "3"}}), HasSubstr("(did you mean 'snr_db'?)"));
}

TEST(CompleteTest, AcceptsTheIdentityOutsideTheRange) {
  EXPECT_THROW((void)schema().build().complete({{"snr_db", "inf"}}), Error);
  EXPECT_EQ(schema().dose(snr_dose()).build().complete({{"snr_db", "inf"}}).at("snr_db"), "inf");
}

TEST(SeverityTest, GivesTheLadderAtWholeSeverities) {
  const DoseSpec dose = snr_dose();
  EXPECT_EQ(dose.at_severity(0), kInfinity);
  for (int severity = 1; severity <= 5; ++severity) {
    EXPECT_EQ(dose.at_severity(severity), dose.ladder[static_cast<std::size_t>(severity - 1)]);
  }
}

TEST(SeverityTest, InterpolatesNoiseAmplitudesOnTheAmplitudeScale) {
  const DoseSpec dose = snr_dose();
  // Half the amplitude of 20 dB lies 20 log10(2) above it; between 20 and 15 dB amplitudes are averaged.
  EXPECT_NEAR(dose.at_severity(0.5), 26.0206, 1e-4);
  EXPECT_NEAR(dose.at_severity(1.5), 17.1451, 1e-4);
}

TEST(SeverityTest, GrowsFromSilenceForPeaksAboveSpeech) {
  const DoseSpec dose = {.parameter = "peak_db",
                         .unit = "dB",
                         .scale = DoseSpec::Scale::kAmplitude,
                         .identity = -kInfinity,
                         .ladder = {-10, -5, 0, 5, 10}};
  EXPECT_NEAR(dose.at_severity(0.5), -16.0206, 1e-4);
  EXPECT_LT(dose.at_severity(2.5), 0);
  EXPECT_GT(dose.at_severity(2.5), -5);
}

TEST(SeverityTest, InterpolatesRatiosOnTheLogScale) {
  const DoseSpec dose = {
      .parameter = "ratio", .unit = "", .scale = DoseSpec::Scale::kLog, .identity = 1, .ladder = {2, 4, 8, 16, 32}};
  EXPECT_NEAR(dose.at_severity(0.5), std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(dose.at_severity(4.5), 16 * std::sqrt(2.0), 1e-12);
}

TEST(SeverityTest, RoundsIntegersHalfToEven) {
  const DoseSpec dose = {
      .parameter = "levels", .unit = "frames", .identity = 0, .ladder = {1, 2, 4, 8, 16}, .integer = true};
  EXPECT_EQ(dose.at_severity(0.5), 0);
  EXPECT_EQ(dose.at_severity(1.5), 2);
  EXPECT_EQ(dose.at_severity(2.5), 3);
}

TEST(SeverityTest, RefusesWhatIsOffTheLadder) {
  EXPECT_THAT(message_of(ErrorKind::kUsage, [] { (void)snr_dose().at_severity(5.01); }), HasSubstr("[0, 5]"));
  EXPECT_THROW((void)snr_dose().at_severity(-0.1), Error);
  EXPECT_THROW((void)snr_dose().at_severity(std::nan("")), Error);
  EXPECT_THAT(message_of(ErrorKind::kUsage, [] { (void)DoseSpec{}.at_severity(1); }), HasSubstr("no ladder"));
}

TEST(SeverityTest, IsValidUpToTheDeclaredDose) {
  DoseSpec dose = {.parameter = "factor", .unit = "", .identity = 1, .ladder = {1.1, 1.25, 1.5}, .valid_to = 1.25};
  EXPECT_TRUE(dose.is_valid(1.25));
  EXPECT_FALSE(dose.is_valid(1.3));
  EXPECT_FALSE(dose.is_valid(0.7)) << "as far from the identity on the other side";
  dose = snr_dose();
  dose.valid_to = 5;
  EXPECT_TRUE(dose.is_valid(5));
  EXPECT_FALSE(dose.is_valid(0));
}

TEST(DoseTest, DependsOnAChoice) {
  const DoseSpec turned = {.parameter = "low", .unit = "Hz", .identity = 0, .ladder = {.1, .2, .3, .4, .5}};
  const PerturbationSpec spec = schema().dose(snr_dose()).dose_when("color", "pink", turned).build();
  EXPECT_EQ(spec.dose_at({}).parameter, "snr_db");
  EXPECT_EQ(spec.dose_at({{"color", "white"}}).parameter, "snr_db");
  EXPECT_EQ(spec.dose_at({{"color", "pink"}}).at_severity(2), .2);
  Registry registry;
  const auto refusal = [&](PerturbationSpec broken) {
    return message_of(ErrorKind::kInternal, [&] { registry.add(std::move(broken)); });
  };
  EXPECT_THAT(refusal(schema().dose(snr_dose()).dose_when("colour", "pink", turned).build()), HasSubstr("colour"));
}

TEST(RegistryTest, SuggestsTheNearestName) {
  Registry registry;
  registry.add(schema("audio.echo").build());
  EXPECT_THAT(message_of(ErrorKind::kUsage, [&] { (void)registry.find("audio.ecco"); }),
              HasSubstr("(did you mean 'audio.echo'?)"));
}

TEST(RegistryTest, PutsTheNameInFrontOfARefusal) {
  Registry registry;
  registry.add(schema("audio.echo").build());
  EXPECT_EQ(message_of(ErrorKind::kUsage,
                       [&] {
                         (void)registry.create("audio.echo", {{"count", "99"}});
                       }),
            "audio.echo: count: 99 is outside [0, 9]");
}

TEST(RegistryTest, ListsByName) {
  Registry registry;
  for (const char* name : {"video.b", "audio.c", "external"}) registry.add(schema(name).build());
  std::vector<std::string> names;
  for (const PerturbationSpec* spec : registry.all()) names.push_back(spec->name);
  EXPECT_THAT(names, testing::ElementsAre("audio.c", "external", "video.b"));
}

TEST(RegistryTest, RefusesWhatCannotBeRight) {
  Registry registry;
  registry.add(schema("audio.echo").build());
  const auto refusal = [&](PerturbationSpec spec) {
    return message_of(ErrorKind::kInternal, [&] { registry.add(std::move(spec)); });
  };
  EXPECT_THAT(refusal(schema("audio.echo").build()), HasSubstr("twice"));
  for (const char* name : {"", "Audio.Echo", "audio.", "audio.a.b", "audio.1", "audio echo"}) {
    EXPECT_THAT(refusal(schema(name).build()), HasSubstr("is named neither")) << name;
  }
  EXPECT_THAT(refusal(schema().reads({}).build()), HasSubstr("forms"));
  EXPECT_THAT(refusal(schema().dose({.parameter = "color", .unit = "x"}).build()), HasSubstr("no number parameter"));
  DoseSpec dose = snr_dose();
  dose.ladder = {20, 15, 16, 5, 0};
  EXPECT_THAT(refusal(schema().dose(dose).build()), HasSubstr("step by step"));
  dose = snr_dose();
  dose.ladder.push_back(-40);
  EXPECT_THAT(refusal(schema().dose(dose).build()), HasSubstr("range of snr_db"));
  dose = snr_dose();
  dose.scale = DoseSpec::Scale::kLinear;
  EXPECT_THAT(refusal(schema().dose(dose).build()), HasSubstr("amplitude scale"));
  PerturbationSpec spec = schema().build();
  spec.params.front().default_value = "99";
  EXPECT_THAT(refusal(std::move(spec)), HasSubstr("its own defaults"));
}

}  // namespace
}  // namespace shakedown::perturb
