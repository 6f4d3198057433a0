#include "column_maps.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Form kAudio = Form::kAudioFeatures, kVision = Form::kVisionFeatures;

std::string floats(std::int64_t dims) {
  return small_split({1, 2}, [&](Pickler& pickler) {
    pickler.text("vision").floats({2, 2, dims}, std::vector<float>(static_cast<std::size_t>(4 * dims), 1.0F));
  });
}

TEST(ColumnMapsTest, EveryMapCoversItsColumnsOnceAndIsKnownByItsNumber) {
  std::set<std::pair<Form, std::size_t>> sizes;
  for (const ColumnMap& map : column_maps()) {
    EXPECT_TRUE(sizes.emplace(map.form, map.dims).second) << map.name;
    EXPECT_FALSE(map.source.empty());
    EXPECT_THAT(map.name, ::testing::EndsWith("-" + std::to_string(map.dims)));
    std::size_t end = 0;
    for (const ColumnBlock& block : map.blocks) {
      EXPECT_EQ(block.begin, end);
      end = block.end;
    }
    EXPECT_TRUE(map.blocks.empty() || end == map.dims) << map.name;
    EXPECT_EQ(column_map_of(map.form, map.dims), &map);
  }
}

// Positions in the files of which the sources speak, counted there by hand from 0.
TEST(ColumnMapsTest, ColumnsLieWhereTheExtractorsPutThem) {
  const auto at = [](Form form, std::size_t dims, const char* name) {
    const ColumnBlock* const block = find_block(column_map_of(form, dims)->blocks, form, name);
    return block == nullptr ? std::pair<std::size_t, std::size_t>{0, 0} : std::pair{block->begin, block->end};
  };
  using Range = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(at(kAudio, 74, "mcep"), (Range{11, 36}));             // MCEP_0 is the twelfth
  EXPECT_EQ(at(kAudio, 74, "phase_deviation"), (Range{61, 74}));  // HMPDD_0 to HMPDD_12
  EXPECT_EQ(at(kAudio, 25, "pitch_semitones"), (Range{10, 11}));  // F0semitoneFrom27.5Hz_sma3nz
  EXPECT_EQ(at(kVision, 35, "roll_degrees"), (Range{34, 35}));
  EXPECT_EQ(at(kVision, 171, "landmarks_y"), (Range{68, 136}));
  EXPECT_EQ(at(kVision, 709, "head_rotation"), (Range{291, 294}));  // pose_Rx
  EXPECT_EQ(at(kVision, 709, "landmarks_x"), (Range{294, 362}));    // x_0
  EXPECT_EQ(at(kVision, 709, "aus"), (Range{674, 691}));            // AU01_r
}

TEST(ColumnMapsTest, TheNumberOfColumnsSelectsALayoutAndDataYamlOverrules) {
  const Folder folder;
  const auto pickle = folder.write("v.pkl", floats(171));
  EXPECT_EQ(open(pickle)->columns().size(), 4U);
  EXPECT_THAT(open(pickle)->layouts().at(kVision), HasSubstr("openface-171"));
  EXPECT_THAT(open(pickle)->layouts().at(kAudio), HasSubstr("no known layout"));
  const auto with = [&](const std::string& columns) {
    return folder.write("data.yaml", "schema: shakedown.data/1\nformat: mmsa\nfile: v.pkl\ncolumns: " + columns + "\n");
  };
  EXPECT_TRUE(open(with("{vision: none}"))->columns().empty());
  EXPECT_EQ(open(with("{vision: openface-171}"))->columns().size(), 4U);
  EXPECT_EQ(open(with("{vision: {nose: 30}}"))->columns().size(), 1U);
  EXPECT_THAT(refusal([&] { (void)open(with("{vision: openface-709}")); }),
              AllOf(HasSubstr("709 columns"), HasSubstr("has 171")));
  EXPECT_THAT(refusal([&] { (void)open(with("{vision: openface}")); }), HasSubstr("accepted: none, facet-35"));
}

TEST(ColumnMapsTest, MosisColumnsAreNamedAsUndocumented) {
  const Folder folder;
  const auto dataset = open(folder.write("v.pkl", floats(20)));
  EXPECT_TRUE(dataset->columns().empty());
  EXPECT_THAT(dataset->layouts().at(kVision), AllOf(HasSubstr("facet-20"), HasSubstr("never said")));
}

}  // namespace
}  // namespace shakedown::datasets::testing
