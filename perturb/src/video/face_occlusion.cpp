// Face occlusion: something is in front of the face. It grows about its place until it covers the asked share of the
// face, which is the oval from brow to chin, and moves along with the face.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "frame_loss.h"
#include "frames.h"
#include "head_proxy.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

// Head units.
struct Spot {
  double x = 0, y = 0;
};
double squared(double v) {
  return v * v;
}
bool in_face(const Spot& p) {
  return squared(p.x / 0.36) + squared((p.y - 0.06) / 0.48) <= 1;
}
bool in_capsule(const Spot& p, const Spot& a, const Spot& b, double radius) {
  const Spot d{b.x - a.x, b.y - a.y};
  const double t = std::clamp(((p.x - a.x) * d.x + (p.y - a.y) * d.y) / (d.x * d.x + d.y * d.y), 0.0, 1.0);
  return squared(p.x - a.x - t * d.x) + squared(p.y - a.y - t * d.y) <= radius * radius;
}

// Whether a thing of a size covers a place: larger sizes cover more.
using Shape = std::function<bool(const Spot&, double size)>;

Shape eyes() {
  return [](const Spot& p, double size) { return squared(p.x / 0.5) + squared((p.y + 0.12) / size) <= 1; };
}
Shape mouth() {
  return [](const Spot& p, double size) { return squared(p.x / (1.7 * size)) + squared((p.y - 0.28) / size) <= 1; };
}
// Up from the chin; the upper edge is highest on the nose.
Shape mask() {
  return [](const Spot& p, double size) {
    return head::eccentricity(p.x, p.y) < 1 && p.y > 0.56 - size + 0.1 * squared(p.x / 0.36);
  };
}
// A palm on the cheek, four fingers across the face.
Shape hand(double side) {
  return [side](const Spot& p, double size) {
    const Spot q{side * (p.x - side * 0.3) / size, (p.y - 0.5) / size};
    if (squared(q.x / 0.42) + squared(q.y / 0.5) <= 1) return true;
    for (int finger = 0; finger < 4; ++finger) {
      const double base = 0.3 - 0.2 * finger;
      if (in_capsule(q, {base, -0.2}, {1.3 * base - 0.25, finger == 0 || finger == 3 ? -1.1 : -1.3}, 0.105))
        return true;
    }
    return false;
  };
}
// The head of a microphone before the mouth, its handle below.
Shape microphone(double side) {
  return [side](const Spot& p, double size) {
    const Spot top{side * 0.06, 0.36};
    return squared(p.x - top.x) + squared(p.y - top.y) <= size * size ||
           in_capsule(p, top, {side * 0.5, 1.4}, 0.5 * size);
  };
}
Shape box(const Spot& at) {
  return [at](const Spot& p, double size) { return std::abs(p.x - at.x) < size && std::abs(p.y - at.y) < size; };
}

double size_for(const Shape& shape, double coverage) {
  constexpr int kSteps = 90;
  std::vector<Spot> face;
  for (int row = 0; row < kSteps; ++row) {
    for (int column = 0; column < kSteps; ++column) {
      const Spot p{0.36 * (2 * (column + 0.5) / kSteps - 1), 0.06 + 0.48 * (2 * (row + 0.5) / kSteps - 1)};
      if (in_face(p)) face.push_back(p);
    }
  }
  double low = 0, high = 3;
  for (int halving = 0; halving < 24; ++halving) {
    const double size = 0.5 * (low + high);
    const auto covered = std::count_if(face.begin(), face.end(), [&](const Spot& p) { return shape(p, size); });
    (static_cast<double>(covered) < coverage * static_cast<double>(face.size()) ? low : high) = size;
  }
  return high;
}

using Colour = std::array<double, 3>;

class FaceOcclusion final : public Perturbation {
 public:
  struct Config {
    double coverage = 0.2;
    std::string kind = "box";
  };

  explicit FaceOcclusion(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng& rng) const override {
    const auto& frames = sample.clip->frames;
    if (frames.empty()) return Effect::ineligible("no frames");
    if (config_.coverage == 0) return Effect::unchanged("nothing is covered");
    const auto with_face = frames_with_face(sample);
    if (count_eligible(with_face) == 0) return Effect::skipped("no face found in any frame");
    const Stream stream = rng.stream("video");
    // Thousandths of a head unit; the side for what comes from one.
    const std::int64_t x = static_cast<std::int64_t>(stream.below(401, 0)) - 200;
    const std::int64_t y = static_cast<std::int64_t>(stream.below(501, 1)) - 200;
    const Shape shape = shape_at(x, y);
    const double size = size_for(shape, config_.coverage);
    Effect effect = change_frames(sample, [&](std::size_t i) -> std::optional<Image> {
      if (!with_face[i]) return std::nullopt;
      return covered(*frames[i], *HeadFrame::of(*sample.faces->boxes[i]), shape, size);
    });
    effect.decisions = {x, y};
    effect.measures["frames_without_face"] = static_cast<double>(with_face.size() - count_eligible(with_face));
    return effect;
  }

  // Pixels of the face that came out different over all of them.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    if (effect.state != State::kApplied) return dose;
    const auto with_face = frames_with_face(before);
    double face = 0, covered = 0;
    for (std::size_t i = 0; i < with_face.size(); ++i) {
      if (!with_face[i]) continue;
      const Image &a = *before.clip->frames[i], &b = *after.clip->frames.at(i);
      each_pixel(a, *HeadFrame::of(*before.faces->boxes[i]), [&](const Spot& p, std::size_t at) {
        if (!in_face(p)) return;
        ++face;
        if (!std::equal(a.pixels.begin() + static_cast<std::ptrdiff_t>(at),
                        a.pixels.begin() + static_cast<std::ptrdiff_t>(at + 3),
                        b.pixels.begin() + static_cast<std::ptrdiff_t>(at)))
          ++covered;
      });
    }
    if (face > 0) dose.realised = dose.effective = covered / face;
    return dose;
  }

 private:
  [[nodiscard]] Shape shape_at(std::int64_t x, std::int64_t y) const {
    const double side = x < 0 ? -1 : 1;
    if (config_.kind == "eyes") return eyes();
    if (config_.kind == "mouth") return mouth();
    if (config_.kind == "mask") return mask();
    if (config_.kind == "hand") return hand(side);
    if (config_.kind == "microphone") return microphone(side);
    return box({1e-3 * static_cast<double>(x), 1e-3 * static_cast<double>(y)});
  }

  // Calls `visit(place, index of the pixel's first value)` for the pixels within 1.5 units of the face.
  template <class Visit>
  static void each_pixel(const Image& image, const HeadFrame& head, const Visit& visit) {
    const auto clipped = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, double(size))); };
    const double reach = 1.5 * head.unit;
    const int right = clipped(head.x + reach, image.width), bottom = clipped(head.y + reach, image.height);
    for (int row = clipped(head.y - reach, image.height); row < bottom; ++row) {
      for (int column = clipped(head.x - reach, image.width); column < right; ++column) {
        const Spot p{(column + 0.5 - head.x) / head.unit, (row + 0.5 - head.y) / head.unit};
        visit(p, 3 * (static_cast<std::size_t>(row) * static_cast<std::size_t>(image.width) +
                      static_cast<std::size_t>(column)));
      }
    }
  }

  [[nodiscard]] Colour colour_for(const Image& image, const HeadFrame& head) const {
    if (config_.kind == "eyes" || config_.kind == "microphone") return {38, 36, 36};
    if (config_.kind == "mask") return {215, 205, 165};
    if (config_.kind == "mouth") return {120, 70, 60};
    if (config_.kind == "box") return {127, 127, 127};
    Colour skin{};
    double count = 0;
    each_pixel(image, head, [&](const Spot& p, std::size_t at) {
      if (!in_face(p)) return;
      for (std::size_t c = 0; c < 3; ++c) skin[c] += image.pixels[at + c];
      ++count;
    });
    for (double& value : skin) value = count > 0 ? 0.9 * value / count : 127;
    return skin;
  }

  // Of one colour, shaded as the face behind it is round; the box is flat.
  [[nodiscard]] Image covered(const Image& image, const HeadFrame& head, const Shape& shape, double size) const {
    Image out = image;
    const Colour colour = colour_for(image, head);
    each_pixel(image, head, [&](const Spot& p, std::size_t at) {
      if (!shape(p, size)) return;
      const double shade = config_.kind == "box" ? 1 : 0.55 + 0.45 * head::normal(0.8 * p.x, 0.8 * p.y).z;
      for (std::size_t c = 0; c < 3; ++c)
        out.pixels[at + c] = static_cast<std::uint8_t>(std::lround(shade * colour[c]));
    });
    return out;
  }

  Config config_;
};

PerturbationSpec spec() {
  return Schema<FaceOcclusion>("video.face_occlusion", Modality::kVideo,
                               "Something is in front of the face: dark glasses, a scarf, a surgical mask, a hand, a "
                               "microphone or a plain box. It follows the face through the clip.")
      .source(
          "Face-anchored occlusion in place of boxes anywhere in the frame (Yuan et al., OpenVNA, ACL 2024 demo): "
          "this project.")
      .reads({Form::kFrames})
      .writes({Form::kFrames})
      .needs({.faces = true})
      .number("coverage", &FaceOcclusion::Config::coverage, "of the face", {.min = 0, .max = 0.95},
              "Share of the oval from brow to chin that is covered.")
      .choice(
          "kind", &FaceOcclusion::Config::kind, {"box", "eyes", "mouth", "mask", "hand", "microphone"},
          "What is in front of the face. Boxes lie, and hands and microphones come from a side, as drawn once a clip.")
      .dose({.parameter = "coverage",
             .unit = "of the face",
             .identity = 0,
             .ladder = {.1, .2, .3, .5, .7},
             .tolerance = 0.04})
      .label_effect([](const FaceOcclusion::Config& config, const ModelReads&) {
        const bool minor = config.kind == "box" && config.coverage <= 0.2;
        return minor ? LabelEffect::kInvariant : LabelEffect::kUnknowable;
      })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(video_face_occlusion, shakedown::perturb::spec);
