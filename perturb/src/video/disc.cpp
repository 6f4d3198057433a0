#include "disc.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linear_light.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kChannels = 3;

// One row of the disc: `full` pixels to each side of the middle with weight 1, one more with `rest`.
struct Chord {
  int full = 0;
  float rest = 0;
};

// Half the area of the disc that lies within the row of pixels `dy`: the integral of the half chord.
double half_area(double radius, int dy) {
  const auto primitive = [radius](double y) {
    y = std::clamp(y, -radius, radius);
    return 0.5 * (y * std::sqrt(radius * radius - y * y) + radius * radius * std::asin(y / radius));
  };
  return primitive(dy + 0.5) - primitive(dy - 0.5);
}

std::vector<Chord> chords(double radius, double& area) {
  std::vector<Chord> rows;  // dy = 0, 1, ...
  area = 0;
  for (int dy = 0; dy - 0.5 < radius; ++dy) {
    const double half = half_area(radius, dy), beyond = half - 0.5;  // the middle pixel has half on each side
    Chord chord;
    if (beyond <= 0) {
      chord = {-1, static_cast<float>(2 * half)};  // less than the middle pixel
    } else {
      chord.full = static_cast<int>(beyond);
      chord.rest = static_cast<float>(beyond - chord.full);
    }
    rows.push_back(chord);
    area += (dy == 0 ? 2 : 4) * half;
  }
  return rows;
}

}  // namespace

Image disc_blur(const Image& image, double radius) {
  if (image.pixels.empty() || !(radius > 0)) return image;
  double area = 0;
  const auto rows = chords(radius, area);
  if (area <= 1) return image;  // within one pixel
  const int reach = static_cast<int>(rows.size()) - 1;
  const int border = static_cast<int>(std::ceil(radius)) + 2;
  const auto width = static_cast<std::size_t>(image.width), padded = width + 2 * static_cast<std::size_t>(border);

  // Running sums along each row, with the ends repeated: the sum over any stretch is one difference.
  std::vector<double> sums((padded + 1) * kChannels * static_cast<std::size_t>(image.height));
  const auto& linear = linear_table();
  for (int y = 0; y < image.height; ++y) {
    double* sum = sums.data() + static_cast<std::size_t>(y) * (padded + 1) * kChannels;
    const std::uint8_t* codes = image.pixels.data() + static_cast<std::size_t>(y) * width * kChannels;
    for (std::size_t x = 0; x < padded; ++x) {
      const auto from = static_cast<std::size_t>(std::clamp(static_cast<int>(x) - border, 0, image.width - 1));
      for (std::size_t c = 0; c < kChannels; ++c) {
        sum[(x + 1) * kChannels + c] =
            sum[x * kChannels + c] + static_cast<double>(linear[codes[from * kChannels + c]]);
      }
    }
  }

  Image out{image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
  std::vector<double> light(width * kChannels);
  for (int y = 0; y < image.height; ++y) {
    std::fill(light.begin(), light.end(), 0.0);
    for (int dy = -reach; dy <= reach; ++dy) {
      const Chord& chord = rows[static_cast<std::size_t>(std::abs(dy))];
      const auto row = static_cast<std::size_t>(std::clamp(y + dy, 0, image.height - 1));
      const double* sum = sums.data() + row * (padded + 1) * kChannels;
      const auto inner = static_cast<std::size_t>(std::max(chord.full + 1, 0));  // pixels from the middle to a side
      const double rest = chord.full < 0 ? 0.5 * static_cast<double>(chord.rest) : static_cast<double>(chord.rest);
      for (std::size_t i = 0; i < width * kChannels; ++i) {
        const std::size_t middle = i + static_cast<std::size_t>(border) * kChannels;
        const double* low = sum + middle - (inner == 0 ? 0 : (inner - 1) * kChannels);
        const double* high = sum + middle + inner * kChannels;
        if (inner == 0) {
          light[i] += 2 * rest * (sum[middle + kChannels] - sum[middle]);
        } else {
          const double full = *high - *low, left = *low - low[-static_cast<std::ptrdiff_t>(kChannels)];
          light[i] += full + rest * (left + high[kChannels] - *high);
        }
      }
    }
    std::uint8_t* codes = out.pixels.data() + static_cast<std::size_t>(y) * width * kChannels;
    for (std::size_t i = 0; i < light.size(); ++i) codes[i] = encoder()(static_cast<float>(light[i] / area));
  }
  return out;
}

}  // namespace shakedown::perturb
