#include <algorithm>
#include <array>
#include <cmath>
#include <list>
#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "face_detector.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/media/faces.h"
#include "shakedown/media/runtime.h"

namespace shakedown::media {
namespace {

constexpr double kGapS = 0.5;        // longest absence that is filled in
constexpr double kMinTrackS = 0.2;   // a face seen for less is taken for a false alarm
constexpr double kMinOverlap = 0.3;  // intersection over union that links two boxes
constexpr double kRescanS = 0.2;     // new faces are looked for this often
constexpr double kFollowed = 0.7;    // in between only faces down to this part of those followed: five times as fast
constexpr double kSizeRatio = 2;     // a face after a cut counts as the main one up to this factor in width
constexpr std::size_t kSmoothing = 5;

/// One face followed over time: frame indices, growing, and boxes.
struct Track {
  std::vector<std::size_t> frames;
  std::vector<cv::Rect2d> boxes;

  [[nodiscard]] double area() const {
    return std::accumulate(boxes.begin(), boxes.end(), 0.0,
                           [](double sum, const auto& box) { return sum + box.area(); });
  }
  [[nodiscard]] double mean_width() const {
    const auto add = [](double sum, const auto& box) { return sum + box.width; };
    return std::accumulate(boxes.begin(), boxes.end(), 0.0, add) / static_cast<double>(boxes.size());
  }
};

double overlap(const cv::Rect2d& a, const cv::Rect2d& b) {
  const double common = (a & b).area();
  return common / (a.area() + b.area() - common);
}

/// Adds the faces of one frame to the tracks still open, best overlap first; the rest begin new tracks.
void link(std::vector<Track>& tracks, const std::vector<cv::Rect2d>& faces, std::size_t frame, std::size_t max_step) {
  std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;  // overlap, track, face
  for (std::size_t t = 0; t < tracks.size(); ++t) {
    if (frame - tracks[t].frames.back() > max_step) continue;
    for (std::size_t f = 0; f < faces.size(); ++f) {
      const double common = overlap(tracks[t].boxes.back(), faces[f]);
      if (common >= kMinOverlap) pairs.emplace_back(-common, t, f);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<bool> taken(faces.size());
  for (const auto& [negative_overlap, t, f] : pairs) {
    if (taken[f] || tracks[t].frames.back() == frame) continue;
    tracks[t].frames.push_back(frame);
    tracks[t].boxes.push_back(faces[f]);
    taken[f] = true;
  }
  for (std::size_t f = 0; f < faces.size(); ++f) {
    if (!taken[f]) tracks.push_back({{frame}, {faces[f]}});
  }
}

/// Width of the smallest face that was seen in the frame before; 0 when there was none.
double smallest_followed(const std::vector<Track>& tracks, std::size_t frame) {
  double smallest = 0;
  for (const Track& track : tracks) {
    if (track.frames.back() + 1 != frame) continue;
    const double width = track.boxes.back().width;
    smallest = smallest == 0 ? width : std::min(smallest, width);
  }
  return smallest;
}

std::vector<Track> find_tracks(const Clip& clip, std::size_t max_step) {
  const auto rescan = static_cast<std::size_t>(kRescanS * clip.fps) + 1;
  FaceDetector detector;
  std::vector<Track> tracks;
  std::vector<cv::Rect2d> faces;
  for (std::size_t frame = 0; frame < clip.frames.size(); ++frame) {
    const bool repeated = frame > 0 && clip.frames[frame] == clip.frames[frame - 1];
    const double min_side = frame % rescan == 0 ? 0 : kFollowed * smallest_followed(tracks, frame);
    if (!repeated) faces = detector.detect(*clip.frames[frame], min_side);
    link(tracks, faces, frame, max_step);
  }
  return tracks;
}

/// The track that covers most (area summed over frames), then those of similar size in frames that it leaves free:
/// the same face after a cut or a long absence.
std::vector<Track> main_tracks(std::vector<Track> tracks, std::size_t min_frames) {
  std::erase_if(tracks, [min_frames](const Track& track) { return track.frames.size() < min_frames; });
  std::stable_sort(tracks.begin(), tracks.end(), [](const Track& a, const Track& b) { return a.area() > b.area(); });
  std::vector<Track> chosen;
  for (Track& track : tracks) {
    const bool fits = std::all_of(chosen.begin(), chosen.end(), [&track](const Track& other) {
      return track.frames.front() > other.frames.back() || track.frames.back() < other.frames.front();
    });
    const double ratio = chosen.empty() ? 1 : track.mean_width() / chosen.front().mean_width();
    if (fits && ratio <= kSizeRatio && ratio >= 1 / kSizeRatio) chosen.push_back(std::move(track));
  }
  return chosen;
}

/// Centre x, centre y, width, height.
using Shape = std::array<double, 4>;

template <class Reduce>
std::vector<Shape> filtered(const std::vector<Shape>& shapes, Reduce&& reduce) {
  std::vector<Shape> result(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    // Symmetric, so narrower near the ends: a lopsided window would shift a moving face.
    const std::size_t reach = std::min({kSmoothing / 2, i, shapes.size() - 1 - i});
    for (std::size_t k = 0; k < 4; ++k) {
      std::vector<double> window;
      for (std::size_t j = i - reach; j <= i + reach; ++j) window.push_back(shapes[j][k]);
      result[i][k] = reduce(window);
    }
  }
  return result;
}

double median(std::vector<double>& window) {
  const auto middle = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
  std::nth_element(window.begin(), middle, window.end());
  return *middle;
}

double mean(const std::vector<double>& window) {
  return std::accumulate(window.begin(), window.end(), 0.0) / static_cast<double>(window.size());
}

/// Gaps filled linearly, outliers removed by a median, jitter by a mean.
void write_track(const Track& track, FaceTrack& result) {
  const std::size_t first = track.frames.front();
  std::vector<Shape> shapes;
  std::vector<bool> seen;
  for (std::size_t i = 0; i < track.frames.size(); ++i) {
    const cv::Rect2d& box = track.boxes[i];
    const Shape shape = {box.x + box.width / 2, box.y + box.height / 2, box.width, box.height};
    const std::size_t step = i == 0 ? 1 : track.frames[i] - track.frames[i - 1];
    const Shape before = i == 0 ? shape : shapes.back();
    for (std::size_t j = 1; j <= step; ++j) {
      const double share = static_cast<double>(j) / static_cast<double>(step);
      Shape between{};
      for (std::size_t k = 0; k < 4; ++k) between[k] = before[k] + share * (shape[k] - before[k]);
      shapes.push_back(between);
      seen.push_back(j == step);
    }
  }
  shapes = filtered(filtered(shapes, median), mean);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto& [x, y, width, height] = shapes[i];
    result.boxes[first + i] = FaceTrack::Box{static_cast<float>(x - width / 2), static_cast<float>(y - height / 2),
                                             static_cast<float>(width), static_cast<float>(height), !seen[i]};
  }
}

FaceTrack track_faces(const Clip& clip) {
  const auto max_step = static_cast<std::size_t>(kGapS * clip.fps) + 1;
  const auto min_frames = std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(kMinTrackS * clip.fps)), 1,
                                                  std::max<std::size_t>(clip.frames.size(), 1));
  FaceTrack result;
  result.boxes.resize(clip.frames.size());
  for (const Track& track : main_tracks(find_tracks(clip, max_step), min_frames)) write_track(track, result);
  return result;
}

/// Least recently used tracks go when the boxes kept exceed a bound.
class Cache {
 public:
  Shared<FaceTrack> find(const Digest& key) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  /// Returns what is cached under the key, which another thread may have put there meanwhile.
  Shared<FaceTrack> insert(const Digest& key, Shared<FaceTrack> track) {
    const std::lock_guard lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) return found->second->second;
    boxes_ += track->boxes.size();
    entries_.emplace_front(key, track);
    index_[key] = entries_.begin();
    while (boxes_ > kMaxBoxes && entries_.size() > 1) {
      boxes_ -= entries_.back().second->boxes.size();
      index_.erase(entries_.back().first);
      entries_.pop_back();
    }
    return track;
  }

 private:
  static constexpr std::size_t kMaxBoxes = 1 << 21;  // about 50 MB: 25,000 clips of 3 s
  using Entry = std::pair<Digest, Shared<FaceTrack>>;
  std::mutex mutex_;
  std::list<Entry> entries_;
  std::map<Digest, std::list<Entry>::iterator> index_;
  std::size_t boxes_ = 0;
};

Cache& cache() {
  static Cache instance;
  return instance;
}

Digest content_of(const Clip& clip) {
  Hasher hasher;
  hasher.add(clip.fps);
  for (const Shared<Image>& frame : clip.frames) {
    hasher.add(std::int64_t{frame->width}).add(std::int64_t{frame->height});
    hasher.add_array(std::span<const std::uint8_t>(frame->pixels));
  }
  return hasher.finish();
}

}  // namespace

Shared<FaceTrack> face_track(const Clip& clip) {
  if (!(clip.fps > 0 && std::isfinite(clip.fps))) {
    throw Error(ErrorKind::kInternal, "clip of " + std::to_string(clip.fps) + " frames a second");
  }
  silence_libraries();
  const Digest key = content_of(clip);
  if (Shared<FaceTrack> known = cache().find(key)) return known;
  return cache().insert(key, std::make_shared<const FaceTrack>(track_faces(clip)));
}

}  // namespace shakedown::media
