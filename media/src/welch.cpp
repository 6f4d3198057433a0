#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "fft.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {

Spectra welch(std::span<const float> x, std::span<const float> y, std::size_t size) {
  if (size < 2 || (!y.empty() && y.size() != x.size())) {
    throw Error(ErrorKind::kInternal, "Welch's method on " + std::to_string(x.size()) + " and " +
                                          std::to_string(y.size()) + " samples in windows of " + std::to_string(size));
  }
  Spectra spectra{std::vector<double>(size / 2 + 1), {}, {}};
  if (!y.empty()) {
    spectra.yy.resize(size / 2 + 1);
    spectra.xy.resize(size / 2 + 1);
  }
  std::vector<float> window(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
    window[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
  RealFft of_x(size, RealFft::Direction::kForward), of_y(size, RealFft::Direction::kForward);
  for (std::size_t start = 0; start + size <= x.size(); start += std::max<std::size_t>(1, size / 2)) {
    for (std::size_t i = 0; i < size; ++i) of_x.signal()[i] = window[i] * x[start + i];
    of_x.run();
    if (!y.empty()) {
      for (std::size_t i = 0; i < size; ++i) of_y.signal()[i] = window[i] * y[start + i];
      of_y.run();
    }
    for (std::size_t bin = 0; bin <= size / 2; ++bin) {
      const std::complex<double> a(of_x.bins()[2 * bin], of_x.bins()[2 * bin + 1]);
      spectra.xx[bin] += std::norm(a);
      if (y.empty()) continue;
      const std::complex<double> b(of_y.bins()[2 * bin], of_y.bins()[2 * bin + 1]);
      spectra.yy[bin] += std::norm(b);
      spectra.xy[bin] += std::conj(a) * b;
    }
  }
  return spectra;
}

}  // namespace shakedown::media
