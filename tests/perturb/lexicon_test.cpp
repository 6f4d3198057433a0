// Lexicons of others as `lexicon:`, in files of our own words.
#include "text/lexicon.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text_support.h"

namespace shakedown::perturb::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class LexiconFileTest : public ::testing::Test {
 protected:
  LexiconFileTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  [[nodiscard]] std::string written(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string refusal(const std::string& path) const {
    try {
      (void)Lexicon::read(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      EXPECT_LT(std::string(error.what()).size(), 600U);
      return error.what();
    }
    return "accepted";
  }
  static double polarity_in(const Lexicon& lexicon, const std::string& word) {
    return lexicon.find(word).empty() ? 0 : lexicon.find(word).front().polarity;
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) /
                           ("lexicon_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

constexpr const char* kRatings = "\t0.5\t[2, 2, 3]\n";

TEST_F(LexiconFileTest, ReadsVader) {
  const Lexicon lexicon = Lexicon::read(
      written("v.txt", std::string("groovy\t2.3") + kRatings + ":-]\t1.1" + kRatings + "naff\t-1.7" + kRatings));
  EXPECT_EQ(lexicon.size(), 3U);
  EXPECT_EQ(polarity_in(lexicon, "groovy"), 2.3);
  EXPECT_EQ(polarity_in(lexicon, "naff"), -1.7);
  EXPECT_EQ(lexicon.find("groovy").front().part_of_speech, '?');
  EXPECT_THAT(refusal(written("cut.txt", std::string("groovy\t2.3") + kRatings + "naff\t-1.7\t0.5\t[-2, -")),
              AllOf(HasSubstr("VADER lexicon"), HasSubstr("cut.txt:2"), HasSubstr("'naff"), HasSubstr("accepted: ")));
  EXPECT_THAT(refusal(written("far.txt", std::string("groovy\t23") + kRatings)), HasSubstr("far.txt:1"));
}

TEST_F(LexiconFileTest, ReadsAFolderOfTwoLists) {
  (void)written("hu_liu/positive-words.txt", "; words of ours\n;\n\ngroovy\na+\nodd\r\nna\xEFve\n");
  (void)written("hu_liu/negative-words.txt", ";\nnaff\nodd\n");
  const Lexicon lexicon = Lexicon::read((folder_ / "hu_liu").string());
  EXPECT_EQ(lexicon.sign("groovy"), 1);
  EXPECT_EQ(lexicon.sign("a+"), 1);
  EXPECT_EQ(lexicon.sign("na\u00EFve"), 1);
  EXPECT_EQ(lexicon.sign("naff"), -1);
  EXPECT_EQ(lexicon.sign("odd"), 0) << "in both lists";
  EXPECT_EQ(lexicon.size(), 4U);
}

TEST_F(LexiconFileTest, ReadsChineseListsInUtf8AndUtf16) {
  (void)written("ntusd/NTUSD_positive_simplified.txt",
                std::string("\xFF\xFE\x0A\x4E\x41\x6D\r\0\n\0\x3D\xD8\x00\xDE\r\0\n\0", 18));  // two words
  (void)written("ntusd/NTUSD_negative_simplified.txt",
                "\xEF\xBB\xBF"
                "坑人\n");
  const Lexicon lexicon = Lexicon::read((folder_ / "ntusd").string());
  EXPECT_EQ(lexicon.sign("上流"), 1) << "a byte of the first is that of a line's end";
  EXPECT_EQ(lexicon.sign("坑人"), -1);
  EXPECT_EQ(lexicon.sign("\U0001F600"), 1);
  EXPECT_EQ(lexicon.size(), 3U);
}

TEST_F(LexiconFileTest, RefusesAFolderThatIsNoPairOfLists) {
  (void)written("f/positive.txt", "groovy\n");
  EXPECT_THAT(refusal((folder_ / "f").string()),
              AllOf(HasSubstr("1 files of positive and 0"), HasSubstr("accepted: ")));
  (void)written("f/negative.txt", "naff\tbad\n");
  EXPECT_THAT(refusal((folder_ / "f").string()),
              AllOf(HasSubstr("word list"), HasSubstr("negative.txt:1"), HasSubstr("accepted: ")));
  (void)written("f/negative.txt", "\xFF\xFE\x41");
  EXPECT_THAT(refusal((folder_ / "f").string()), HasSubstr("not UTF-8"));
  (void)written("f/negative.txt", "naff\n\xB0\xA2\n");
  EXPECT_THAT(refusal((folder_ / "f").string()), AllOf(HasSubstr("negative.txt:2"), HasSubstr("not UTF-8")));
  (void)written("f/negative.txt", "");
  EXPECT_THAT(refusal((folder_ / "f").string()), HasSubstr("holds no word"));
  (void)written("f/negative_2.txt", "naff\n");
  EXPECT_THAT(refusal((folder_ / "f").string()), HasSubstr("1 files of positive and 2"));
}

constexpr const char* kDutirHeader = "词语,词性种类,词义数,词义序号,情感分类,强度,极性,辅助情感分类,强度,极性\n";

TEST_F(LexiconFileTest, ReadsDutirAsCsvAndTsv) {
  const std::string rows =
      "顶呱呱,adj,1,1,PH,9,1,,,\n坑爹,verb,1,1,NN,5,2,ND,7,2\n\"走走, "
      "停停\",idiom,1,1,PC,3,0,,,\n两可,adv,1,1,PC,3,3,,,\n";
  std::string tabs = "\xEF\xBB\xBF" + (kDutirHeader + rows);
  for (const bool tabbed : {false, true}) {
    if (tabbed) {
      tabs.erase(tabs.find(", 停停"), 2);
      std::replace(tabs.begin(), tabs.end(), ',', '\t');
    }
    const Lexicon lexicon = Lexicon::read(written(tabbed ? "d.tsv" : "d.csv", tabs));
    EXPECT_EQ(lexicon.size(), 2U) << "neutral words and such as are both have no sign";
    EXPECT_DOUBLE_EQ(polarity_in(lexicon, "顶呱呱"), 4);
    EXPECT_DOUBLE_EQ(polarity_in(lexicon, "坑爹"), -20.0 / 9);
    EXPECT_EQ(lexicon.find("顶呱呱").front().part_of_speech, 'a');
    EXPECT_EQ(lexicon.find("坑爹").front().part_of_speech, 'v');
  }
  for (const char* row :
       {"坑爹,verb,1,1,NN,5\n", "坑爹,verb,1,1,NN,50,2,,,\n", ",verb,1,1,NN,5,2,,,\n", "坑爹,verb,1,1,NN,5,-,,,\n"}) {
    EXPECT_THAT(refusal(written("bad.csv", std::string(kDutirHeader) + row)),
                AllOf(HasSubstr("DUTIR lexicon"), HasSubstr("bad.csv:2"), HasSubstr("accepted: ")));
  }
}

TEST_F(LexiconFileTest, ReadsTabsWithAStrength) {
  const Lexicon lexicon =
      Lexicon::read(written("t.tsv", "groovy\tpositive\t3\nnaff\t-1\t2.5\nfine\t1.5\nusual\tneutral\nmeh\tNegative\n"));
  EXPECT_EQ(polarity_in(lexicon, "groovy"), 3);
  EXPECT_EQ(polarity_in(lexicon, "naff"), -2.5);
  EXPECT_EQ(polarity_in(lexicon, "fine"), 1.5);
  EXPECT_EQ(polarity_in(lexicon, "meh"), -1);
  EXPECT_EQ(lexicon.size(), 4U);
  for (const char* line :
       {"naff\t-2\t3", "naff\t-1\t30", "naff\t-1\tstrong", "naff\tbad", "naff", "\t1", "naff\tnan", "na\vff\t1"}) {
    EXPECT_THAT(refusal(written("bad.tsv", std::string("good\t1\n") + line + "\n")),
                AllOf(HasSubstr("tab-separated lexicon"), HasSubstr("bad.tsv:2"), HasSubstr("accepted: ")))
        << line;
  }
  EXPECT_THAT(refusal(written("long.tsv", std::string(100000, 'a') + "\t1\n")), HasSubstr("aaa...'"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("not a regular file"));
}

TEST_F(LexiconFileTest, WordDropProtectsItsWordsToo) {
  const std::string own = written("own.tsv", "zorple\tpositive\t3\n");
  EXPECT_EQ(in_full("text.word_drop", "some zorple and good film"), "good");
  EXPECT_EQ(in_full("text.word_drop", "some zorple and good film", "en", {{"lexicon", own}}), "zorple good");
  (void)written("zh/positive.txt", "顶呱呱\n");
  (void)written("zh/negative.txt", "坑爹\n");
  const std::string lists = (folder_ / "zh").string();
  EXPECT_THAT(in_full("text.word_drop", "这个电影顶呱呱", "zh", {{"lexicon", lists}}), HasSubstr("顶呱呱"));
  EXPECT_THROW((void)builtins().create("text.word_drop", {{"lexicon", own}, {"protect", "none"}}), Error);
}

TEST_F(LexiconFileTest, SentimentKindsGoByIt) {
  (void)written("l/positive.txt", "groovy\n");
  (void)written("l/negative.txt", "naff\n");
  EXPECT_EQ(
      in_full("text.sentiment_delete", "a groovy, good and naff film", "en", {{"lexicon", (folder_ / "l").string()}}),
      in_full("text.sentiment_delete", "a groovy, good and naff film", "en",
              {{"lexicon", written("l.tsv", "groovy\t1\nnaff\t-1\n")}}));
  EXPECT_THAT(
      in_full("text.sentiment_mask", "a groovy, good and naff film", "en", {{"lexicon", (folder_ / "l").string()}}),
      AllOf(HasSubstr("good"), ::testing::Not(HasSubstr("groovy")), ::testing::Not(HasSubstr("naff"))));
}

TEST_F(LexiconFileTest, ReadsAllOfVadersOwnFile) {
  const char* root = std::getenv("SHAKEDOWN_REAL_DATA");
  const fs::path file = fs::path(root == nullptr ? "" : root) / "text/vader/vader_lexicon.txt";
  if (!fs::exists(file)) GTEST_SKIP() << "needs " << file << " (SHAKEDOWN_REAL_DATA)";
  const Lexicon lexicon = Lexicon::read(file.string());
  std::ifstream in(file);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line);) lines += line.empty() ? 0 : 1;
  EXPECT_EQ(lexicon.size(), lines);
  EXPECT_GT(lines, 7000U);
  EXPECT_GT(polarity_in(lexicon, "good"), 1);
  EXPECT_LT(polarity_in(lexicon, "awful"), -1);
}

}  // namespace
}  // namespace shakedown::perturb::testing
