#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "conventions.h"
#include "specs.h"

/// Metrics of the class probabilities: softmax of logits, or the outputs where the task says that they are
/// probabilities.
namespace shakedown::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kRoundingOfSum = 1e-3;  ///< a row of probabilities stored in half precision still adds up to this
const char* const kNoSamples = "no samples";
const char* const kNotProbabilities = "a row of the outputs is no probability distribution (task: probabilities)";

bool is_distribution(const std::vector<double>& shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  return std::abs(sum - 1) <= kRoundingOfSum &&
         std::all_of(shares.begin(), shares.end(), [](double share) { return share >= 0; });
}

/// Class frequencies of the labels: the best constant probabilities under every proper score.
std::vector<double> frequencies(const Scored& labels, const Task& task) {
  std::vector<double> shares(task.labels.size(), 0.0);
  for (const double label : labels.labels) {
    shares[static_cast<std::size_t>(label)] += 1 / static_cast<double>(labels.rows());
  }
  return shares;
}

/// Mean over rows of a loss of the probabilities; infinite losses and rows that are none make it undefined.
using Loss = double (*)(const double* outputs, std::size_t label, const std::vector<double>& shares, const Task&);

MetricSpec mean_loss(std::string name, std::string definition, double highest, Loss loss,
                     double (*floor)(const std::vector<double>& shares)) {
  MetricSpec spec;
  spec.name = std::move(name);
  spec.definition = std::move(definition);
  spec.higher_is_better = false;
  spec.perfect = 0.0;
  spec.highest = highest;
  spec.calibration = true;
  spec.sums = [loss](const Scored& scored, const Task& task) {
    const auto add = [&scored, task, loss](std::size_t row, double* sums) {
      const std::vector<double> shares = probabilities(scored.output(row), scored.columns, task);
      const double value = loss(scored.output(row), static_cast<std::size_t>(scored.labels[row]), shares, task);
      const bool sound = !task.probabilities || is_distribution(shares);
      sums[0] += 1;
      sums[1] += std::isfinite(value) ? value : 0;
      sums[2] += sound && !std::isfinite(value) ? 1 : 0;
      sums[3] += sound ? 0 : 1;
    };
    const auto finish = [](const double* sums) -> Value {
      if (sums[0] < 1) return {{}, kNoSamples};
      if (sums[3] > 0) return {{}, kNotProbabilities};
      if (sums[2] > 0) return {{}, "infinite: a label was given probability 0"};
      return {sums[1] / sums[0], {}};
    };
    return Sums{4, add, finish};
  };
  compute_from_sums(spec);
  spec.floor = [floor](const Scored& labels, const Task& task) -> Value {
    if (labels.rows() == 0) return {{}, kNoSamples};
    return {floor(frequencies(labels, task)), {}};
  };
  return spec;
}

MetricSpec brier() {
  return mean_loss(
      "brier", "mean over samples of sum over classes (probability - 1 if the class is the label, else 0)^2; 0 to 2",
      2.0,
      [](const double*, std::size_t label, const std::vector<double>& shares, const Task&) {
        double sum = 0;
        for (std::size_t c = 0; c < shares.size(); ++c) {
          const double miss = shares[c] - (c == label ? 1.0 : 0.0);
          sum += miss * miss;
        }
        return sum;
      },
      [](const std::vector<double>& shares) {
        return 1 - std::inner_product(shares.begin(), shares.end(), shares.begin(), 0.0);
      });
}

MetricSpec negative_log_likelihood() {
  return mean_loss(
      "nll", "mean -ln of the probability of the label (cross-entropy)", kInfinity,
      [](const double* outputs, std::size_t label, const std::vector<double>& shares, const Task& task) {
        if (task.probabilities) return -std::log(shares[label]);
        // From logits, so that a probability too small for a double keeps its logarithm.
        const double top = *std::max_element(outputs, outputs + shares.size());
        double sum = 0;
        for (std::size_t c = 0; c < shares.size(); ++c) sum += std::exp(outputs[c] - top);
        return std::log(sum) + top - outputs[label];
      },
      [](const std::vector<double>& shares) {
        double entropy = 0;
        for (const double share : shares) entropy -= share > 0 ? share * std::log(share) : 0;
        return entropy;
      });
}

constexpr std::size_t kBins = 15;
constexpr double kFewestPerBin = 10;

/// E |N(gap, spread^2)|: what a gap of that size looks like through sampling noise (folded normal).
double expected_gap(double gap, double spread) {
  if (spread <= 0) return std::abs(gap);
  const double z = gap / spread;
  return spread * std::sqrt(2 / std::acos(-1.0)) * std::exp(-z * z / 2) + gap * std::erf(z / std::sqrt(2.0));
}

/// Rows by confidence, in runs of equal ones.
struct ByConfidence {
  std::vector<std::size_t> rows, run_ends;
  std::vector<double> confidence, right;
  bool sound = true;

  ByConfidence(const Scored& scored, const Task& task) : rows(scored.rows()) {
    for (std::size_t row = 0; row < scored.rows(); ++row) {
      const std::vector<double> shares = probabilities(scored.output(row), scored.columns, task);
      sound = sound && (!task.probabilities || is_distribution(shares));
      const int decided = decision(scored.output(row), scored.columns, task);
      confidence.push_back(shares[static_cast<std::size_t>(decided)]);
      right.push_back(decided == static_cast<int>(scored.labels[row]) ? 1.0 : 0.0);
    }
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return confidence[a] < confidence[b]; });
    for (std::size_t at = 1; at <= rows.size(); ++at) {
      if (at == rows.size() || confidence[rows[at]] != confidence[rows[at - 1]]) run_ends.push_back(at);
    }
  }
};

/// The plug-in estimate less what sampling noise adds to it (Kumar, Liang and Ma 2019, the Gaussian debiasing of the
/// l1 error, in closed form). Equal confidences share a bin: the one their middle rank falls into.
Value debiased_ece(const ByConfidence& sorted, std::span<const double> weights) {
  const double n = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (n < 1) return {{}, kNoSamples};
  if (!sorted.sound) return {{}, kNotProbabilities};
  if (n < kBins * kFewestPerBin) return {{}, "fewer than 150 samples: each of 15 bins needs 10"};
  struct Bin {
    double n = 0, confidence = 0, right = 0;
  };
  std::array<Bin, kBins> bins{};
  double before = 0;
  std::size_t begin = 0;
  for (const std::size_t end : sorted.run_ends) {
    double tied = 0;
    for (std::size_t at = begin; at < end; ++at) tied += weights[sorted.rows[at]];
    const auto bin = static_cast<std::size_t>(kBins * (before + tied / 2) / n);
    for (std::size_t at = begin; at < end && tied > 0; ++at) {
      const std::size_t row = sorted.rows[at];
      bins[bin].n += weights[row];
      bins[bin].confidence += weights[row] * sorted.confidence[row];
      bins[bin].right += weights[row] * sorted.right[row];
    }
    before += tied;
    begin = end;
  }
  double error = 0;
  for (const Bin& bin : bins) {
    if (bin.n <= 0) continue;
    const double accuracy = bin.right / bin.n, gap = std::abs(accuracy - bin.confidence / bin.n);
    error += bin.n / n * (2 * gap - expected_gap(gap, std::sqrt(accuracy * (1 - accuracy) / bin.n)));
  }
  return {error, {}};
}

MetricSpec expected_calibration_error() {
  MetricSpec spec;
  spec.name = "ece";
  spec.definition =
      "expected calibration error: mean |accuracy - confidence| over 15 bins of equal mass by the largest probability, "
      "less its sampling bias (Kumar, Liang and Ma 2019); slightly below 0 reads as 0";
  spec.higher_is_better = false;
  spec.perfect = 0.0;
  spec.lowest = -1.0;
  spec.has_floor = false;  // a constant answer with the class frequencies is calibrated by construction
  spec.calibration = true;
  spec.weighted = [](const Scored& scored, const Task& task) -> OnWeights {
    return [sorted = ByConfidence(scored, task)](std::span<const double> weights) {
      return debiased_ece(sorted, weights);
    };
  };
  compute_from_weights(spec);
  return spec;
}

}  // namespace

std::vector<MetricSpec> probability_metrics() {
  return {expected_calibration_error(), brier(), negative_log_likelihood()};
}

}  // namespace shakedown::metrics
