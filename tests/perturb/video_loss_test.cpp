// What is missing from the picture: frames, faces, patches; counted on the pixels at every step.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "media_support.h"

namespace shakedown::perturb::testing {
namespace {

constexpr std::size_t kFrames = 40;

Sample clip_of(std::string id = "a", std::size_t frames = kFrames, double phase = 0) {
  std::vector<Image> images;
  for (std::size_t i = 0; i < frames; ++i) images.push_back(texture(84, 70, phase + 2.0 * static_cast<double>(i)));
  Sample sample = film(images, 1, id);
  sample.speaker = sample.group = id;
  FaceTrack track;
  track.boxes.assign(frames, FaceTrack::Box{22, 15, 40, 40, false});
  sample.faces = std::make_shared<const FaceTrack>(track);
  return sample;
}

std::set<std::size_t> changed_frames(const Outcome& out) {
  std::set<std::size_t> changed;
  for (std::size_t i = 0; i < out.after.clip->frames.size(); ++i)
    if (out.after.clip->frames[i]->pixels != out.before.clip->frames[i]->pixels) changed.insert(i);
  return changed;
}

std::size_t runs(const std::set<std::size_t>& frames) {
  std::size_t count = 0;
  for (const std::size_t i : frames) count += frames.count(i - 1) == 0 ? 1 : 0;
  return count;
}

TEST(FrameLossTest, TakesTheShareOfTheFrames) {
  const Sample clip = clip_of();
  const MemoryCorpus corpus({clip, clip_of("b", 10, 333)});
  for (const char* name : {"video.face_dropout", "video.frame_drop", "video.freeze", "video.wrong_face"}) {
    for (const double fraction : builtins().find(name).dose.ladder) {
      double share = 0;
      constexpr int kSeeds = 12;
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const auto out = apply_to(clip, name, {{"fraction", std::to_string(fraction)}}, corpus, seed);
        share += static_cast<double>(changed_frames(out).size()) / kFrames / kSeeds;
      }
      EXPECT_NEAR(share, fraction, 4 * std::sqrt(fraction * (1 - fraction) / kFrames / kSeeds) + 0.026) << name;
    }
  }
}

TEST(FrameLossTest, ComesInRuns) {
  for (const auto& [pattern, expected] : std::map<std::string, std::size_t>{{"contiguous", 1}, {"bursts", 3}}) {
    const auto out = apply_to(clip_of(), "video.face_dropout", {{"fraction", "0.3"}, {"pattern", pattern}});
    EXPECT_EQ(changed_frames(out).size(), 12U);
    EXPECT_EQ(runs(changed_frames(out)), expected);
    EXPECT_EQ(out.effect.measures.at("runs"), static_cast<double>(expected));
  }
}

TEST(FaceDropoutTest, FillsAsAsked) {
  const ParamMap common = {{"fraction", "0.5"}, {"pattern", "contiguous"}};
  const auto with = [&](const char* fill) {
    ParamMap params = common;
    params["fill"] = fill;
    return apply_to(clip_of(), "video.face_dropout", params);
  };
  const auto blank = with("blank");
  const std::size_t first = *changed_frames(blank).begin();
  const auto& black = blank.after.clip->frames[first]->pixels;
  EXPECT_EQ(*std::max_element(black.begin(), black.end()), 0);
  const auto even = with("mean"), blur = with("blur");
  const Image& mean = *even.after.clip->frames[first];
  EXPECT_EQ(value(mean, 0, 0), value(mean, 50, 50));
  EXPECT_NEAR(value(mean, 0, 0), 128, 12);
  const auto frozen = with("freeze");
  const auto before_run = first > 0 ? first - 1 : first + 20;
  EXPECT_EQ(frozen.after.clip->frames[first]->pixels, frozen.before.clip->frames[before_run]->pixels);
  const Image& blurred = *blur.after.clip->frames[first];
  const auto spread = [](const Image& image) {
    double sum = 0;
    for (const std::uint8_t code : image.pixels) sum += std::abs(code - 128.0);
    return sum;
  };
  EXPECT_LT(spread(blurred), 0.8 * spread(*blank.before.clip->frames[first]));
  const auto removed = with("removed");
  EXPECT_EQ(removed.after.clip->frames.size(), kFrames / 2);
  EXPECT_EQ(removed.dose.changed, kFrames / 2);
}

TEST(FaceDropoutTest, TakesOnlyFramesThatHaveAFace) {
  Sample sample = clip_of();
  FaceTrack track = *sample.faces;
  for (std::size_t i = 0; i < kFrames; i += 2) track.boxes[i].reset();
  sample.faces = std::make_shared<const FaceTrack>(track);
  const auto out = apply_to(sample, "video.face_dropout", {{"fraction", "1"}});
  EXPECT_EQ(changed_frames(out).size(), kFrames / 2);
  EXPECT_EQ(out.dose.eligible, kFrames / 2);
  EXPECT_EQ(out.effect.measures.at("frames_without_face"), kFrames / 2);
}

TEST(FreezeTest, HoldsTheFrameBeforeTheRun) {
  const auto out = apply_to(clip_of(), "video.freeze", {{"fraction", "0.5"}});
  const auto frozen = changed_frames(out);
  EXPECT_EQ(runs(frozen), 1U);
  for (const std::size_t i : frozen)
    EXPECT_EQ(out.after.clip->frames[i]->pixels, out.before.clip->frames[*frozen.begin() - 1]->pixels);
}

TEST(WrongFaceTest, PutsTheOtherFaceWhereThisOneWas) {
  Sample other = clip_of("b", 5);
  Image marked = picture(200, 160, 90);
  for (int y = 58; y <= 62; ++y)
    for (int x = 118; x <= 122; ++x) set(marked, x, y, 255);  // in the middle of the other face
  other = film(std::vector<Image>(5, marked), 1, "b");
  other.speaker = "b";
  FaceTrack track;
  track.boxes.assign(5, FaceTrack::Box{80, 20, 80, 80, false});
  other.faces = std::make_shared<const FaceTrack>(track);
  const auto out = apply_to(clip_of(), "video.wrong_face", {{"fraction", "0.5"}}, MemoryCorpus({clip_of(), other}));
  const auto taken = changed_frames(out);
  ASSERT_EQ(taken.size(), kFrames / 2);
  const Image& frame = *out.after.clip->frames[*taken.begin()];
  EXPECT_EQ(value(frame, 42, 35), 255);  // the middle of this one's box
  EXPECT_EQ(value(frame, 30, 35), 90);
  Sample alone = clip_of();
  EXPECT_EQ(apply_to(alone, "video.wrong_face", {}, MemoryCorpus({alone})).effect.state, State::kSkipped);
}

TEST(FaceOcclusionTest, CoversTheShareOfTheFace) {
  Sample sample = clip_of("a", 3);
  std::vector<Image> images(3, picture(200, 200, 77));
  sample = film(images, 1);
  FaceTrack track;
  track.boxes.assign(3, FaceTrack::Box{60, 50, 80, 80, false});
  sample.faces = std::make_shared<const FaceTrack>(track);
  for (const std::string& kind : builtins().find("video.face_occlusion").find_param("kind")->choices) {
    for (const double coverage : builtins().find("video.face_occlusion").dose.ladder) {
      const auto out =
          apply_to(sample, "video.face_occlusion", {{"kind", kind}, {"coverage", std::to_string(coverage)}});
      // The oval of half axes .36 and .48 box sides, .06 below the middle of the box.
      double face = 0, covered = 0;
      for (int y = 0; y < 200; ++y) {
        for (int x = 0; x < 200; ++x) {
          const double u = (x + 0.5 - 100) / 80 / 0.36, v = ((y + 0.5 - 90) / 80 - 0.06) / 0.48;
          if (u * u + v * v > 1) continue;
          ++face;
          const Image& after = *out.after.clip->frames[1];
          covered += value(after, x, y, 0) != 77 || value(after, x, y, 2) != 77 ? 1 : 0;
        }
      }
      EXPECT_NEAR(covered / face, coverage, 0.02) << kind;
      EXPECT_NEAR(out.dose.realised, coverage, 0.02) << kind;
      EXPECT_EQ(out.after.clip->frames[0]->pixels, out.after.clip->frames[2]->pixels) << "one drawing a clip";
    }
  }
}

TEST(FaceOcclusionTest, MovesWithTheFace) {
  Sample sample = film(std::vector<Image>(2, picture(200, 200, 77)), 1);
  FaceTrack track;
  track.boxes = {FaceTrack::Box{30, 50, 60, 60, false}, FaceTrack::Box{80, 70, 60, 60, false}};
  sample.faces = std::make_shared<const FaceTrack>(track);
  const auto out = apply_to(sample, "video.face_occlusion", {{"kind", "eyes"}, {"coverage", "0.2"}});
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 120; ++x)
      ASSERT_EQ(value(*out.after.clip->frames[0], x, y), value(*out.after.clip->frames[1], x + 50, y + 20));
}

TEST(FaceOcclusionTest, IsInvariantForSmallBoxesOnly) {
  const PerturbationSpec& spec = builtins().find("video.face_occlusion");
  const auto effect = [&](const char* kind, const char* coverage) {
    return spec.label_effect(spec.complete({{"kind", kind}, {"coverage", coverage}}), {});
  };
  EXPECT_EQ(effect("box", "0.2"), LabelEffect::kInvariant);
  EXPECT_EQ(effect("box", "0.3"), LabelEffect::kUnknowable);
  EXPECT_EQ(effect("eyes", "0.1"), LabelEffect::kUnknowable);
}

TEST(PatchMaskTest, HidesTheShareOfThePatches) {
  const Sample sample = film(std::vector<Image>(4, texture(224, 224)));
  for (const std::string shape : {"random", "block"}) {
    for (const double fraction : builtins().find("video.patch_mask").dose.ladder) {
      const auto out = apply_to(sample, "video.patch_mask", {{"shape", shape}, {"fraction", std::to_string(fraction)}});
      const Image& after = *out.after.clip->frames[2];
      int even = 0;
      for (int patch = 0; patch < 196; ++patch) {
        bool flat = true;
        for (int y = 0; y < 16; ++y)
          for (int x = 0; x < 16; ++x)
            flat = flat && value(after, patch % 14 * 16 + x, patch / 14 * 16 + y) ==
                               value(after, patch % 14 * 16, patch / 14 * 16);
        even += flat ? 1 : 0;
      }
      EXPECT_NEAR(even / 196.0, fraction, 0.5 / 196 + 1e-9) << shape;
      EXPECT_DOUBLE_EQ(out.dose.effective, even / 196.0) << "no patch of this picture is even before";
      EXPECT_EQ(after.pixels, out.after.clip->frames[0]->pixels);
    }
  }
  const auto moving = apply_to(sample, "video.patch_mask", {{"motion", "moving"}});
  EXPECT_NE(moving.after.clip->frames[0]->pixels, moving.after.clip->frames[1]->pixels);
}

}  // namespace
}  // namespace shakedown::perturb::testing
