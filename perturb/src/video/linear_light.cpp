#include "linear_light.h"

#include <cmath>

namespace shakedown::perturb {
namespace {

double code_of(double linear) {
  const double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
  return 255 * value;
}

}  // namespace

double linear_of(double code) {
  const double value = code / 255;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

const std::array<float, 256>& linear_table() {
  static const auto kTable = [] {
    std::array<float, 256> table{};
    for (std::size_t code = 0; code < table.size(); ++code) {
      table[code] = static_cast<float>(linear_of(static_cast<double>(code)));
    }
    return table;
  }();
  return kTable;
}

Encoder::Encoder() {
  for (std::size_t step = 0; step < codes_.size(); ++step) {
    codes_[step] = static_cast<std::uint8_t>(std::lround(code_of(static_cast<double>(step) / kSteps)));
  }
}

const Encoder& encoder() {
  static const Encoder kEncoder;
  return kEncoder;
}

}  // namespace shakedown::perturb
