#include "head_proxy.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace shakedown::perturb {

Rotation::Rotation(Axis axis, double degrees) {
  const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  switch (axis) {
    case Axis::kYaw: m_ = {{{c, 0, s}, {0, 1, 0}, {-s, 0, c}}}; break;
    case Axis::kPitch: m_ = {{{1, 0, 0}, {0, c, -s}, {0, s, c}}}; break;
    case Axis::kRoll: m_ = {{{c, -s, 0}, {s, c, 0}, {0, 0, 1}}}; break;
  }
}

Vector3 Rotation::turned(const Vector3& v) const {
  const Vector3 p{v.x - head::kCentre.x, v.y - head::kCentre.y, v.z - head::kCentre.z};
  const auto row = [&](std::size_t i) { return m_[i][0] * p.x + m_[i][1] * p.y + m_[i][2] * p.z; };
  return {row(0) + head::kCentre.x, row(1) + head::kCentre.y, row(2) + head::kCentre.z};
}

Vector3 Rotation::turned_direction(const Vector3& d) const {
  const auto row = [&](std::size_t i) { return m_[i][0] * d.x + m_[i][1] * d.y + m_[i][2] * d.z; };
  return {row(0), row(1), row(2)};
}

Vector3 Rotation::turned_back(const Vector3& v) const {
  const Vector3 p{v.x - head::kCentre.x, v.y - head::kCentre.y, v.z - head::kCentre.z};
  const auto column = [&](std::size_t i) { return m_[0][i] * p.x + m_[1][i] * p.y + m_[2][i] * p.z; };
  return {column(0) + head::kCentre.x, column(1) + head::kCentre.y, column(2) + head::kCentre.z};
}

namespace head {
namespace {

constexpr double kNoseHeight = 0.11, kNoseWidth = 0.05;         // tip above the ellipsoid; deviation of the ridge
constexpr double kNasion = -0.14, kTip = 0.1, kNoseBase = 0.2;  // y
constexpr double kTextureEdge = 0.87;  // of the outline: nearer to it a narrower head lets the background through
constexpr double kMirrored = 0.2;      // how fast the place of what is hidden runs back inwards
constexpr double kStretch = 1.25, kTorn = 2.2;  // stretched so far, a texture begins and ends to be taken as it is

double smooth_step(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

bool in_nose(double x, double y) {
  return std::abs(x) < 3.5 * kNoseWidth && y > kNasion && y < kNoseBase;
}

// The first point of a ray (from the camera on, in the head's own axes) that is not in front of the nose.
std::optional<Vector3> nose_on(const Vector3& from, const Vector3& step, int steps) {
  const auto at = [&](double t) { return Vector3{from.x + t * step.x, from.y + t * step.y, from.z + t * step.z}; };
  const auto inside = [&](const Vector3& p) {
    if (p.z < 0 || !in_nose(p.x, p.y)) return false;
    return p.z < *depth(p.x, p.y) && nose(p.x, p.y) > 1e-3;
  };
  for (int i = 0; i <= steps; ++i) {
    if (!inside(at(i))) continue;
    double out = i - 1, in = i;
    for (int halving = 0; halving < 6; ++halving) {
      const double middle = 0.5 * (out + in);
      (inside(at(middle)) ? in : out) = middle;
    }
    return at(in);
  }
  return std::nullopt;
}

}  // namespace

double nose(double x, double y) {
  if (!in_nose(x, y)) return 0;
  const double along =
      y < kTip ? smooth_step((y - kNasion) / (kTip - kNasion)) : 1 - smooth_step((y - kTip) / (kNoseBase - kTip));
  return kNoseHeight * along * std::exp(-0.5 * (x / kNoseWidth) * (x / kNoseWidth));
}

double eccentricity(double x, double y) {
  const double u = (x - kCentre.x) / kHalf.x, v = (y - kCentre.y) / kHalf.y;
  return std::sqrt(u * u + v * v);
}

std::optional<double> depth(double x, double y) {
  const double e = eccentricity(x, y);
  if (e > 1) return std::nullopt;
  return kCentre.z + kHalf.z * std::sqrt(1 - e * e) + nose(x, y);
}

Vector3 normal(double x, double y) {
  const double e = eccentricity(x, y);
  if (e >= 1) return {0, 0, 1};
  // The gradient of the depth, the nose's by differences.
  constexpr double kStep = 1e-3;
  const double z = std::sqrt(std::max(1e-4, 1 - e * e));
  const double dx =
      -kHalf.z * (x - kCentre.x) / (kHalf.x * kHalf.x * z) + (nose(x + kStep, y) - nose(x - kStep, y)) / (2 * kStep);
  const double dy =
      -kHalf.z * (y - kCentre.y) / (kHalf.y * kHalf.y * z) + (nose(x, y + kStep) - nose(x, y - kStep)) / (2 * kStep);
  const double length = std::sqrt(dx * dx + dy * dy + 1);
  return {-dx / length, -dy / length, 1 / length};
}

std::optional<Vector3> seen_at(double x, double y, const Rotation& rotation) {
  constexpr int kSteps = 40;
  const Vector3 near = rotation.turned_back({x, y, kReach}), far = rotation.turned_back({x, y, -kReach});
  const Vector3 step{(far.x - near.x) / kSteps, (far.y - near.y) / kSteps, (far.z - near.z) / kSteps};
  // The ellipsoid is a unit sphere in its own axes: |p + t d|^2 = 1.
  const Vector3 p{(near.x - kCentre.x) / kHalf.x, (near.y - kCentre.y) / kHalf.y, (near.z - kCentre.z) / kHalf.z};
  const Vector3 d{step.x / kHalf.x, step.y / kHalf.y, step.z / kHalf.z};
  const double a = d.x * d.x + d.y * d.y + d.z * d.z, b = p.x * d.x + p.y * d.y + p.z * d.z;
  const double root = b * b - a * (p.x * p.x + p.y * p.y + p.z * p.z - 1);
  const bool hit = root >= 0;
  const double t = hit ? (-b - std::sqrt(root)) / a : kSteps;
  // The nose is a small part of the head: rays that stay clear of its box are done.
  const double low = std::min(near.x, near.x + t * step.x), high = std::max(near.x, near.x + t * step.x);
  const double top = std::min(near.y, near.y + t * step.y), bottom = std::max(near.y, near.y + t * step.y);
  if (low < 3.5 * kNoseWidth && high > -3.5 * kNoseWidth && top < kNoseBase && bottom > kNasion) {
    if (const auto on_nose = nose_on(near, step, static_cast<int>(std::ceil(t)))) return on_nose;
  }
  if (!hit) return std::nullopt;
  return Vector3{near.x + t * step.x, near.y + t * step.y, near.z + t * step.z};
}

Texture texture_of(const Vector3& point, const Rotation& rotation) {
  const double e = eccentricity(point.x, point.y);
  const bool front = point.z >= kCentre.z;
  const double place = front ? std::min(e, 1.0) : 1 - kMirrored * (1 - std::min(e, 1.0));
  // No landmark is near the outline, but perhaps the background: what comes to the front is taken from inside.
  double unknown = 1, inwards = smooth_step((place - 0.8) / 0.12);
  if (front) {
    const Vector3 before = normal(point.x, point.y);
    const double stretch = rotation.turned_direction(before).z / std::max(before.z, 1e-6);
    unknown = smooth_step((stretch - kStretch) / (kTorn - kStretch));
    inwards *= smooth_step(2 * (stretch - 1));
  }
  if (e < 1e-9) return {point.x, point.y, unknown};
  const double scale = std::lerp(place, place * kTextureEdge, inwards) / e;
  return {kCentre.x + scale * (point.x - kCentre.x), kCentre.y + scale * (point.y - kCentre.y), unknown};
}

}  // namespace head

std::optional<HeadFrame> HeadFrame::of(const FaceTrack::Box& box) {
  const double area = double{box.width} * double{box.height};
  if (!(box.width > 0 && box.height > 0) || !std::isfinite(area)) return std::nullopt;
  return HeadFrame{box.x + 0.5 * box.width, box.y + 0.5 * box.height, std::sqrt(area)};
}

}  // namespace shakedown::perturb
