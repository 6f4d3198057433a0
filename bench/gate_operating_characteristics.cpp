// How often a gate decides rightly, by simulation with known truth. Two checkpoints whose losses are N(0, 1), correlate
// by .5 and share intra-group correlation, in groups of 9 to 63 samples; a rule whose margin is t(.95) + t(.80) true
// standard errors of their difference. Prints the tables of docs/gate.md. Usage: gate_operating_characteristics
// [trials]

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <boost/math/distributions/non_central_t.hpp>

#include "../metrics/src/verdict.h"

namespace shakedown::metrics {
namespace {

constexpr double kTail = 0.05;

MetricSpec mean_loss() {
  MetricSpec spec;
  spec.name = "loss";
  spec.higher_is_better = false;
  spec.sums = [](const Scored& scored, const Task&) {
    return Sums{2,
                [&scored](std::size_t row, double* sums) {
                  sums[0] += 1;
                  sums[1] += scored.outputs[row];
                },
                [](const double* sums) -> Value {
                  return {sums[1] / sums[0], {}};
                }};
  };
  return spec;
}

/// Losses of both checkpoints without any difference in truth.
struct Pair {
  Scored baseline, candidate;
  std::vector<int> groups, samples;
  double true_error = 0;  ///< standard error of the difference of means, given the sizes of the groups
};

Pair draw(std::mt19937_64& random, int group_count, double rho) {
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> size(9, 63);
  const double of_group = std::sqrt(rho), of_sample = std::sqrt(1 - rho), half = std::sqrt(0.5);
  Pair pair;
  double squares = 0;
  for (int group = 0; group < group_count; ++group) {
    const std::array<double, 3> shared{of_group * normal(random), of_group * normal(random), of_group * normal(random)};
    const int members = size(random);
    squares += static_cast<double>(members) * members;
    for (int member = 0; member < members; ++member) {
      std::array<double, 3> part{};
      for (std::size_t at = 0; at < 3; ++at) part[at] = shared[at] + of_sample * normal(random);
      pair.groups.push_back(group);
      pair.samples.push_back(static_cast<int>(pair.samples.size()));
      pair.baseline.outputs.push_back(half * (part[0] + part[1]));
      pair.candidate.outputs.push_back(half * (part[0] + part[2]));
    }
  }
  pair.baseline.labels.assign(pair.groups.size(), 0.0);
  pair.candidate.labels = pair.baseline.labels;
  const auto n = static_cast<double>(pair.groups.size());
  pair.true_error = std::sqrt((1 - rho) * n + rho * squares) / n;
  return pair;
}

/// Verdicts at a true drop of nothing, of the margin, and of twice the margin.
struct Counts {
  std::array<int, 3> pass{}, fail{};
  double stated = 0;  ///< mean of the stated smallest drop over the true one

  void judge_all(const Jackknifed& difference, const Bounds& bounds, double margin) {
    for (std::size_t drop = 0; drop < 3; ++drop) {
      const double shift = -static_cast<double>(drop) * margin;
      Test test;
      test.difference = difference;
      *test.difference.value += shift;
      for (double& value : test.difference.without) value += shift;
      judge(test, margin, {*bounds.low + shift, *bounds.high + shift, {}});
      pass[drop] += test.verdict == Verdict::kPass ? 1 : 0;
      fail[drop] += test.verdict == Verdict::kFail ? 1 : 0;
    }
  }
};

struct Row {
  Counts gate, naive;
};

Jackknifed difference_of(const Jackknifed& baseline, const Jackknifed& candidate) {
  const std::pair<const Jackknifed*, double> parts[] = {{&candidate, -1.0}, {&baseline, 1.0}};
  return weighted_sum(parts);
}

Row simulate(int groups, double rho, int trials) {
  const auto count = static_cast<std::size_t>(groups);
  const double multiple = detectable_errors(kTail, groups - 1);
  const MetricSpec metric = mean_loss();
  const Intervals intervals(IntervalKind::kAuto, 1111, count);
  std::mt19937_64 random(static_cast<std::uint64_t>(groups * 1000) + static_cast<std::uint64_t>(rho * 100));
  Row row;
  for (int trial = 0; trial < trials; ++trial) {
    const Pair pair = draw(random, groups, rho);
    const double margin = multiple * pair.true_error;
    const Jackknifed baseline = jackknife(metric, pair.baseline, pair.groups, count, {}, Keep::kResampled);
    const Jackknifed candidate = jackknife(metric, pair.candidate, pair.groups, count, {}, Keep::kResampled);
    const Jackknifed difference = difference_of(baseline, candidate);
    const Jackknifed* asked[] = {&difference};
    row.gate.judge_all(difference, intervals.bounds(asked, kTail).front(), margin);
    // What `gate --plan` states of the candidate alone.
    row.gate.stated += *standard_error(candidate).value / pair.true_error / trials;
    const Jackknifed alone = difference_of(jackknife(metric, pair.baseline, pair.samples, pair.samples.size(), {}),
                                           jackknife(metric, pair.candidate, pair.samples, pair.samples.size(), {}));
    row.naive.judge_all(alone, jackknife_bounds(alone, kTail), margin);
  }
  return row;
}

void print_tables(int trials) {
  std::printf("%d pairs a row; simulation error of a share of .05: %.4f, of .8: %.4f\n\n", trials,
              std::sqrt(0.05 * 0.95 / trials), std::sqrt(0.16 / trials));
  std::printf(
      "| K | correlation | at the margin: fail | pass | no drop: pass | twice the margin: fail | noncentral t | stated "
      "/ "
      "true smallest drop | samples as groups, at the margin: fail | pass "
      "|\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  for (const int groups : {5, 10, 31, 100}) {
    const double df = groups - 1, multiple = detectable_errors(kTail, df);
    const boost::math::non_central_t shifted(df, multiple);
    const double power = boost::math::cdf(boost::math::complement(shifted, t_quantile(1 - kTail, df)));
    for (const double rho : {0.0, 0.05, 0.2}) {
      const Row row = simulate(groups, rho, trials);
      const auto share = [&](int n) { return static_cast<double>(n) / trials; };
      std::printf("| %d | %g | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", groups, rho,
                  share(row.gate.fail[1]), share(row.gate.pass[1]), share(row.gate.pass[0]), share(row.gate.fail[2]),
                  power, row.gate.stated, share(row.naive.fail[1]), share(row.naive.pass[1]));
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace shakedown::metrics

int main(int argc, char** argv) {
  const int trials = argc > 1 ? std::atoi(argv[1]) : 4000;
  if (trials < 1) {
    std::fprintf(stderr, "gate_operating_characteristics: trials must be a whole number above 0\n");
    return 2;
  }
  shakedown::metrics::print_tables(trials);
  return 0;
}
