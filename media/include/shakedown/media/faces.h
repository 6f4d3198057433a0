#pragma once

#include <filesystem>
#include <string>

#include "shakedown/core/sample.h"

namespace shakedown::media {

/// Finds the main face of a clip in each frame with OpenCV's frontal-face cascade (opencv-data), links the
/// detections over time, fills gaps of up to half a second and smooths the boxes. Cached by clip content
/// (a bounded in-memory cache; thread-safe). Frames without a face have no box. The main face is the one that
/// covers most, area summed over frames; where it is away for longer (a cut), a face of similar size takes over.
/// The cascade is looked for in $SHAKEDOWN_CASCADE_DIR, then where opencv-data puts it.
/// @throws Error(kData) when the cascade file is not installed
[[nodiscard]] Shared<FaceTrack> face_track(const Clip& clip);

/// Square crops around each box, scaled to side x side; a frame without a box repeats the last box before
/// it (or the first after it); without any box the centre square is taken. `margin` is added on each side, in box
/// sides (0..10); beyond the picture its edge is repeated. `side` is 1 to 4096 pixels.
struct FaceCrops {
  std::vector<Image> crops;
  std::size_t without_face = 0;  ///< frames whose box was borrowed or missing
};
[[nodiscard]] FaceCrops face_crops(const Clip& clip, const FaceTrack& track, int side, double margin = 0.2);

/// Area-averaging / bilinear resize.
[[nodiscard]] Image resize(const Image& image, int width, int height);

}  // namespace shakedown::media
