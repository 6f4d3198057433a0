// Lost stretches of sound, frames and words.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "missing/write.h"
#include "text/words_removed.h"

namespace shakedown::perturb {
namespace {

std::vector<bool> flags(std::size_t count, const std::vector<std::size_t>& lost) {
  std::vector<bool> gone(count, false);
  for (const std::size_t i : lost) gone[i] = true;
  return gone;
}

template <class T>
std::vector<T> remaining(const std::vector<T>& all, const std::vector<bool>& gone) {
  std::vector<T> left;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i >= gone.size() || !gone[i]) left.push_back(all[i]);
  }
  return left;
}

double root_mean_square(const std::vector<float>& pcm) {
  double power = 0;
  for (const float x : pcm) power += static_cast<double>(x) * x;
  return pcm.empty() ? 0 : std::sqrt(power / static_cast<double>(pcm.size()));
}

// Every pixel drawn by itself, as a screen without a signal shows.
Shared<Image> snow(const Image& like, std::size_t frame, const Stream& stream) {
  auto image = std::make_shared<Image>(like);
  for (std::size_t i = 0; i < image->pixels.size(); i += sizeof(std::uint64_t)) {
    const std::uint64_t bits = stream.bits(i, frame);
    std::memcpy(image->pixels.data() + i, &bits, std::min(sizeof bits, image->pixels.size() - i));
  }
  return image;
}

Shared<Image> black(const Image& like) {
  return std::make_shared<Image>(Image{like.width, like.height, std::vector<std::uint8_t>(like.pixels.size(), 0)});
}

}  // namespace

Shared<Waveform> fill_sound(const Waveform& whole, const std::vector<std::size_t>& lost, const std::string& fill,
                            const Stream& stream) {
  auto filled = std::make_shared<Waveform>(whole);
  const std::size_t width = sound_step(whole) * static_cast<std::size_t>(whole.channels);
  if (fill == "remove") {
    const std::vector<bool> gone = flags((whole.pcm.size() + width - 1) / width, lost);
    filled->pcm.clear();
    for (std::size_t i = 0; i < whole.pcm.size(); ++i) {
      if (!gone[i / width]) filled->pcm.push_back(whole.pcm[i]);
    }
    return filled;
  }
  const double level = root_mean_square(whole.pcm);  // noise as loud as the clip
  for (const std::size_t step : lost) {
    const std::size_t begin = step * width, end = std::min(begin + width, whole.pcm.size());
    for (std::size_t i = begin; i < end; ++i) {
      float value = 0;
      if (fill == "hold" && step > 0) value = filled->pcm[i - width];  // observed, or filled already
      if (fill == "noise") value = static_cast<float>(std::clamp(level * stream.normal(i), -1.0, 1.0));
      filled->pcm[i] = value;
    }
  }
  return filled;
}

void fill_frames(Sample& sample, const std::vector<std::size_t>& lost, const std::string& fill, const Stream& stream) {
  auto clip = std::make_shared<Clip>(*sample.clip);
  if (fill == "remove") {
    const std::vector<bool> gone = flags(clip->frames.size(), lost);
    clip->frames = remaining(sample.clip->frames, gone);
    if (sample.faces) sample.faces = std::make_shared<FaceTrack>(FaceTrack{remaining(sample.faces->boxes, gone)});
  }
  Shared<Image> blank;  // one black picture serves all frames of its size
  for (const std::size_t i : fill == "remove" ? std::vector<std::size_t>() : lost) {
    const Image& image = *sample.clip->frames[i];
    if (fill == "noise") {
      clip->frames[i] = snow(image, i, stream);
    } else if (fill == "hold" && i > 0) {
      clip->frames[i] = clip->frames[i - 1];
    } else {
      if (!blank || blank->width != image.width || blank->height != image.height) blank = black(image);
      clip->frames[i] = blank;
    }
  }
  sample.clip = std::move(clip);
}

Shared<Transcript> without_words(const Transcript& whole, const std::vector<std::size_t>& lost) {
  std::vector<media::WordSpan> words;
  if (whole.times.empty()) words = media::segment_words(whole.text, whole.language);
  for (const auto& word : whole.times) words.push_back({word.begin, word.end});
  return std::make_shared<Transcript>(rewrite(whole, removal_of(whole.text, words, lost)));
}

}  // namespace shakedown::perturb
