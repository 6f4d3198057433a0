#include "pictures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "shakedown/media/audio.h"
#include "shakedown/media/faces.h"

namespace shakedown::reports {
namespace {

constexpr int kWidth = 320, kSpectrogramHeight = 80, kFrameHeight = 96, kMostMapHeight = 120, kFramesShown = 6;
constexpr int kGap = 2, kWaveformHeight = 48;
constexpr double kSquaresAcross = 6, kMostSquaresDown = 16;
constexpr double kRangeDb = 80;

using Colour = std::array<double, 3>;  // B G R, 0..255

/// The colour at `t` in [0, 1] between equally spaced anchors.
template <std::size_t N>
Colour between(const std::array<Colour, N>& anchors, double t) {
  const double place = std::clamp(t, 0.0, 1.0) * (N - 1);
  const auto i = std::min(static_cast<std::size_t>(place), N - 2);
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c)
    colour[c] = anchors[i][c] + (place - static_cast<double>(i)) * (anchors[i + 1][c] - anchors[i][c]);
  return colour;
}

constexpr std::array<Colour, 5> kHeat{Colour{0, 0, 0}, Colour{110, 30, 60}, Colour{90, 55, 190}, Colour{70, 150, 250},
                                      Colour{220, 250, 255}};
constexpr std::array<Colour, 3> kDiverging{Colour{172, 102, 33}, Colour{247, 247, 247}, Colour{43, 24, 178}};
constexpr Colour kNotFinite{128, 128, 128}, kTrace{230, 190, 110};

Image blank(int width, int height) {
  Image image{width, height, {}};
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return image;
}

std::uint8_t* pixel(Image& image, int x, int y) {
  return image.pixels.data() +
         (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) * 3;
}

void set(Image& image, int x, int y, const Colour& colour) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  for (std::size_t c = 0; c < 3; ++c) pixel(image, x, y)[c] = static_cast<std::uint8_t>(std::lround(colour[c]));
}

media::LogMelOptions mel_options(const Waveform& waveform) {
  media::LogMelOptions options;
  options.sample_rate_hz = waveform.sample_rate_hz;
  options.high_hz = std::min(8000.0, waveform.sample_rate_hz / 2.0);
  options.fft = std::max(64, waveform.sample_rate_hz / 40);
  options.hop = std::max(1, waveform.sample_rate_hz / 100);
  options.mels = kSpectrogramHeight;
  return options;
}

void outline(Image& image, double x, double y, double width, double height) {
  constexpr Colour kFace{80, 220, 80};
  const auto left = static_cast<int>(std::lround(x)), top = static_cast<int>(std::lround(y));
  const auto right = static_cast<int>(std::lround(x + width)), bottom = static_cast<int>(std::lround(y + height));
  for (int i = left; i <= right; ++i) set(image, i, top, kFace), set(image, i, bottom, kFace);
  for (int i = top; i <= bottom; ++i) set(image, left, i, kFace), set(image, right, i, kFace);
}

int strip_width(const Image& frame) {
  return std::max(1, static_cast<int>(std::lround(frame.width * static_cast<double>(kFrameHeight) / frame.height)));
}

const FaceTrack::Box* box_of(const FaceTrack* faces, std::size_t at) {
  return faces != nullptr && at < faces->boxes.size() && faces->boxes[at] ? &*faces->boxes[at] : nullptr;
}

/// Some frames side by side, each as `draw` makes it: kFrameHeight high.
template <class Draw>
std::optional<Image> strip_of(const Clip& clip, Draw draw) {
  if (clip.frames.empty()) return std::nullopt;
  const auto shown = std::min<std::size_t>(kFramesShown, clip.frames.size());
  std::vector<Image> cells;
  int width = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t at = shown == 1 ? 0 : i * (clip.frames.size() - 1) / (shown - 1);
    cells.push_back(draw(*clip.frames[at], at));
    width += cells.back().width + (i == 0 ? 0 : kGap);
  }
  Image strip = blank(width, kFrameHeight);
  int left = 0;
  for (auto& cell : cells) {
    for (int y = 0; y < cell.height; ++y)
      std::copy_n(pixel(cell, 0, y), static_cast<std::size_t>(cell.width) * 3, pixel(strip, left, y));
    left += cell.width + kGap;
  }
  return strip;
}

struct Column {
  double mean = 0, deviation = 1;
};

Column column_of(const Sequence& sequence, std::size_t dim) {
  double sum = 0, squares = 0;
  std::size_t n = 0;
  for (std::size_t t = 0; t < std::min(sequence.length, sequence.steps); ++t) {
    const double value = sequence.row(t)[dim];
    if (!std::isfinite(value)) continue;
    sum += value;
    squares += value * value;
    ++n;
  }
  if (n == 0) return {};
  const double mean = sum / static_cast<double>(n);
  const double deviation = std::sqrt(std::max(0.0, squares / static_cast<double>(n) - mean * mean));
  return {mean, deviation > 0 ? deviation : 1};
}

}  // namespace

double loudest_db(const Waveform& waveform) {
  const auto mel = media::log_mel(waveform, mel_options(waveform));
  const auto loudest = std::max_element(mel.values.begin(), mel.values.end());
  return loudest == mel.values.end() ? 0 : 10.0 * *loudest;
}

std::optional<Image> spectrogram(const Waveform& waveform, double top_db) {
  if (waveform.frames() < static_cast<std::size_t>(mel_options(waveform).fft)) return std::nullopt;
  const auto mel = media::log_mel(waveform, mel_options(waveform));
  if (mel.steps == 0) return std::nullopt;
  Image image = blank(static_cast<int>(mel.steps), kSpectrogramHeight);
  for (int x = 0; x < image.width; ++x) {
    for (int y = 0; y < image.height; ++y) {
      const double db = 10.0 * mel.row(static_cast<std::size_t>(x))[image.height - 1 - y];
      set(image, x, y, between(kHeat, 1 + (db - top_db) / kRangeDb));
    }
  }
  return media::resize(image, kWidth, kSpectrogramHeight);
}

std::optional<Image> waveform_picture(const Waveform& waveform) {
  const auto frames = waveform.frames();
  if (frames == 0) return std::nullopt;
  Image image = blank(kWidth, kWaveformHeight);
  const auto channels = static_cast<std::size_t>(waveform.channels);
  const auto row = [&](float value) {
    return static_cast<int>(std::lround((1 - std::clamp(value, -1.0F, 1.0F)) / 2 * (kWaveformHeight - 1)));
  };
  for (int x = 0; x < kWidth; ++x) {
    const auto begin = frames * static_cast<std::size_t>(x) / kWidth;
    const auto end = std::max(begin + 1, frames * static_cast<std::size_t>(x + 1) / kWidth);
    const auto [low, high] =
        std::minmax_element(waveform.pcm.begin() + static_cast<std::ptrdiff_t>(begin * channels),
                            waveform.pcm.begin() + static_cast<std::ptrdiff_t>(std::min(end, frames) * channels));
    for (int y = row(*high); y <= row(*low); ++y) set(image, x, y, kTrace);
  }
  return image;
}

std::optional<Image> frame_strip(const Clip& clip, const FaceTrack* faces) {
  return strip_of(clip, [&](const Image& frame, std::size_t at) {
    const double scale = static_cast<double>(kFrameHeight) / frame.height;
    Image cell = media::resize(frame, strip_width(frame), kFrameHeight);
    if (const auto* box = box_of(faces, at))
      outline(cell, box->x * scale, box->y * scale, box->width * scale, box->height * scale);
    return cell;
  });
}

std::optional<Image> hidden_strip(const Clip& clip, const FaceTrack* faces) {
  return strip_of(clip, [&](const Image& frame, std::size_t at) {
    const auto* box = box_of(faces, at);
    double side = std::max(frame.width, frame.height) / kSquaresAcross;
    // A box too small for its frame may be no face at all.
    if (box != nullptr)
      side = std::max<double>(std::max(box->width, box->height) / kSquaresAcross, frame.height / kMostSquaresDown);
    const auto squares = [&](int length) { return std::max(1, static_cast<int>(std::floor(length / side))); };
    const Image small = media::resize(frame, squares(frame.width), squares(frame.height));
    Image cell = blank(strip_width(frame), kFrameHeight);
    for (int y = 0; y < cell.height; ++y) {
      for (int x = 0; x < cell.width; ++x) {
        const int from_x = x * small.width / cell.width, from_y = y * small.height / cell.height;
        std::copy_n(small.pixels.data() + (static_cast<std::ptrdiff_t>(from_y) * small.width + from_x) * 3, 3,
                    pixel(cell, x, y));
      }
    }
    return cell;
  });
}

std::optional<Image> feature_map(const Sequence& sequence, const Sequence& clean) {
  const auto steps = std::min(sequence.length, sequence.steps);
  if (steps == 0 || sequence.dims == 0 || sequence.dims != clean.dims) return std::nullopt;
  Image image = blank(static_cast<int>(steps), static_cast<int>(sequence.dims));
  for (int y = 0; y < image.height; ++y) {
    const auto dim = static_cast<std::size_t>(y);
    const auto column = column_of(clean, dim);
    for (int x = 0; x < image.width; ++x) {
      const double value = sequence.row(static_cast<std::size_t>(x))[dim];
      const double z = (value - column.mean) / column.deviation;
      set(image, x, y, std::isfinite(z) ? between(kDiverging, 0.5 + z / 6) : kNotFinite);
    }
  }
  return media::resize(image, kWidth, std::clamp(4 * image.height, 24, kMostMapHeight));
}

}  // namespace shakedown::reports
