#include "missing/drawn.h"

#include <algorithm>
#include <cmath>

#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {
namespace {

double end_of(const Track& track) {
  if (track.times_s.empty()) return 0;
  const std::size_t n = track.times_s.size();
  const double step = n > 1 ? track.times_s[n - 1] - track.times_s[n - 2] : 2 * track.times_s.front();
  return track.times_s.back() + step / 2;
}

// Gives steps whose time is not known an even share of the clip, where any modality tells how long it is.
bool add_times(std::vector<Track>& tracks, double audio_hz, double video_hz) {
  double seconds = 0;
  for (Track& track : tracks) {
    const double hz = track.form == Form::kAudioFeatures    ? audio_hz
                      : track.form == Form::kVisionFeatures ? video_hz
                                                            : 0;
    for (std::size_t i = 0; hz > 0 && i < track.length; ++i) {
      track.times_s.push_back((static_cast<double>(i) + 0.5) / hz);
    }
    seconds = std::max(seconds, end_of(track));
  }
  if (seconds <= 0) return false;
  for (Track& track : tracks) {
    if (!track.times_s.empty()) continue;
    for (std::size_t i = 0; i < track.length; ++i) {
      track.times_s.push_back((static_cast<double>(i) + 0.5) / static_cast<double>(track.length) * seconds);
    }
  }
  return true;
}

// The step of `times` nearest to `time`, or times.size() when it lies beyond the last by more than half a step.
std::size_t step_at(const std::vector<double>& times, double time, double end) {
  if (time > end) return times.size();
  const auto after = std::lower_bound(times.begin(), times.end(), time);
  if (after == times.begin()) return 0;
  if (after == times.end()) return times.size() - 1;
  return static_cast<std::size_t>(after - times.begin()) - (time - *(after - 1) <= *after - time ? 1 : 0);
}

}  // namespace

double DrawnLoss::rate_of(const Track& track) const {
  switch (modality_of(track.form)) {
    case Modality::kText: return options_.rate * options_.text_rate;
    case Modality::kAudio: return options_.rate * options_.audio_rate;
    default: return options_.rate * options_.video_rate;
  }
}

std::string DrawnLoss::draw(const Sample&, const Corpus&, const Rng& rng, std::vector<Track>& tracks) const {
  if (options_.sharing == "shared") {
    share(tracks, rng.stream("shared"));
  } else {
    for (Track& track : tracks) {
      track.lost = pick(rng.stream(modality_name(modality_of(track.form))), track.eligible, rate_of(track));
    }
  }
  return "";
}

void DrawnLoss::share(std::vector<Track>& tracks, const Stream& stream) const {
  const auto fewest = [&] {
    return *std::min_element(tracks.begin(), tracks.end(), [](const Track& a, const Track& b) {
      return count_eligible(a.eligible) < count_eligible(b.eligible);
    });
  };
  const bool timed = add_times(tracks, options_.audio_hz, options_.video_hz);
  const Track leader = fewest();
  const std::vector<std::size_t> steps = positions_of(leader.eligible);
  if (steps.empty()) return;
  const bool aligned = !timed && std::all_of(tracks.begin(), tracks.end(),
                                             [&](const Track& track) { return track.eligible == leader.eligible; });
  for (Track& track : tracks) {
    if (aligned) {
      track.lost = pick(stream, leader.eligible, rate_of(track));
      continue;
    }
    const std::vector<std::size_t> lost = pick(stream, eligible_units(steps.size()), rate_of(track));
    const std::vector<std::size_t> positions = positions_of(track.eligible);
    if (!timed) {
      for (const std::size_t i : follow(positions.size(), steps.size(), lost)) track.lost.push_back(positions[i]);
      continue;
    }
    std::vector<bool> gone(leader.length + 1, false);
    for (const std::size_t i : lost) gone[steps[i]] = true;
    for (const std::size_t position : positions) {
      if (gone[step_at(leader.times_s, track.times_s[position], end_of(leader))]) track.lost.push_back(position);
    }
  }
}

}  // namespace shakedown::perturb
