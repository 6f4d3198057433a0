#include "shakedown/core/yaml.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

using testing::HasSubstr;

template <class Function>
std::string error_of(Function&& function) {
  try {
    function();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "no error";
}

TEST(YamlTest, ReadsScalarsListsAndMapsInOrder) {
  const auto yaml = Yaml::parse("b: 1.5\na: [1, inf]\nc: true\nid: 007\n", "s.yaml");
  EXPECT_EQ(yaml.get("b").number(), 1.5);
  EXPECT_EQ(yaml.get("a").at(0).integer(), 1);
  EXPECT_EQ(yaml.get("a").at(1).number(), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(yaml.get("c").boolean());
  EXPECT_EQ(yaml.get("id").text(), "007");
  EXPECT_EQ(yaml.entries().front().first, "b");
  EXPECT_FALSE(yaml.has("z"));
}

TEST(YamlTest, ErrorsNameFileLineAndTheNearestKey) {
  const auto yaml = Yaml::parse("name: x\nseverty: 3\n", "s.yaml");
  EXPECT_EQ(error_of([&] {
              yaml.only({"name", "severity"});
            }),
            "s.yaml:2: unknown key 'severty' (did you mean 'severity'?); known keys: name, severity");
  EXPECT_THAT(error_of([&] { (void)yaml.get("name").number(); }), HasSubstr("s.yaml:1: 'x' is not a number"));
  EXPECT_THAT(error_of([&] { (void)yaml.require("cells"); }), HasSubstr("'cells:' is missing"));
}

TEST(YamlTest, RefusesRepeatedKeysBadSyntaxAndSeveralDocuments) {
  EXPECT_THAT(error_of([] { Yaml::parse("a: 1\na: 2\n", "s.yaml"); }), HasSubstr("s.yaml:2: 'a' is given twice"));
  EXPECT_THAT(error_of([] { Yaml::parse("a: [1\n", "s.yaml"); }), HasSubstr("is not YAML"));
  EXPECT_THAT(error_of([] { Yaml::parse("a: 1\n---\nb: 2\n", "s.yaml"); }), HasSubstr("several YAML documents"));
}

TEST(YamlTest, RefusesAliasBombs) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto name = "a" + std::to_string(i), last = "*a" + std::to_string(i - 1);
    bomb += name + ": &" + name + " [" + last;
    for (int k = 0; k < 9; ++k) bomb += ", " + last;
    bomb += "]\n";
  }
  EXPECT_THAT(error_of([&] { Yaml::parse(bomb, "s.yaml"); }), HasSubstr("too large"));
}

TEST(YamlTest, SchemaMustMatch) {
  const auto yaml = Yaml::parse("schema: shakedown.suite/9\n", "s.yaml");
  EXPECT_THAT(error_of([&] { yaml.require_schema("shakedown.suite/1"); }),
              HasSubstr("this version reads shakedown.suite/1"));
  const auto empty = Yaml::parse("", "s.yaml");
  EXPECT_THAT(error_of([&] { empty.require_schema("shakedown.suite/1"); }), HasSubstr("s.yaml:1: "));
}

TEST(YamlTest, AMissingFileIsADataError) {
  try {
    (void)Yaml::load("no/such/file.yaml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
  }
}

}  // namespace
}  // namespace shakedown
