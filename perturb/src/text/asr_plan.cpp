#include "text/asr_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

namespace shakedown::perturb {
namespace {

constexpr double kSwallowed = 3;  // a function word is deleted so much oftener than a content word that is hit

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

// Inverse of the normal distribution function to 7 digits (Wichura, Applied Statistics 37, 1988: AS 241, PPND7).
double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
           (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0);
  }
  double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  double value = 0;
  if (r <= 5) {
    r -= 1.6;
    value = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
            ((0.12021132975 * r + 0.73700164250) * r + 1.0);
  } else {
    r -= 5;
    value = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150) /
            ((0.012258202635 * r + 0.24197894225) * r + 1.0);
  }
  return q < 0 ? -value : value;
}

// How hard each word is: the lower, the sooner it is hit.
std::vector<double> ranking_keys(const AsrModel& model, const std::vector<bool>& function, const Rng& rng) {
  const Stream stream = rng.stream("words");
  std::vector<double> keys;
  double state = 0;
  for (std::size_t i = 0; i < function.size(); ++i) {
    const double fresh = stream.normal(i);
    state = i == 0 ? fresh : model.burst * state + std::sqrt(1 - model.burst * model.burst) * fresh;
    const double uniform = std::max(normal_cdf(-state), 1e-300);
    keys.push_back(-std::log(uniform) / (function[i] ? 1 : model.content));  // a race of exponential clocks
  }
  return keys;
}

}  // namespace

std::vector<AsrError> plan_errors(const AsrModel& model, const std::vector<bool>& function, double difficulty,
                                  const Rng& rng) {
  std::vector<AsrError> plan(function.size(), AsrError::kNone);
  if (function.empty() || model.rate <= 0) return plan;
  const double centre = normal_quantile(model.rate);
  const double place = normal_quantile(std::clamp(difficulty, 1e-9, 1 - 1e-9));
  const double share = normal_cdf((centre + std::sqrt(model.spread) * place) / std::sqrt(1 - model.spread));
  const double expected = share * static_cast<double>(function.size());
  const auto count = std::min(function.size(), static_cast<std::size_t>(expected + rng.stream("count").uniform(0)));

  const auto keys = ranking_keys(model, function, rng);
  std::vector<std::size_t> order(function.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });

  // Deletions are `deletions` of the errors whatever the share of function words among those likely to be hit.
  double hit_function = 0, hit = 0;
  for (const bool each : function) {
    hit += each ? 1 : model.content;
    hit_function += each ? 1 : 0;
  }
  const double f = hit_function / hit;
  const double content_deleted = model.deletions / (f * kSwallowed + 1 - f);
  const double most = 1 - model.insertions;
  const double function_deleted = std::min(most, content_deleted * kSwallowed);
  const double rest = f < 1 ? std::min(most, (model.deletions - f * function_deleted) / (1 - f)) : 0;
  const Stream kinds = rng.stream("kinds");
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t i = order[n];
    const double ticket = kinds.uniform(i);
    if (ticket < model.insertions) {
      plan[i] = kinds.uniform(i, 1) < 0.5 ? AsrError::kInsertedBefore : AsrError::kInsertedAfter;
    } else {
      plan[i] = ticket - model.insertions < (function[i] ? function_deleted : rest) ? AsrError::kDeleted
                                                                                    : AsrError::kSubstituted;
    }
  }

  // An insertion goes to the side without a deletion in its run; between two deletions it is a substitution.
  const auto deletion_beside = [&](std::size_t i, bool after) {
    while (after ? ++i < plan.size() : i-- > 0) {
      if (plan[i] == AsrError::kDeleted) return true;
      if (plan[i] != AsrError::kSubstituted) return false;
    }
    return false;
  };
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i] != AsrError::kInsertedBefore && plan[i] != AsrError::kInsertedAfter) continue;
    const bool before = deletion_beside(i, false), after = deletion_beside(i, true);
    if (before && after) {
      plan[i] = AsrError::kSubstituted;
    } else if (before) {
      plan[i] = AsrError::kInsertedAfter;
    } else if (after) {
      plan[i] = AsrError::kInsertedBefore;
    }
  }
  return plan;
}

}  // namespace shakedown::perturb
