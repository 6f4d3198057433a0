#include "pickle.h"

#include <cmath>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/core/error.h"
#include "unpickler.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// All items of an array in C order.
std::vector<double> all_numbers(const NdArray& array) {
  std::vector<double> numbers(array.rows() * array.row_items());
  for (std::size_t row = 0; row < array.rows(); ++row) {
    array.read_row(row, std::span(numbers).subspan(row * array.row_items(), array.row_items()));
  }
  return numbers;
}

void expect_as_numpy_read_them(const std::string& file) {
  SCOPED_TRACE(file);
  const auto pickle = Pickle::open(data_file(file));
  std::size_t compared = 0;
  for (const auto& [key, expected] : golden().at("types").items()) {
    SCOPED_TRACE(key);
    const PickleObject* const object = pickle->root().find(key);
    ASSERT_NE(object, nullptr);
    const NdArray& array = object->array();
    EXPECT_EQ(array.shape(), expected.at("shape").get<std::vector<std::size_t>>());
    if (key.starts_with("text_")) {
      for (std::size_t row = 0; row < array.rows(); ++row)
        EXPECT_EQ(array.text(row, 0), expected.at("values")[row].get<std::string>());
    } else {
      const std::vector<double> read = all_numbers(array);
      const std::vector<double> wanted = numbers(expected);
      ASSERT_EQ(read.size(), wanted.size());
      for (std::size_t i = 0; i < read.size(); ++i) {
        if (std::isnan(wanted[i])) {
          EXPECT_TRUE(std::isnan(read[i])) << i;
        } else {
          EXPECT_EQ(read[i], wanted[i]) << i;
        }
      }
    }
    ++compared;
  }
  EXPECT_EQ(compared, 12U * 4 + 9);
}

std::string refused(const std::string& content) {
  return refusal([&] {
    std::deque<PickleObject> objects;
    Unpickler(content, objects).run();
  });
}

TEST(PickleTest, ProtocolTwoReadsAsNumPyDoes) {
  expect_as_numpy_read_them("types_p2.pkl");
}
TEST(PickleTest, ProtocolThreeReadsAsNumPyDoes) {
  expect_as_numpy_read_them("types_p3.pkl");
}
TEST(PickleTest, ProtocolFourReadsAsNumPyDoes) {
  expect_as_numpy_read_them("types_p4.pkl");
}
TEST(PickleTest, ProtocolFiveReadsAsNumPyDoes) {
  expect_as_numpy_read_them("types_p5.pkl");
}
TEST(PickleTest, ModuleNamesOfNumPyTwoAreTheSame) {
  expect_as_numpy_read_them("types_numpy2.pkl");
}

TEST(PickleTest, ArraysAreReadInPlaceAtAnyAlignment) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    Pickler pickler;
    pickler.text(std::string(shift, 'x')).op("0").floats({2, 2}, {1.5F, -2.0F, 3.25F, 1e-30F});
    const std::string content = pickler.finish();
    std::deque<PickleObject> objects;
    const PickleObject* const root = Unpickler(content, objects).run();
    std::vector<float> row(2);
    root->array().read_row(1, std::span(row));
    EXPECT_EQ(row, (std::vector<float>{3.25F, 1e-30F}));
  }
}

TEST(PickleTest, ContainersAndNumbersOfEveryOpcodeAreRead) {
  Pickler pickler(2);
  pickler.op("(").integer(-5).number(2.5).op("\x88N").op("J\xff\xff\xff\xff").op("K\x07M\x01\x02t");
  const std::string content = pickler.finish();
  std::deque<PickleObject> objects;
  const auto& items = Unpickler(content, objects).run()->items();
  ASSERT_EQ(items.size(), 7U);
  EXPECT_EQ(items[0]->integer(), -5);
  EXPECT_EQ(items[1]->number(), 2.5);
  EXPECT_EQ(items[2]->number(), 1);
  EXPECT_EQ(items[3]->kind, PickleObject::Kind::kNone);
  EXPECT_EQ(items[4]->integer(), -1);
  EXPECT_EQ(items[5]->integer(), 7);
  EXPECT_EQ(items[6]->integer(), 0x201);
}

TEST(PickleTest, OrderedDictIsADict) {
  const std::string content =
      Pickler().global("collections", "OrderedDict").op(")R(").text("a").integer(3).op("u").finish();
  std::deque<PickleObject> objects;
  EXPECT_EQ(Unpickler(content, objects).run()->find("a")->integer(), 3);
}

TEST(PickleTest, OsSystemIsRefusedByNameAndNeverRun) {
  const Folder folder;
  const std::filesystem::path witness = folder.path() / "ran";
  for (const char* const module : {"os", "posix", "nt"}) {
    const std::string attack =
        Pickler().global(module, "system").text("touch " + witness.string()).op("\x85R").finish();
    EXPECT_THAT(refused(attack), AllOf(HasSubstr(std::string("refuses to build '") + module + ".system'"),
                                       HasSubstr("numbers, strings, containers and NumPy arrays")));
  }
  EXPECT_FALSE(std::filesystem::exists(witness));
}

TEST(PickleTest, WhateverIsNotDataIsRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> names{{"builtins", "eval"},
                                                               {"builtins", "getattr"},
                                                               {"__builtin__", "exec"},
                                                               {"subprocess", "Popen"},
                                                               {"numpy", "load"},
                                                               {"numpy.core", "ndarray"},
                                                               {"numpy.core.multiarray", "fromfile"},
                                                               {"collections", "deque"},
                                                               {"_codecs", "decode"},
                                                               {"torch._utils", "_rebuild_tensor_v2"}};
  for (const auto& [module, name] : names) {
    const std::string wanted = "refuses to build '" + module + "." + name + "'";
    EXPECT_THAT(refused(Pickler().global(module, name).finish()), HasSubstr(wanted));
    EXPECT_THAT(refused(Pickler().text(module).text(name).op("\x93").finish()), HasSubstr(wanted));
  }
}

TEST(PickleTest, OtherDoorsToCodeAreRefused) {
  EXPECT_THAT(refused(Pickler().op("(ios\nsystem\n").finish()), HasSubstr("an instance of a class"));
  EXPECT_THAT(refused(Pickler().op("Pname\n").finish()), HasSubstr("persistent id"));
  EXPECT_THAT(refused(Pickler().op("NQ").finish()), HasSubstr("persistent id"));
  EXPECT_THAT(refused(Pickler().op("\x82\x01").finish()), HasSubstr("extension code"));
  EXPECT_THAT(refused(Pickler().op("\x97").finish()), HasSubstr("out-of-band buffer"));
  EXPECT_THAT(refused(Pickler().op("]N\x62").finish()), HasSubstr("refuses to set the state of a list"));
  EXPECT_THAT(refused(Pickler().op("]N\x85R").finish()), HasSubstr("calls a list"));
  EXPECT_THAT(refused(Pickler().global("numpy", "ndarray").op(")R").finish()), HasSubstr("numpy.ndarray"));
}

TEST(PickleTest, ControlCharactersOfAHostileNameAreNotPrinted) {
  EXPECT_THAT(refused(Pickler().text("os\n\x1b[2J").text("system").op("\x93").finish()), HasSubstr("'os??[2J.system'"));
}

TEST(PickleTest, EveryTruncationIsOneLine) {
  const std::string whole = read_file(data_file("ragged.pkl"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    SCOPED_TRACE(length);
    const std::string message = refused(whole.substr(0, length));
    EXPECT_THAT(message, HasSubstr("byte "));
  }
  EXPECT_THAT(refused(whole.substr(0, whole.size() / 2)), HasSubstr("truncated"));
}

TEST(PickleTest, SizesBeyondTheFileAreRefusedBeforeAnythingIsReserved) {
  EXPECT_THAT(refused(Pickler().op("B\xff\xff\xff\x7f").op("xx").finish()),
              HasSubstr("truncated, or a size in it is wrong"));
  EXPECT_THAT(refused(Pickler().op(std::string("\x8e\xff\xff\xff\xff\xff\xff\xff\xff", 9)).finish()),
              HasSubstr("truncated"));
  EXPECT_THAT(refused(Pickler().op(std::string("\x95\xff\xff\xff\xff\xff\xff\xff\x7f", 9)).finish()),
              HasSubstr("frame"));
  EXPECT_THAT(refused(Pickler().array("<f4", {1 << 20, 1 << 20}, "abcd").finish()), HasSubstr("not its size"));
  EXPECT_THAT(refused(Pickler().array("<f4", {1LL << 40, 1LL << 40, 1LL << 40}, "abcd").finish()),
              HasSubstr("impossibly large"));
  EXPECT_THAT(refused(Pickler().array("<f4", {1LL << 60, 0}, "").finish()), HasSubstr("impossibly large"));
  EXPECT_THAT(refused(Pickler().array("<f4", {-1}, "").finish()), HasSubstr("axis of -1"));
  EXPECT_THAT(refused(Pickler().array("S0", {1000}, "").finish()), HasSubstr("0 bytes"));
}

TEST(PickleTest, TypesThatAreNoNumbersOrTextAreRefusedByName) {
  for (const char* const type : {"c16", "M8", "V12", "f16", "i3", "", "U99999999999999999999"}) {
    EXPECT_THAT(refused(Pickler().array(type, {1}, "abcdefgh").finish()), HasSubstr("refuses the NumPy type")) << type;
  }
}

TEST(PickleTest, OtherFilesAreNamed) {
  EXPECT_THAT(refused(""), HasSubstr("empty"));
  EXPECT_THAT(refused("PK\x03\x04 zip"), HasSubstr("zip file"));
  EXPECT_THAT(refused("(dp0\nS'a'\n."), HasSubstr("not a pickle of protocol 2 to 5"));
  EXPECT_THAT(refused("\x80\x06."), HasSubstr("protocol 6"));
  EXPECT_THAT(refused(Pickler().op("I1\n").finish()), HasSubstr("protocol 0"));
  EXPECT_THAT(refused(Pickler().op("\xff").finish()), HasSubstr("no pickle opcode"));
}

TEST(PickleTest, BombsAreBounded) {
  // Each is refused by a limit of its own long before it is worked off. Deep nesting, a hundred million references, and
  // one string encoded over and over.
  const std::size_t many = 8'000'000;
  EXPECT_THAT(refused(Pickler().op(std::string(many, ']')).finish()), HasSubstr("more than 4000000 Python objects"));
  EXPECT_THAT(refused(Pickler().op(std::string(many, '(')).finish()), HasSubstr("more than 4000000"));
  EXPECT_THAT(refused(Pickler().op("N" + std::string(many, '2')).finish()), HasSubstr("more than 4000000"));
  std::string lists = "]q\x01(";
  for (int i = 0; i < 1000; ++i) lists += "NNNNNNNN";
  lists += "e0";
  for (int i = 0; i < 2000; ++i) lists += "cbuiltins\nset\nh\x01\x85R0";
  EXPECT_THAT(refused(Pickler().op(lists).finish()), HasSubstr("more than 4000000"));
  Pickler encode;
  encode.text(std::string(1'000'000, 'a')).op("q\x01").op("0");
  for (int i = 0; i < 1000; ++i) encode.op("c_codecs\nencode\nh\x01").text("latin1").op("\x86R0");
  EXPECT_THAT(refused(encode.finish()), HasSubstr("again and again"));
}

TEST(PickleTest, ValuesThatContainThemselvesAreNotFollowed) {
  const std::string circle = Pickler()
                                 .op("]q\x01h\x01"
                                     "a")
                                 .finish();
  std::deque<PickleObject> objects;
  const PickleObject* const root = Unpickler(circle, objects).run();
  EXPECT_EQ(root->items().front(), root);
  EXPECT_THAT(refusal([&] { (void)root->items().front()->number(); }), HasSubstr("a list stands where a number"));
}

}  // namespace
}  // namespace shakedown::datasets::testing
