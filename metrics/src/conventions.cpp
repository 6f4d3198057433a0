#include "conventions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "shakedown/core/error.h"

namespace shakedown::metrics {

bool is_sims(const Task& task) {
  return task.convention == "sims" || task.convention == "simsv2";
}

int rounded_class(double x, int limit) {
  const float bound = static_cast<float>(limit);
  return static_cast<int>(std::nearbyint(std::clamp(static_cast<float>(x), -bound, bound)));
}

double clip_unit(double x) {
  return std::clamp(x, -1.0, 1.0);
}

int sims_class(double x, int classes) {
  static constexpr std::array<float, 1> kTwo{0.0F};
  static constexpr std::array<float, 2> kThree{-0.1F, 0.1F};
  static constexpr std::array<float, 4> kFive{-0.7F, -0.1F, 0.1F, 0.7F};
  std::span<const float> edges;
  switch (classes) {
    case 2: edges = kTwo; break;
    case 3: edges = kThree; break;
    case 5: edges = kFive; break;
    default: throw Error(ErrorKind::kInternal, "CH-SIMS has 2, 3 or 5 classes");
  }
  const float value = static_cast<float>(clip_unit(x));
  int index = 0;
  for (const float edge : edges) index += value > edge ? 1 : 0;
  return index;
}

int decision(const double* outputs, std::size_t columns, const Task& task) {
  if (task.kind == Task::Kind::kClassification) {
    return static_cast<int>(std::max_element(outputs, outputs + columns) - outputs);
  }
  return is_sims(task) ? sims_class(outputs[0], 2) : (static_cast<float>(outputs[0]) >= 0.0F ? 1 : 0);
}

std::vector<double> probabilities(const double* outputs, std::size_t columns, const Task& task) {
  std::vector<double> result(outputs, outputs + columns);
  if (task.probabilities) return result;
  const double top = *std::max_element(result.begin(), result.end());
  double sum = 0;
  for (double& value : result) sum += value = std::exp(value - top);
  for (double& value : result) value /= sum;
  return result;
}

double position(const double* outputs, std::size_t columns, const Task& task) {
  if (task.kind == Task::Kind::kRegression) return is_sims(task) ? clip_unit(outputs[0]) : outputs[0];
  const std::vector<double> shares = probabilities(outputs, columns, task);
  double expected = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    const auto found = task.polarity.find(task.labels[column]);
    if (found != task.polarity.end()) expected += shares[column] * found->second;
  }
  return expected;
}

double movement_margin(const Task& task, const std::vector<double>& labels) {
  if (task.kind == Task::Kind::kClassification) return 0.05;
  if (is_sims(task)) return 0.05 * 2.0;
  if (task.convention == "mosi" || task.convention == "mosei") return 0.05 * 6.0;
  if (labels.empty()) return 0.0;
  const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
  return 0.05 * (*high - *low);
}

bool flipped(const double* now, const double* before, std::size_t columns, const Task& task) {
  constexpr double kBeyond = 0.1;  // of the label unit, on both sides of zero
  if (task.kind == Task::Kind::kClassification) return decision(now, columns, task) != decision(before, columns, task);
  return std::abs(now[0]) > kBeyond && std::abs(before[0]) > kBeyond && now[0] * before[0] < 0;
}

const char* flip_rate_name(const Task& task) {
  return task.kind == Task::Kind::kRegression ? "flip_beyond" : "flips";
}

double prediction_shift(const double* now, const double* before, std::size_t columns, const Task& task) {
  if (task.kind == Task::Kind::kRegression) return std::abs(now[0] - before[0]);
  const auto p = probabilities(now, columns, task), q = probabilities(before, columns, task);
  double sum = 0;
  for (std::size_t column = 0; column < columns; ++column) sum += std::abs(p[column] - q[column]);
  return sum / 2;
}

int moved(const double* now, const double* before, int direction, double margin, std::size_t columns,
          const Task& task) {
  const double by = direction * (position(now, columns, task) - position(before, columns, task));
  return by > margin ? 1 : by < -margin ? -1 : 0;
}

}  // namespace shakedown::metrics
