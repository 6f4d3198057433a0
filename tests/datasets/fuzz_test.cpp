#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/core/error.h"
#include "shakedown/datasets/dataset.h"
#include "unpickler.h"

namespace shakedown::datasets::testing {
namespace {

/// A damaged copy: some bytes changed, a stretch removed or repeated, or the end cut off.
std::string damage(std::string content, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  switch (below(4)) {
    case 0: content.resize(below(content.size())); break;
    case 1: content.erase(below(content.size()), 1 + below(16)); break;
    case 2: {
      const std::size_t at = below(content.size());
      content.insert(below(content.size()), content.substr(at, 1 + below(64)));
      break;
    }
    default: break;
  }
  for (std::size_t flips = below(8); flips > 0 && !content.empty(); --flips) {
    content[below(content.size())] = static_cast<char>(random());
  }
  return content;
}

/// Looks at every array of an unpickled value, to a depth.
void read_all(const PickleObject& object, int depth) {
  if (object.kind == PickleObject::Kind::kArray) {
    const NdArray& array = object.array();
    std::vector<float> row(array.row_items());
    for (std::size_t i = 0; i < array.rows() && i < 100; ++i) {
      try {
        if (array.type().kind == 'U' || array.type().kind == 'S') {
          if (array.row_items() > 0) (void)array.text(i, 0);
        } else {
          array.read_row(i, std::span(row));
        }
      } catch (const Error&) {
        return;
      }
    }
  } else if (depth > 0 && (object.is_sequence() || object.kind == PickleObject::Kind::kDict)) {
    for (const PickleObject* const item : object.items()) read_all(*item, depth - 1);
  }
}

TEST(PickleFuzzTest, DamagedPicklesNeverCrash) {
  std::mt19937_64 random(1111);
  std::size_t read = 0, refused = 0;
  for (const char* const name : {"types_p2.pkl", "types_p4.pkl", "types_p5.pkl", "ragged.pkl", "left_padded.pkl"}) {
    const std::string whole = read_file(data_file(name));
    for (int round = 0; round < 1500; ++round) {
      const std::string content = damage(whole, random);
      std::deque<PickleObject> objects;
      try {
        read_all(*Unpickler(content, objects).run(), 3);
        ++read;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  // Both must happen, else the damage is too weak or too strong to test anything.
  EXPECT_GT(read, 100U);
  EXPECT_GT(refused, 1000U);
}

TEST(PickleFuzzTest, DamagedDataSetsOpenOrAreRefused) {
  std::mt19937_64 random(2222);
  const Folder folder;
  std::size_t opened = 0, refused = 0;
  for (const char* const name : {"mmsa.pkl", "ragged.pkl", "left_padded.pkl"}) {
    const std::string whole = read_file(data_file(name));
    for (int round = 0; round < 600; ++round) {
      const std::filesystem::path file = folder.write(std::to_string(round) + name, damage(whole, random));
      try {
        const auto dataset = open(file);
        for (std::size_t i = 0; i < dataset->size(); ++i) (void)dataset->load(i);
        (void)dataset->facts();
        (void)dataset->warnings();
        ++opened;
      } catch (const Error& error) {
        EXPECT_EQ(exit_code(error.kind()), 2) << error.what();
        ++refused;
      }
      std::filesystem::remove(file);  // a fresh file each round: some file systems wait for one that is truncated
    }
  }
  EXPECT_GT(opened, 20U);
  EXPECT_GT(refused, 200U);
}

}  // namespace
}  // namespace shakedown::datasets::testing
