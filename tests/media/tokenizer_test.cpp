#include "shakedown/media/tokenizer.h"

#include <atomic>
#include <thread>

#include <nlohmann/json.hpp>

#include "media/support.h"
#include "shakedown/core/file.h"

namespace shakedown::media {
namespace {

using Ids = std::vector<std::int64_t>;

VocabularyText vocabulary(const std::string& file) {
  return {file, read_text_file(test_data("tokenizers/" + file), kMostVocabularyBytes)};
}

/// The tokenizer that make_golden.py calls `name`.
std::unique_ptr<const Tokenizer> golden_tokenizer(const std::string& name) {
  const auto family = [](const char* which) -> const TokenizerFamily& { return *find_tokenizer_family(which); };
  TokenizerOptions options;
  if (name == "uncased" || name == "cased" || name == "chinese") {
    options.lower_case = name != "cased";
    return make_tokenizer(family("bert"), {vocabulary(name + ".txt"), {}}, options);
  }
  if (name.starts_with("roberta")) {
    options.prefix_space = name == "roberta_prefix";
    return make_tokenizer(family("roberta"), {vocabulary("vocab.json"), vocabulary("merges.txt")}, options);
  }
  options.lower_case = name == "albert";
  return make_tokenizer(family(name.c_str()), {vocabulary("pieces.model"), {}}, options);
}

TEST(TokenizerTest, AgreesWithTheReferenceTokenizers) {
  std::map<std::string, std::unique_ptr<const Tokenizer>> tokenizers;
  std::map<std::string, std::size_t> compared;
  const auto xlm_roberta = golden_tokenizer("xlm_roberta");
  std::ifstream golden(test_data("tokenizers/golden.jsonl"));
  for (std::string line; std::getline(golden, line);) {
    const auto row = nlohmann::json::parse(line);
    const auto text = row.at("text").get<std::string>();
    for (const auto& [name, expected] : row.items()) {
      if (name == "text") continue;
      auto& tokenizer = tokenizers[name];
      if (!tokenizer) tokenizer = golden_tokenizer(name);
      EXPECT_EQ(tokenizer->encode(text), expected.get<Ids>()) << name << ": " << row.at("text").dump();
      ++compared[name];
    }
    Ids shifted;  // fairseq's ids: one on, <unk> is 3
    for (const std::int64_t id : row.at("deberta_v2").get<Ids>()) shifted.push_back(id == 0 ? 3 : id + 1);
    EXPECT_EQ(xlm_roberta->encode(text), shifted) << text;
  }
  EXPECT_EQ(compared.size(), 8U);
  for (const auto& [name, count] : compared) EXPECT_EQ(count, 600U) << name;
}

constexpr const char* kVocab =
    R"({"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "g": 4, "o": 5, "d": 6, "go": 7, "od": 8, "good": 9, "Ġ": 10})";
constexpr const char* kMerges = "#version: 0.2\ng o\no d\ngo od\n";

std::unique_ptr<const Tokenizer> byte_pair(const std::string& vocab, const std::string& merges,
                                           const char* family = "roberta") {
  return make_tokenizer(*find_tokenizer_family(family), {{"vocab.json", vocab}, {"merges.txt", merges}}, {});
}

TEST(TokenizerTest, RobertaPutsASentenceBetweenItsMarksAndPadsOnTheRight) {
  const auto tokenizer = byte_pair(kVocab, kMerges);
  const Tokens tokens = tokenizer->tokenize("good go", 8);
  EXPECT_EQ(tokens.ids, (Ids{0, 9, 10, 7, 2, 1, 1, 1}));
  EXPECT_EQ(tokens.mask, (Ids{1, 1, 1, 1, 1, 0, 0, 0}));
  EXPECT_EQ(tokens.segments, Ids(8, 0));
  EXPECT_EQ(tokenizer->tokenize("good go", 4).ids, (Ids{0, 9, 10, 2}));
  EXPECT_EQ(tokenizer->tokenize_up_to("good", 512).ids, (Ids{0, 9, 2}));
  EXPECT_NE(error_of([&] { (void)tokenizer->tokenize("good", 1); }).find("2 or more are accepted"), std::string::npos);
}

TEST(TokenizerTest, AByteWithoutAPieceIsUnknown) {
  EXPECT_EQ(byte_pair(kVocab, kMerges)->encode("goxgo"), (Ids{7, 3, 7}));
}

TEST(TokenizerTest, Gpt2HasNoMarksAroundASentence) {
  const auto tokenizer = byte_pair(R"({"g": 0, "o": 1, "go": 2, "<|endoftext|>": 3})", "g o\n", "gpt2");
  const Tokens tokens = tokenizer->tokenize("go", 3);
  EXPECT_EQ(tokens.ids, (Ids{2, 3, 3}));
  EXPECT_EQ(tokens.mask, (Ids{1, 0, 0}));
  EXPECT_EQ(tokens.layout.before + tokens.layout.after, 0U);
  EXPECT_NE(error_of([&] { (void)tokenizer->tokenize("go", 0); }).find("1 or more"), std::string::npos);
}

TEST(TokenizerTest, XlnetEndsWithItsMarksAndPadsOnTheLeft) {
  const auto tokenizer = golden_tokenizer("xlnet");
  const Ids pieces = tokenizer->encode("good movie");
  const Tokens tokens = tokenizer->tokenize("good movie", pieces.size() + 4);
  // In pieces.model <cls> is 3, <sep> 4 and <pad> 5, as in XLNet's own.
  Ids ids{5, 5}, mask{0, 0}, segments{3, 3};
  ids.insert(ids.end(), pieces.begin(), pieces.end());
  ids.insert(ids.end(), {4, 3});
  mask.insert(mask.end(), pieces.size() + 2, 1);
  segments.insert(segments.end(), pieces.size() + 1, 0);
  segments.push_back(2);
  EXPECT_EQ(tokens.ids, ids);
  EXPECT_EQ(tokens.mask, mask);
  EXPECT_EQ(tokens.segments, segments);
  EXPECT_EQ(tokenizer->tokenize("good movie", 3).ids, (Ids{pieces[0], 4, 3}));
}

TEST(TokenizerTest, TheOtherFamiliesUseTheirOwnMarks) {
  const Tokens xlm = golden_tokenizer("xlm_roberta")->tokenize("", 4);
  EXPECT_EQ(xlm.ids, (Ids{0, 2, 1, 1}));
  const Tokens albert = golden_tokenizer("albert")->tokenize("", 3);  // [CLS] 8, [SEP] 9, <pad> 5 in pieces.model
  EXPECT_EQ(albert.ids, (Ids{8, 9, 5}));
  EXPECT_EQ(albert.roles(), (std::vector{TokenRole::kCls, TokenRole::kSep}));
  EXPECT_EQ(golden_tokenizer("deberta_v2")->tokenize("", 3).ids, (Ids{8, 9, 11}));
}

TEST(TokenizerTest, MarksTypedByAUserAreOrdinaryText) {
  for (const char* name : {"roberta", "xlnet", "xlm_roberta", "albert"}) {
    for (const std::int64_t id : golden_tokenizer(name)->encode("</s> <s> <cls> <sep> <pad> [CLS] [SEP]")) {
      EXPECT_GT(id, std::string(name) == "roberta" ? 4 : 12) << name;
    }
  }
}

TEST(TokenizerTest, TextThatIsNotUtf8IsReported) {
  for (const char* name : {"uncased", "roberta", "xlnet"}) {
    const auto tokenizer = golden_tokenizer(name);
    std::uint32_t state = 1;
    std::size_t refused = 0;
    for (int round = 0; round < 2000; ++round) {
      std::string text;
      for (int i = 0; i < round % 40; ++i) {
        state = state * 1664525U + 1013904223U;
        text.push_back(static_cast<char>(state >> (round % 2 == 0 ? 24U : 25U)));
      }
      const std::string error = error_of([&] { (void)tokenizer->tokenize(text, 16); });
      refused += error.empty() ? 0 : 1;
      EXPECT_TRUE(error.empty() || error == "the text is not UTF-8, which tokenizers need") << error;
    }
    EXPECT_GT(refused, 500U) << name;
    EXPECT_LT(refused, 1500U) << name;
  }
}

TEST(TokenizerTest, RefusesWhatIsNoBytePairVocabulary) {
  const auto message = [](const std::string& vocab, const std::string& merges) {
    return error_of([&] { (void)byte_pair(vocab, merges); });
  };
  const auto expect = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  };
  expect(message(R"({"<s>": 0, "<pa)", kMerges), "vocab.json: is not JSON (byte ");
  expect(message("[1]", kMerges), "vocab.json: is not a JSON object");
  expect(message("{}", kMerges), "vocab.json: is not a JSON object");
  expect(message(R"({"<s>": "x"})", kMerges), "the id of '<s>' is no integer");
  expect(message(R"({"<s>": 0, "a": 2})", kMerges), "the id 2 of 'a' leaves a hole");
  expect(message(R"({"<s>": 0, "a": 0})", kMerges), "the id 0 of 'a' is there twice");
  expect(message(R"({"<s>": -1})", kMerges), "the id -1 of '<s>'");
  expect(message(R"({"<s>": 0, "g": 1, "o": 2, "go": 3})", "g o\n"), "vocab.json: has no </s>");
  expect(message(kVocab, ""), "merges.txt: holds no merge");
  expect(message(kVocab, "g o\nx o\n"), "merges.txt: line 2 names 'x', which the vocabulary lacks");
  expect(message(kVocab, "g d\n"), "merges.txt: line 1 names 'gd'");
  expect(message(kVocab, "g o d\n"), "merges.txt: line 1 is no pair");
  expect(message(kVocab, "go\n"), "merges.txt: line 1 is no pair");
  expect(message(kVocab, "g \xff\n"), "merges.txt: line 1 is not UTF-8");
}

TEST(TokenizerTest, RefusesWhatIsNoSentencePieceModel) {
  const auto& xlnet = *find_tokenizer_family("xlnet");
  const auto message = [](const TokenizerFamily& family, const std::string& bytes) {
    return error_of([&] { (void)make_tokenizer(family, {{"m.model", bytes}, {}}, {}); });
  };
  const std::string whole = vocabulary("pieces.model").text;
  EXPECT_EQ(message(xlnet, whole), "");
  for (const std::string& bytes : {std::string(), std::string("no model at all"), std::string(1000, '\0'),
                                   whole.substr(0, whole.size() / 2), whole.substr(7)}) {
    const std::string error = message(xlnet, bytes);
    EXPECT_NE(error.find("m.model: is no SentencePiece model"), std::string::npos) << error;
  }
  std::string other = whole;  // without <cls>
  const auto at = other.find("<cls>");
  ASSERT_NE(at, std::string::npos);
  other[at + 1] = 'k';
  EXPECT_NE(message(xlnet, other).find("m.model: has no <cls>"), std::string::npos) << message(xlnet, other);
  const auto start = other.find("<s>");
  other[start + 1] = 'q';
  EXPECT_NE(message(*find_tokenizer_family("xlm_roberta"), other).find("piece 1 is not <s>"), std::string::npos);
}

TEST(TokenizerTest, ThreadsShareOne) {
  for (const char* name : {"uncased", "roberta", "xlnet"}) {
    const auto tokenizer = golden_tokenizer(name);
    std::vector<std::string> texts;
    for (int i = 0; i < 500; ++i) texts.push_back("I loved the film of " + std::to_string(1900 + i) + ", naïve or not");
    std::vector<Ids> expected;
    for (const std::string& text : texts) expected.push_back(tokenizer->encode(text));
    std::atomic<int> differ = 0;
    std::vector<std::jthread> threads(4);
    for (auto& thread : threads) {
      thread = std::jthread([&] {
        for (std::size_t i = 0; i < texts.size(); ++i) differ += tokenizer->encode(texts[i]) != expected[i] ? 1 : 0;
      });
    }
    threads.clear();
    EXPECT_EQ(differ, 0) << name;
  }
}

TEST(TokenizerTest, RefusesADamagedNormalisationTable) {
  const auto& xlnet = *find_tokenizer_family("xlnet");
  const std::string whole = vocabulary("pieces.model").text;
  // Its trie has 0x2B400 bytes, and says so in front of them. A unit with the highest bit is a leaf: where its text
  // begins.
  const auto table = whole.find(std::string("\x00\xB4\x02\x00", 4));
  ASSERT_NE(table, std::string::npos);
  const auto message = [&](std::size_t at, int mask) {
    std::string bytes = whole;
    bytes[table + at] = static_cast<char>(bytes[table + at] ^ mask);
    return error_of([&] { (void)make_tokenizer(xlnet, {{"m.model", bytes}, {}}, {}); });
  };
  std::size_t leaves = 0, refused = 0;
  for (std::size_t unit = 0; unit < 0x2B400 / 4; ++unit) {
    const std::size_t top = 4 + 4 * unit + 3;
    if ((static_cast<unsigned char>(whole[table + top]) & 0x80U) == 0 || leaves++ % 64 != 0) continue;
    ++refused;
    EXPECT_NE(message(top, 0x10).find("m.model: is damaged"), std::string::npos) << unit;
  }
  EXPECT_GT(refused, 50U);
  EXPECT_NE(message(2, 0x80).find("m.model: is damaged"), std::string::npos) << "the trie is longer than the table";
}

}  // namespace
}  // namespace shakedown::media
