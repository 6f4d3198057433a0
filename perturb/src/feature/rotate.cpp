// A head or a camera tilted in the picture plane, on the columns that a face tracker wrote: 2-D landmarks turn about
// the centre of the face's landmarks, 3-D landmarks about the camera's axis through theirs, gaze vectors and the
// rotation of the head turn with them. Only this one rotation needs no depth, which most feature files lack. Frames of
// zeros (no face found) stay. Action units and expressions are taken not to depend on the tilt. The head's Euler
// angles are OpenFace's: R = Rx(pitch) Ry(yaw) Rz(roll) in radians, x right, y down; `roll_degrees` is an angle alone.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "feature/features.h"
#include "forms.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Form kForm = Form::kVisionFeatures;

/// Columns of points: x and y of n points in two blocks.
struct Points {
  std::size_t x = 0, y = 0, count = 0;
};

struct Plane {
  double cosine = 1, sine = 0;
  void turn(float& x, float& y, double centre_x = 0, double centre_y = 0) const {
    const double u = x - centre_x, v = y - centre_y;
    x = static_cast<float>(centre_x + cosine * u - sine * v);
    y = static_cast<float>(centre_y + sine * u + cosine * v);
  }
};

/// Rz(angle) R, for R of OpenFace's Euler angles.
void turn_euler(float* angles, const Plane& plane) {
  const double c1 = std::cos(angles[0]), s1 = std::sin(angles[0]), c2 = std::cos(angles[1]), s2 = std::sin(angles[1]);
  const double c3 = std::cos(angles[2]), s3 = std::sin(angles[2]);
  const double top[3] = {c2 * c3, -c2 * s3, s2};
  const double middle[3] = {c1 * s3 + c3 * s1 * s2, c1 * c3 - s1 * s2 * s3, -c2 * s1};
  double r[2][3];
  for (int i = 0; i < 3; ++i) {
    r[0][i] = plane.cosine * top[i] - plane.sine * middle[i];
    r[1][i] = plane.sine * top[i] + plane.cosine * middle[i];
  }
  angles[0] = static_cast<float>(std::atan2(-r[1][2], c1 * c2));
  angles[1] = static_cast<float>(std::asin(std::clamp(r[0][2], -1.0, 1.0)));
  angles[2] = static_cast<float>(std::atan2(-r[0][1], r[0][0]));
}

class Columns {
 public:
  Columns(const std::vector<ColumnBlock>& columns, std::size_t dims) {
    const auto find = [&](const char* name) -> const ColumnBlock* {
      const ColumnBlock* const block = find_block(columns, kForm, name);
      return block != nullptr && block->end <= dims ? block : nullptr;
    };
    const auto points = [&](const char* x_name, const char* y_name) -> std::optional<Points> {
      const ColumnBlock *const x = find(x_name), *const y = find(y_name);
      if (x == nullptr || y == nullptr || x->size() != y->size()) return std::nullopt;
      return Points{x->begin, y->begin, x->size()};
    };
    flat_ = points("landmarks_x", "landmarks_y");
    eyes_ = points("eye_landmarks_x", "eye_landmarks_y");
    solid_ = points("landmarks3d_x", "landmarks3d_y");
    solid_eyes_ = points("eye_landmarks3d_x", "eye_landmarks3d_y");
    for (const char* const name : {"head_rotation", "shape_rotation"}) {
      if (const auto* const block = find(name); block != nullptr && block->size() == 3) euler_.push_back(block->begin);
    }
    if (const auto* const block = find("gaze"); block != nullptr && block->size() % 3 == 0) {
      for (std::size_t i = 0; i < block->size(); i += 3) gaze_.push_back(block->begin + i);
    }
    if (const auto* const block = find("gaze_angles"); block != nullptr && block->size() == 2) angles_ = block->begin;
    if (const auto* const block = find("shape_position"); block != nullptr && block->size() == 2) {
      position_ = block->begin;
    }
    if (const auto* const block = find("roll_degrees")) roll_ = block->begin;
  }

  [[nodiscard]] bool empty() const { return !flat_ && !solid_ && euler_.empty() && !roll_; }

  void turn(float* row, const Plane& plane, double degrees) const {
    turn_about(row, plane, flat_, eyes_, position_);
    turn_about(row, plane, solid_, solid_eyes_, std::nullopt);
    for (const std::size_t at : euler_) turn_euler(row + at, plane);
    for (const std::size_t at : gaze_) plane.turn(row[at], row[at + 1]);
    if (angles_) turn_gaze_angles(row + *angles_, plane);
    if (roll_) row[*roll_] = static_cast<float>(std::remainder(row[*roll_] + degrees, 360));
  }

 private:
  static void turn_about(float* row, const Plane& plane, const std::optional<Points>& face,
                         const std::optional<Points>& more, const std::optional<std::size_t>& position) {
    if (!face) return;
    double x = 0, y = 0;
    for (std::size_t i = 0; i < face->count; ++i) {
      x += row[face->x + i] / static_cast<double>(face->count);
      y += row[face->y + i] / static_cast<double>(face->count);
    }
    for (const auto& points : {face, more}) {
      for (std::size_t i = 0; points && i < points->count; ++i) {
        plane.turn(row[points->x + i], row[points->y + i], x, y);
      }
    }
    if (position) plane.turn(row[*position], row[*position + 1], x, y);
  }

  /// The angles of a gaze vector (x, y, z): atan2(x, -z) and atan2(y, -z).
  static void turn_gaze_angles(float* angles, const Plane& plane) {
    constexpr double kFront = std::numbers::pi / 2 - 1e-3;  // a gaze away from the camera has no such vector
    if (!(std::abs(angles[0]) < kFront && std::abs(angles[1]) < kFront)) return;
    auto x = static_cast<float>(std::tan(angles[0])), y = static_cast<float>(std::tan(angles[1]));
    plane.turn(x, y);
    angles[0] = std::atan(x);
    angles[1] = std::atan(y);
  }

  std::optional<Points> flat_, eyes_, solid_, solid_eyes_;
  std::vector<std::size_t> euler_, gaze_;
  std::optional<std::size_t> angles_, position_, roll_;
};

bool usable(const Sequence& sequence, std::size_t step) {
  const float* const row = sequence.row(step);
  return std::any_of(row, row + sequence.dims, [](float x) { return x != 0; }) &&
         std::all_of(row, row + sequence.dims, [](float x) { return std::isfinite(x); });
}

class Rotate final : public Perturbation {
 public:
  struct Config {
    double degrees = 20;
    std::string direction = "random";
  };

  explicit Rotate(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    if (config_.degrees == 0) return Effect::unchanged("a rotation by 0 degrees");
    const Sequence& clean = *sample.vision_features;
    const Columns columns(corpus.columns(), clean.dims);
    if (columns.empty()) return Effect::skipped("no columns are known to hold landmarks or the rotation of the head");
    const int sign = sign_of(config_.direction, rng.stream("way"));
    const double degrees = sign * config_.degrees, radians = degrees * std::numbers::pi / 180;
    const Plane plane{std::cos(radians), std::sin(radians)};
    auto turned = std::make_shared<Sequence>(clean);
    std::size_t frames = 0;
    for (std::size_t step = 0; step < clean.length; ++step) {
      if (!usable(clean, step)) continue;
      columns.turn(turned->row(step), plane, degrees);
      ++frames;
    }
    if (frames == 0) return Effect::ineligible("no frame shows a face");
    sample.vision_features = std::move(turned);
    Effect effect;
    effect.decisions.push_back(sign);
    effect.measures["frames_rotated"] = static_cast<double>(frames) / static_cast<double>(clean.length);
    return effect;
  }

  /// All frames with a face turn alike, so every part that a model may take has the same dose.
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    dose.realised = dose.effective = effect.state == State::kApplied ? config_.degrees : 0;
    return dose;
  }

 private:
  Config config_;
};

PerturbationSpec spec() {
  using Config = Rotate::Config;
  return Schema<Rotate>("feature.rotate", Modality::kVideo,
                        "Tilts the face in the picture plane, on landmark, gaze and head rotation columns.")
      .source("Baltrusaitis et al., FG 2018 (OpenFace 2.0: columns and their geometry)")
      .reads({kForm})
      .writes({kForm})
      .needs({.columns = {"landmarks_x", "landmarks3d_x", "head_rotation", "roll_degrees"}})
      .number("degrees", &Config::degrees, "degrees", {.min = 0, .max = 180}, "Angle of the tilt.")
      .choice("direction", &Config::direction, direction_choices(),
              "up: clockwise in the picture; down: the other way; random: drawn for each clip.")
      .dose(
          {.parameter = "degrees", .unit = "degrees", .identity = 0, .ladder = {10, 20, 30, 45, 60}, .tolerance = 1e-9})
      .label_effect(LabelEffect::kInvariant)
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_rotate, shakedown::perturb::spec);
