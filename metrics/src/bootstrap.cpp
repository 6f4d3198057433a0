#include "bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "shakedown/core/rng.h"

namespace shakedown::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The statistics asked for and all that they are made of, parts before wholes, each once.
class Plan {
 public:
  std::size_t add(const std::shared_ptr<const Resampled>& resampled) {
    const auto known = position_.find(resampled.get());
    if (known != position_.end()) return known->second;
    Step step{resampled.get(), {}};
    for (const auto& part : resampled->parts) step.parts.push_back(add(part));
    steps_.push_back(std::move(step));
    return position_.emplace(resampled.get(), steps_.size() - 1).first->second;
  }

  void evaluate(std::span<const double> weights) {
    values_.resize(steps_.size());
    influences_.resize(steps_.size(), std::vector<double>(weights.size()));
    for (std::size_t at = 0; at < steps_.size(); ++at) {
      const Step& step = steps_[at];
      values_[at] = step.parts.empty() ? step.resampled->of_samples(weights, influences_[at]) : combined(step, at);
    }
  }

  [[nodiscard]] double value(std::size_t at) const { return values_[at]; }

  /// Standard error of the mean of whole groups, from the influence of each.
  [[nodiscard]] double error(std::size_t at, std::span<const double> weights) const {
    if (std::isnan(values_[at])) return kNan;
    double sum = 0;
    for (std::size_t group = 0; group < weights.size(); ++group) {
      sum += weights[group] * influences_[at][group] * influences_[at][group];
    }
    const auto count = static_cast<double>(weights.size());
    return std::sqrt(count / (count - 1) * sum);
  }

 private:
  struct Step {
    const Resampled* resampled;
    std::vector<std::size_t> parts;
  };

  double combined(const Step& step, std::size_t at) {
    std::vector<double>& own = influences_[at];
    std::fill(own.begin(), own.end(), 0.0);
    arguments_.clear();
    for (const std::size_t part : step.parts) arguments_.push_back(values_[part]);
    if (std::any_of(arguments_.begin(), arguments_.end(), [](double x) { return std::isnan(x); })) return kNan;
    gradient_.resize(arguments_.size());
    const double value = step.resampled->of_parts(arguments_, gradient_);
    if (!std::isfinite(value)) return kNan;
    for (std::size_t part = 0; part < step.parts.size(); ++part) {
      if (gradient_[part] == 0) continue;
      const std::vector<double>& theirs = influences_[step.parts[part]];
      for (std::size_t group = 0; group < own.size(); ++group) own[group] += gradient_[part] * theirs[group];
    }
    return value;
  }

  std::vector<Step> steps_;
  std::map<const Resampled*, std::size_t> position_;
  std::vector<double> values_, arguments_, gradient_;
  std::vector<std::vector<double>> influences_;
};

}  // namespace

GroupDraws::GroupDraws(std::uint64_t seed, std::size_t groups, std::size_t draws)
    : groups_(groups), counts_(groups * draws, 0) {
  const Stream stream = Rng({seed, "metrics.bootstrap", 1, 0, "", 0}).stream("groups");
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (std::size_t at = 0; at < groups; ++at) ++counts_[draw * groups + stream.below(groups, at, draw)];
  }
}

void GroupDraws::weights(std::size_t draw, std::span<double> into) const {
  std::copy_n(counts_.begin() + static_cast<std::ptrdiff_t>(draw * groups_), groups_, into.begin());
}

std::vector<Bootstrapped> bootstrap(std::span<const Jackknifed* const> statistics, const GroupDraws& draws) {
  Plan plan;
  std::vector<std::size_t> steps;
  for (const Jackknifed* statistic : statistics) steps.push_back(plan.add(statistic->resampled));
  std::vector<Bootstrapped> results(statistics.size());
  std::vector<double> weights(draws.groups(), 1.0);
  plan.evaluate(weights);
  for (std::size_t at = 0; at < steps.size(); ++at) {
    results[at].value = plan.value(steps[at]);
    results[at].error = plan.error(steps[at], weights);
  }
  for (Bootstrapped& result : results) {
    result.values.resize(draws.size());
    result.errors.resize(draws.size());
  }
  struct Worker {
    Plan plan;
    std::vector<double> weights;
  };
  tbb::enumerable_thread_specific<Worker> workers(Worker{plan, weights});
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, draws.size()), [&](const auto& range) {
    Worker& own = workers.local();
    for (std::size_t draw = range.begin(); draw < range.end(); ++draw) {
      draws.weights(draw, own.weights);
      own.plan.evaluate(own.weights);
      for (std::size_t at = 0; at < steps.size(); ++at) {
        results[at].values[draw] = own.plan.value(steps[at]);
        results[at].errors[draw] = own.plan.error(steps[at], own.weights);
      }
    }
  });
  return results;
}

}  // namespace shakedown::metrics
