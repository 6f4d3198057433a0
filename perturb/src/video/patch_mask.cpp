// Patch mask: a share of the patches that vision transformers cut a frame into is hidden, as masked autoencoders are
// trained. The grid is that of 16-pixel patches of a 224-pixel frame, 14 x 14, whatever the frame's size.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "frames.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr int kGrid = 14;
constexpr auto kPatches = static_cast<std::size_t>(kGrid) * kGrid;

class PatchMask final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.5;
    std::string shape = "random";
    std::string motion = "still";
  };

  explicit PatchMask(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const auto& frames = sample.clip->frames;
    if (frames.empty()) return Effect::ineligible("no frames");
    const std::size_t masks = config_.motion == "still" ? 1 : frames.size();
    std::vector<std::vector<std::size_t>> hidden;
    std::vector<std::int64_t> decisions;
    for (std::size_t m = 0; m < masks; ++m) {
      hidden.push_back(patches(rng.stream("video/" + std::to_string(m))));
      for (const std::size_t patch : hidden.back())
        decisions.push_back(static_cast<std::int64_t>(m * kPatches + patch));
    }
    if (decisions.empty()) return Effect::unchanged("not one whole patch is to be hidden");
    Effect effect = change_frames(sample, [&](std::size_t i) { return masked(*frames[i], hidden[i % masks]); });
    effect.decisions = std::move(decisions);
    return effect;
  }

  // Patches of the middle frame that are not what they were.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (before.clip->frames.empty()) return dose;
    dose.total = dose.eligible = kPatches;
    if (effect.state != State::kApplied) return dose;
    const std::size_t middle = before.clip->frames.size() / 2;
    const auto taken = [&](std::size_t i) {
      const std::size_t mask = config_.motion == "still" ? 0 : i;
      return static_cast<double>(std::count_if(effect.decisions.begin(), effect.decisions.end(), [&](std::int64_t d) {
        return static_cast<std::size_t>(d) / kPatches == mask;
      }));
    };
    dose.taken = taken(middle);
    const Image &was = *before.clip->frames[middle], &is = *after.clip->frames.at(middle);
    for (std::size_t patch = 0; patch < kPatches; ++patch) {
      if (differs(was, is, patch)) ++dose.changed;
    }
    dose.changed = std::min(dose.changed, dose.taken);
    return with_shares(dose);
  }

 private:
  struct Rectangle {
    int left, top, right, bottom;
  };
  static Rectangle place(const Image& image, std::size_t patch) {
    const int column = static_cast<int>(patch) % kGrid, row = static_cast<int>(patch) / kGrid;
    return {image.width * column / kGrid, image.height * row / kGrid, image.width * (column + 1) / kGrid,
            image.height * (row + 1) / kGrid};
  }

  // The first so many patches of a ranking: at random, or by their distance from a place drawn.
  [[nodiscard]] std::vector<std::size_t> patches(const Stream& stream) const {
    const std::size_t count = share_of(kPatches, config_.fraction);
    if (config_.shape == "random") return take_count(stream, eligible_units(kPatches), count);
    const auto x = static_cast<int>(stream.below(kGrid, 0, 1)), y = static_cast<int>(stream.below(kGrid, 0, 2));
    std::vector<std::array<int, 3>> ranking;
    for (int patch = 0; patch < static_cast<int>(kPatches); ++patch) {
      const int dx = std::abs(patch % kGrid - x), dy = std::abs(patch / kGrid - y);
      ranking.push_back({std::max(dx, dy), dx + dy, patch});
    }
    std::sort(ranking.begin(), ranking.end());
    std::vector<std::size_t> block;
    for (std::size_t i = 0; i < count; ++i) block.push_back(static_cast<std::size_t>(ranking[i][2]));
    std::sort(block.begin(), block.end());
    return block;
  }

  // Hidden patches take the mean colour of the frame.
  static Image masked(const Image& image, const std::vector<std::size_t>& hidden) {
    std::array<std::uint64_t, 3> sum{};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) sum[i % 3] += image.pixels[i];
    const std::uint64_t count = std::max<std::uint64_t>(1, image.pixels.size() / 3);
    Image out = image;
    for (const std::size_t patch : hidden) {
      const Rectangle r = place(image, patch);
      for (int y = r.top; y < r.bottom; ++y) {
        std::size_t at = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                              static_cast<std::size_t>(r.left));
        for (int x = r.left; x < r.right; ++x) {
          for (std::size_t c = 0; c < 3; ++c)
            out.pixels[at++] = static_cast<std::uint8_t>((sum[c] + count / 2) / count);
        }
      }
    }
    return out;
  }

  static bool differs(const Image& a, const Image& b, std::size_t patch) {
    const Rectangle r = place(a, patch);
    for (int y = r.top; y < r.bottom; ++y) {
      const auto from = (static_cast<std::ptrdiff_t>(y) * a.width + r.left) * 3;
      const auto to = (static_cast<std::ptrdiff_t>(y) * a.width + r.right) * 3;
      if (!std::equal(a.pixels.begin() + from, a.pixels.begin() + to, b.pixels.begin() + from)) return true;
    }
    return false;
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<PatchMask>("video.patch_mask", Modality::kVideo,
                           "A share of the 14 x 14 patches of each frame is hidden under its mean colour.")
      .source("He et al., Masked Autoencoders, CVPR 2022 (random, block-wise); moving masks: this project.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("fraction", &PatchMask::Config::fraction, "", {.min = 0, .max = 1},
              "Share of the patches that is hidden.")
      .choice("shape", &PatchMask::Config::shape, {"random", "block"},
              "random: patches anywhere; block: those around a place that is drawn.")
      .choice("motion", &PatchMask::Config::motion, {"still", "moving"},
              "still: the same patches in every frame; moving: drawn anew for each.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.1, .25, .5, .75, .9}, .fraction = true})
      .label_effect(LabelEffect::kUnknowable)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_patch_mask, shakedown::perturb::spec);
