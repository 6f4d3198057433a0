// How often 95 % intervals cover the truth: groups of 9 to 63 samples, intra-group correlation of everything that is
// random. Prints the table of docs/metrics.md. Usage: coverage [trials]

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "../metrics/src/intervals.h"

namespace shakedown::metrics {
namespace {

struct Data {
  std::vector<int> groups, samples;  // one unit a group, one unit a sample
  Scored mean, accuracy, mae, corr;
};

/// Everything is N(0, 1) with intra-group correlation `rho`. Truths: mean 0, accuracy .7, MAE sqrt(2 / pi), Corr .6.
Data draw(std::mt19937_64& random, int group_count, double rho) {
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> size(9, 63);
  const double of_group = std::sqrt(rho), of_sample = std::sqrt(1 - rho);
  Data data;
  for (int group = 0; group < group_count; ++group) {
    const double shared = of_group * normal(random), shared_label = of_group * normal(random);
    for (int left = size(random); left > 0; --left) {
      const double x = shared + of_sample * normal(random), y = shared_label + of_sample * normal(random);
      data.groups.push_back(group);
      data.samples.push_back(static_cast<int>(data.samples.size()));
      data.mean.outputs.push_back(x);
      data.mean.labels.push_back(0);
      data.accuracy.outputs.push_back(0.52440051270804 - x);  // not negative for 7 of 10
      data.accuracy.labels.push_back(1);
      data.corr.outputs.push_back(0.6 * y + 0.8 * x);
      data.corr.labels.push_back(y);
    }
  }
  data.mae = data.mean;
  return data;
}

MetricSpec mean_metric() {
  MetricSpec spec;
  spec.name = "mean";
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

MetricSpec named(const std::string& name) {
  Task task;
  task.convention = "mosi";
  for (MetricSpec& metric : metrics_for(task)) {
    if (metric.name == name) return std::move(metric);
  }
  std::abort();
}

constexpr std::size_t kMetrics = 4;
constexpr std::array<const char*, kMetrics> kNames{"mean", "accuracy", "MAE", "Corr"};

struct Count {
  int jackknife = 0, bootstrap = 0, unclustered = 0;
  double width_ratio = 0;
};

bool covers(const Bounds& bounds, double truth) {
  return bounds.low && *bounds.low <= truth && truth <= *bounds.high;
}

std::array<Count, kMetrics> simulate(int groups, double rho, int trials) {
  const std::array<double, kMetrics> truth{0, 0.7, std::sqrt(2 / std::acos(-1.0)), 0.6};
  const std::array<MetricSpec, kMetrics> metrics{mean_metric(), named("acc2_has0"), named("mae"), named("corr")};
  const Task task;
  const bool many = static_cast<std::size_t>(groups) >= kManyGroups;
  std::array<Count, kMetrics> counts{};
  std::mt19937_64 random(static_cast<std::uint64_t>(groups * 1000) + static_cast<std::uint64_t>(rho * 100));
  const Intervals intervals(IntervalKind::kBootstrapT, 1111, static_cast<std::size_t>(groups));
  for (int trial = 0; trial < trials; ++trial) {
    const Data data = draw(random, groups, rho);
    const std::array<const Scored*, kMetrics> scored{&data.mean, &data.accuracy, &data.mae, &data.corr};
    std::array<Jackknifed, kMetrics> statistics;
    std::vector<const Jackknifed*> pointers;
    for (std::size_t at = 0; at < kMetrics; ++at) {
      statistics[at] = jackknife(metrics[at], *scored[at], data.groups, static_cast<std::size_t>(groups), task,
                                 many ? Keep::kResampled : Keep::kNothing);
      pointers.push_back(&statistics[at]);
    }
    const std::vector<Bounds> drawn = many ? intervals.bounds(pointers, 0.025) : std::vector<Bounds>(kMetrics);
    for (std::size_t at = 0; at < kMetrics; ++at) {
      const Bounds own = jackknife_bounds(statistics[at], 0.025);
      const Jackknifed naive = jackknife(metrics[at], *scored[at], data.samples, data.samples.size(), task);
      counts[at].jackknife += covers(own, truth[at]) ? 1 : 0;
      counts[at].unclustered += covers(jackknife_bounds(naive, 0.025), truth[at]) ? 1 : 0;
      counts[at].bootstrap += covers(drawn[at], truth[at]) ? 1 : 0;
      if (many) counts[at].width_ratio += (*drawn[at].high - *drawn[at].low) / (*own.high - *own.low) / trials;
    }
  }
  return counts;
}

void print_table(int trials) {
  std::printf("| K | correlation |");
  for (const char* name : kNames) std::printf(" %s |", name);
  std::printf("\n|---:|---:|---|---|---|---|\n");
  for (const int groups : {5, 10, 31, 100}) {
    for (const double rho : {0.0, 0.05, 0.2}) {
      std::printf("| %d | %g |", groups, rho);
      for (const Count& count : simulate(groups, rho, trials)) {
        const auto share = [&](int n) { return 100.0 * n / trials; };
        std::printf(" %.1f / ", share(count.jackknife));
        if (count.bootstrap > 0) {
          std::printf("%.1f (%.2f) / ", share(count.bootstrap), count.width_ratio);
        } else {
          std::printf("\u2013 / ");
        }
        std::printf("%.1f |", share(count.unclustered));
      }
      std::printf("\n");
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace shakedown::metrics

int main(int argc, char** argv) {
  const int trials = argc > 1 ? std::atoi(argv[1]) : 2000;
  if (trials < 1) {
    std::fprintf(stderr, "coverage: trials must be a whole number above 0\n");
    return 2;
  }
  shakedown::metrics::print_table(trials);
  return 0;
}
