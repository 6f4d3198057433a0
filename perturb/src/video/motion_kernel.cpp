#include "motion_kernel.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace shakedown::perturb {
namespace {

// Points at even times along the polyline, centred on their mean.
std::vector<Point> sampled(std::span<const Point> path, std::size_t count) {
  std::vector<Point> points(count);
  Point mean;
  for (std::size_t i = 0; i < count; ++i) {
    const double time =
        (static_cast<double>(i) + 0.5) / static_cast<double>(count) * static_cast<double>(path.size() - 1);
    const auto segment = std::min(static_cast<std::size_t>(time), path.size() - 2);
    const double t = time - static_cast<double>(segment);
    points[i] = {std::lerp(path[segment].x, path[segment + 1].x, t),
                 std::lerp(path[segment].y, path[segment + 1].y, t)};
    mean.x += points[i].x / static_cast<double>(count);
    mean.y += points[i].y / static_cast<double>(count);
  }
  for (Point& point : points) point = {point.x - mean.x, point.y - mean.y};
  return points;
}

// Second moment (both axes together) of the kernel that `points` make at `scale`. Bilinear placement of a
// point at a fraction f between two pixels adds f (1 - f).
double second_moment(const std::vector<Point>& points, double scale) {
  const auto placement = [](double x) {
    const double f = x - std::floor(x);
    return f * (1 - f);
  };
  double sum = 0;
  for (const Point& point : points) {
    const double x = scale * point.x, y = scale * point.y;
    sum += x * x + y * y + placement(x) + placement(y);
  }
  return sum / static_cast<double>(points.size());
}

double scale_for(const std::vector<Point>& points, double length) {
  const double wanted = length * length / 12;
  double low = 0, high = 1;
  while (second_moment(points, high) < wanted && high < 1e12) high *= 2;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = 0.5 * (low + high);
    (second_moment(points, middle) < wanted ? low : high) = middle;
  }
  return low;
}

}  // namespace

std::vector<Point> line_path(double angle_degrees) {
  const double angle = angle_degrees * std::numbers::pi / 180;
  const Point end{0.5 * std::cos(angle), 0.5 * std::sin(angle)};
  return {{-end.x, -end.y}, end};
}

std::vector<Point> shake_path(std::span<const Point> steps) {
  std::vector<Point> control(1);
  for (const Point& step : steps) control.push_back({control.back().x + step.x, control.back().y + step.y});
  constexpr int kPerSegment = 32;
  std::vector<Point> path;
  for (std::size_t i = 0; i + 3 < control.size(); ++i) {
    for (int j = 0; j < kPerSegment; ++j) {
      const double t = static_cast<double>(j) / kPerSegment, s = 1 - t;
      const double a = s * s * s / 6, b = (3 * t * t * t - 6 * t * t + 4) / 6, c = (3 * s * s * s - 6 * s * s + 4) / 6,
                   d = t * t * t / 6;
      path.push_back({a * control[i].x + b * control[i + 1].x + c * control[i + 2].x + d * control[i + 3].x,
                      a * control[i].y + b * control[i + 1].y + c * control[i + 2].y + d * control[i + 3].y});
    }
  }
  return path;
}

Kernel motion_kernel(std::span<const Point> path, double length) {
  const auto count = std::max<std::size_t>(256, static_cast<std::size_t>(16 * length));
  auto points = sampled(path, count);
  const double scale = scale_for(points, length);
  std::map<std::pair<int, int>, double> weights;  // by row, then column
  for (const Point& point : points) {
    const double x = scale * point.x, y = scale * point.y;
    const int column = static_cast<int>(std::floor(x)), row = static_cast<int>(std::floor(y));
    const double fx = x - column, fy = y - row;
    const double share = 1 / static_cast<double>(count);
    weights[{row, column}] += share * (1 - fx) * (1 - fy);
    weights[{row, column + 1}] += share * fx * (1 - fy);
    weights[{row + 1, column}] += share * (1 - fx) * fy;
    weights[{row + 1, column + 1}] += share * fx * fy;
  }
  Kernel kernel;
  for (const auto& [place, weight] : weights) {
    if (weight < 1e-7) continue;  // rounding dust
    kernel.taps.push_back({place.second, place.first, static_cast<float>(weight)});
    kernel.radius = std::max({kernel.radius, std::abs(place.first), std::abs(place.second)});
  }
  return kernel;
}

}  // namespace shakedown::perturb
