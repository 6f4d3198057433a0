#pragma once

#include <filesystem>

#include "shakedown/core/sample.h"
#include "shakedown/media/decode.h"

namespace shakedown::datasets {

/// The face track that `file` gives of a clip, in the frames and pixels of `clip` as it was decoded. `file` is
/// - CSV with columns x, y, width, height (pixels of the stored video; x, y: top left corner) and `frame` (from 0) or
///   `time` (seconds); empty fields, or no row at all, where there is no face;
/// - CSV as OpenFace writes it (frame, timestamp, success, x_0 to x_67, y_0 to y_67): the box is the square that our
///   standard head gives to these landmarks; of several faces the one that covers most;
/// - JSON: a list with [x, y, width, height] or null for every frame.
/// A frame of the clip has the box nearest in time, no further than .6 of their spacing. Boxes are taken as they are,
/// without smoothing.
/// @throws Error(kData) "file:line: what is wrong"
[[nodiscard]] Shared<FaceTrack> read_face_track(const std::filesystem::path& file, const Clip& clip,
                                                const media::VideoProperties& stored);

}  // namespace shakedown::datasets
