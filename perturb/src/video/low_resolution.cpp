// Low resolution: the clip was made, or sent, with fewer pixels and scaled up again.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "frames.h"
#include "shakedown/media/faces.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

class LowResolution final : public Perturbation {
 public:
  struct Config {
    double scale = 0.35;
    std::string ladder = "own";
  };

  explicit LowResolution(const Config& config) : scale_(config.scale), blocks_(config.ladder == "imagenet-c") {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (sample.clip->frames.empty()) return Effect::ineligible("no frames");
    if (scale_ == 1) return Effect::unchanged("scale 1");
    Effect effect = change_frames(
        sample, [&](std::size_t i) { return down_and_up(*sample.clip->frames[i], scale_); },
        "no detail in the frames that could be lost");
    if (sample.faces) effect.measures["face_width_left_px"] = scale_ * sample.faces->median_width();
    return effect;
  }

  // The scale that best turns the middle frame before into the one after: of some evenly spaced ones and the one asked
  // for, then of those that leave a pixel more or less than the best. The number of pixels is whole: a search that
  // halves its way would miss it.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const std::size_t middle = before.clip->frames.size() / 2;
    const Image &sharp = *before.clip->frames[middle], &blurred = *after.clip->frames.at(middle);
    if (sharp.pixels.empty() || sharp.pixels == blurred.pixels) return dose;
    double best = 1, least = distance(sharp, blurred);
    const auto look_at = [&](double scale) {
      const double here = distance(down_and_up(sharp, scale), blurred);
      if (here < least) least = here, best = scale;
    };
    constexpr int kCandidates = 24;
    for (int i = 1; i < kCandidates; ++i) look_at(static_cast<double>(i) / kCandidates);
    look_at(scale_);
    const double around = best, pixel = 1.0 / sharp.width;
    for (int i = -4; i <= 4; ++i)
      if (i != 0) look_at(std::clamp(around + i * pixel, pixel, 1.0));
    dose.realised = dose.effective = best;
    return dose;
  }

 private:
  static double distance(const Image& a, const Image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
      const int difference = int{a.pixels[i]} - int{b.pixels[i]};
      sum += difference * difference;
    }
    return sum;
  }

  // One axis of the blocks: which one each pixel is in, and which pixels (first, one past the last) its colour is
  // taken from, those whose centres lie in it.
  struct Axis {
    std::vector<int> block;
    std::vector<std::pair<int, int>> from;
  };
  static Axis axis(int side, double scale) {
    const int count = std::max(1, static_cast<int>(side * scale));  // cut off, as there
    const double step = static_cast<double>(side) / count;
    const auto edge = [&](int b) { return static_cast<int>(std::floor(b * step + 0.5)); };
    Axis axis;
    for (int i = 0; i < side; ++i) axis.block.push_back(std::min(count - 1, static_cast<int>((i + 0.5) / step)));
    for (int b = 0; b < count; ++b) axis.from.emplace_back(edge(b), std::min(side, edge(b + 1)));
    return axis;
  }

  // Blocks of even colour (Pillow's BOX down, NEAREST up).
  static Image pixelated(const Image& image, double scale) {
    const Axis across = axis(image.width, scale), down = axis(image.height, scale);
    const auto width = static_cast<std::size_t>(image.width), columns = across.from.size();
    std::vector<std::uint8_t> small;
    for (const auto& [top, bottom] : down.from) {
      for (const auto& [left, right] : across.from) {
        std::array<int, 3> sum{};
        for (int y = top; y < bottom; ++y) {
          const std::uint8_t* row = image.pixels.data() + static_cast<std::size_t>(y) * width * 3;
          for (int x = 3 * left; x < 3 * right; x += 3)
            for (int c = 0; c < 3; ++c) sum[static_cast<std::size_t>(c)] += row[x + c];
        }
        const int count = (right - left) * (bottom - top);
        for (const int value : sum) small.push_back(static_cast<std::uint8_t>((value + count / 2) / count));
      }
    }
    Image out{image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
    for (int y = 0; y < image.height; ++y) {
      const auto row = static_cast<std::size_t>(down.block[static_cast<std::size_t>(y)]);
      std::uint8_t* to = out.pixels.data() + static_cast<std::size_t>(y) * width * 3;
      if (y > 0 && down.block[static_cast<std::size_t>(y)] == down.block[static_cast<std::size_t>(y) - 1]) {
        std::copy_n(to - width * 3, width * 3, to);
        continue;
      }
      for (const int column : across.block)
        to = std::copy_n(small.data() + 3 * (row * columns + static_cast<std::size_t>(column)), 3, to);
    }
    return out;
  }

  [[nodiscard]] Image down_and_up(const Image& image, double scale) const {
    if (image.pixels.empty()) return image;
    if (blocks_) return pixelated(image, scale);
    const auto small = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    return media::resize(media::resize(image, small(image.width), small(image.height)), image.width, image.height);
  }

  double scale_;
  bool blocks_;
};

PerturbationSpec spec() {
  const auto dose = [](std::vector<double> ladder) {
    return DoseSpec{.parameter = "scale",
                    .unit = "of width and height",
                    .identity = 1,
                    .ladder = std::move(ladder),
                    .lower_is_harsher = true,
                    .tolerance = 0.03};
  };
  return Schema<LowResolution>("video.low_resolution", Modality::kVideo,
                               "Fewer pixels: frames are averaged down and interpolated up to their size again.")
      .source(
          "Area averaging down, bilinear up; or as the pixelation of ImageNet-C (Hendrycks and Dietterich, ICLR "
          "2019).")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .number("scale", &LowResolution::Config::scale, "", {.min = 0.01, .max = 1}, "Width and height that are left.")
      .choice("ladder", &LowResolution::Config::ladder, {"own", "imagenet-c"},
              "own: averaged down, interpolated up; imagenet-c: blocks of even colour, with the scales of that "
              "benchmark at severities 1 to 5.")
      .dose(dose({.5, .35, .25, .18, .12}))
      .dose_when("ladder", "imagenet-c", dose({.6, .5, .4, .3, .25}))
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_low_resolution, shakedown::perturb::spec);
