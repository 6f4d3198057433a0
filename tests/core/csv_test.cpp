#include "shakedown/core/csv.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "";
}

std::string refused(const std::string& text) {
  return refusal([&] { (void)CsvTable::parse(text, "t.csv"); });
}

TEST(CsvTableTest, QuotesCommasAndLineEndsInsideFieldsAreKept) {
  const CsvTable table = CsvTable::parse(
      "\xEF\xBB\xBFid,text,n\r\n007,\"a, \"\"b\"\"\r\nc\",\r\n\r\n8,\xE2\x80\x9Cx\xE2\x80\x9D,\"\"", "t.csv");
  EXPECT_THAT(table.header(), ElementsAre("id", "text", "n"));
  ASSERT_EQ(table.rows().size(), 2U);
  EXPECT_THAT(table.rows()[0].fields, ElementsAre("007", "a, \"b\"\r\nc", ""));
  EXPECT_THAT(table.rows()[1].fields, ElementsAre("8", "\xE2\x80\x9Cx\xE2\x80\x9D", ""));
  EXPECT_EQ(table.rows()[0].line, 2U);
  EXPECT_EQ(table.rows()[1].line, 5U);
  EXPECT_EQ(*table.find("text"), 1U);
  EXPECT_FALSE(table.find("txt"));
}

TEST(CsvTableTest, ATrailingCommaIsAnEmptyField) {
  EXPECT_THAT(CsvTable::parse("a,b\n1,", "t.csv").rows()[0].fields, ElementsAre("1", ""));
}

TEST(CsvTableTest, MistakesAreNamedWithTheirLine) {
  EXPECT_THAT(refused("a,b\n1,2\n3\n"), HasSubstr("t.csv:3: 1 fields where the header has 2"));
  EXPECT_THAT(refused("a,b\n1,\"2\n3,4\n"), HasSubstr("t.csv:2: a quote is opened here and never closed"));
  EXPECT_THAT(refused("a\n\"x\"y\n"), HasSubstr("t.csv:2: text after a closing quote"));
  EXPECT_THAT(refused("a,a\n"), HasSubstr("t.csv:1: column 'a' is given twice"));
  EXPECT_THAT(refused(""), HasSubstr("is empty"));
  EXPECT_THAT(refused("a\n\xE9t\xE9\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(refused(std::string("a\0b\n", 4)), HasSubstr("NUL"));
  EXPECT_THAT(refusal([] { (void)CsvTable::parse("video_id,text\n", "t.csv").require("video_ids"); }),
              HasSubstr("no column 'video_ids' (did you mean 'video_id'?); it has: video_id, text"));
}

}  // namespace
}  // namespace shakedown
