#pragma once

#include <array>
#include <optional>

#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// A point or direction in head units: the origin is the centre of the face box, a unit is the side of a square of
/// its area; x points to the right of the picture, y down, z towards the camera.
struct Vector3 {
  double x = 0, y = 0, z = 0;
};

/// A rotation about the centre of the head.
class Rotation {
 public:
  enum class Axis { kYaw, kPitch, kRoll };
  /// Positive: yaw to the right of the picture, pitch up, roll clockwise.
  Rotation(Axis axis, double degrees);
  [[nodiscard]] Vector3 turned(const Vector3& v) const;
  [[nodiscard]] Vector3 turned_back(const Vector3& v) const;
  /// A direction turned.
  [[nodiscard]] Vector3 turned_direction(const Vector3& d) const;
  /// Nothing comes to the front that was not there: a roll.
  [[nodiscard]] bool in_plane() const { return m_[2][2] == 1; }

 private:
  std::array<std::array<double, 3>, 3> m_{};
};

/// The standard head that a face box stands for: an ellipsoid with a nose. Its proportions are those of an adult
/// head (ISO/TR 7250-2: breadth 15.5, length 19.5, height 23 cm) where the box spans brow to chin, as frontal-face
/// detectors draw it. Seen in parallel projection: a head turns little while it moves through the lens's perspective.
namespace head {

inline constexpr Vector3 kCentre{0, -0.1, 0};
inline constexpr Vector3 kHalf{0.44, 0.64, 0.54};  ///< half axes of the ellipsoid
inline constexpr double kReach = 0.68;             ///< no point of the head is farther from its centre

/// How far the nose stands out of the ellipsoid, towards +z: a ridge from the nasion to the tip.
[[nodiscard]] double nose(double x, double y);
/// Depth of the surface that the camera sees of the head as it was; nothing outside its outline.
[[nodiscard]] std::optional<double> depth(double x, double y);
/// Outward unit normal of that surface; (0, 0, 1) outside the outline.
[[nodiscard]] Vector3 normal(double x, double y);
/// Place relative to the outline: 0 at the centre, 1 on it.
[[nodiscard]] double eccentricity(double x, double y);

/// The point of the head (before it was turned) that the camera sees at (x, y) once it is turned, nearest one first.
[[nodiscard]] std::optional<Vector3> seen_at(double x, double y, const Rotation& rotation);

/// Where the picture shows the surface at `point`, and how little: 0 where it shows it as well as the turned head
/// does, 1 where it does not at all (the side that was turned away) or so much from the side that it would have
/// to be stretched. There the place is one beside it, inside the outline, and fit for a blurred copy only.
struct Texture {
  double x = 0, y = 0, unknown = 0;
};
[[nodiscard]] Texture texture_of(const Vector3& point, const Rotation& rotation);

}  // namespace head

/// A face box as the frame of head units.
struct HeadFrame {
  double x = 0, y = 0, unit = 0;  ///< centre and unit, pixels

  /// Nothing for a box without area.
  [[nodiscard]] static std::optional<HeadFrame> of(const FaceTrack::Box& box);
};

}  // namespace shakedown::perturb
