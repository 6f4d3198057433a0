#include "corruption_error.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "aggregates.h"

namespace shakedown::metrics {
namespace {

constexpr double kRounding = 1e-9;  ///< an error below this is none, and nothing is divided by it

/// 1 - accuracy for classes; else the primary metric where lower is better; else the MAE.
struct ErrorMetric {
  MetricSpec spec;
  bool complement = false;
  std::string name;
};

ErrorMetric error_metric(const Task& task) {
  const std::vector<MetricSpec> metrics = metrics_for(task);
  const auto named = [&](const std::string& name) {
    return *std::find_if(metrics.begin(), metrics.end(), [&](const MetricSpec& metric) { return metric.name == name; });
  };
  if (task.kind == Task::Kind::kClassification) return {named("accuracy"), true, "1 - accuracy"};
  if (!metrics.front().higher_is_better) return {metrics.front(), false, metrics.front().name};
  return {named("mae"), false, "mae"};
}

/// Of one corruption: errors of candidate and reference, and those on the clean input of the same cells.
struct Corruption {
  std::string name;
  Jackknifed candidate, reference, candidate_clean, reference_clean;
};

/// The cells of stress_mean by perturbation, each perturbation's weights adding up to 1.
std::map<std::string, std::vector<std::pair<std::size_t, double>>> by_perturbation(
    const std::vector<Candidate>& candidates) {
  std::map<std::string, std::vector<std::pair<std::size_t, double>>> found;
  for (const Aggregate& aggregate : aggregates(candidates, {})) {
    if (aggregate.name != "stress_mean") continue;
    for (const auto& [cell, weight] : aggregate.weights) {
      found[perturbation_of(*candidates[cell].cell)].emplace_back(cell, weight);
    }
  }
  for (auto& [name, cells] : found) {
    double total = 0;
    for (const auto& [cell, weight] : cells) total += weight;
    for (auto& [cell, weight] : cells) weight /= total;
  }
  return found;
}

const CellPair* reference_of(const Pairing& pairing, const CellPair& pair) {
  for (const CellPair& other : pairing.cells()) {
    if (pairing.row(other).id == pairing.row(pair).reference) return &other;
  }
  return nullptr;
}

/// Values come in fours: candidate, reference, and both clean; as errors or as scores whose complement is the error.
double mean_ratio(std::span<const double> values, bool complement, bool relative) {
  const auto error = [&](double value) { return complement ? 1 - value : value; };
  const std::size_t levels = values.size() / 4;
  double sum = 0;
  for (std::size_t at = 0; at < values.size(); at += 4) {
    const double own_clean = relative ? error(values[at + 2]) : 0, their_clean = relative ? error(values[at + 3]) : 0;
    sum += (error(values[at]) - own_clean) / (error(values[at + 1]) - their_clean);
  }
  return sum / static_cast<double>(levels);
}

std::string why_undefined(const std::vector<Corruption>& corruptions, bool complement, bool relative) {
  for (const Corruption& corruption : corruptions) {
    const auto &theirs = corruption.reference.value, &clean = corruption.reference_clean.value;
    if (!theirs || !clean) continue;  // combine() says why
    const double sign = complement ? -1 : 1;
    if (relative && sign * (*theirs - *clean) <= kRounding)
      return "the reference loses nothing under " + corruption.name;
    if (!relative && (complement ? 1 - *theirs : *theirs) <= kRounding) {
      return "the reference makes no errors under " + corruption.name;
    }
  }
  return "";
}

}  // namespace

std::vector<CorruptionError> corruption_errors(const Pairing& pairing, const std::string& reference) {
  const ErrorMetric error = error_metric(pairing.task());
  std::vector<Corruption> corruptions;
  std::size_t n = 0, cells = 0;
  for (const auto& [name, members] : by_perturbation(pairing.candidates())) {
    std::vector<std::pair<const Jackknifed*, double>> parts[4];
    for (const auto& [cell, weight] : members) {
      const CellPair& pair = pairing.cells()[cell];
      const CellPair* clean = reference_of(pairing, pair);
      if (clean == nullptr) continue;
      const Pairing::Sides &own = pairing.sides(pair, error.spec), &before = pairing.sides(*clean, error.spec);
      const Jackknifed* statistics[4] = {&own.candidate, &own.baseline, &before.candidate, &before.baseline};
      for (std::size_t at = 0; at < 4; ++at) parts[at].emplace_back(statistics[at], weight);
      n = std::max(n, own.n);
      ++cells;
    }
    if (parts[0].empty()) continue;
    corruptions.push_back(
        {name, weighted_sum(parts[0]), weighted_sum(parts[1]), weighted_sum(parts[2]), weighted_sum(parts[3])});
  }
  std::vector<const Jackknifed*> parts;
  for (const Corruption& corruption : corruptions) {
    for (const Jackknifed* part :
         {&corruption.candidate, &corruption.reference, &corruption.candidate_clean, &corruption.reference_clean}) {
      parts.push_back(part);
    }
  }
  std::vector<CorruptionError> results;
  for (const bool relative : {false, true}) {
    CorruptionError result;
    result.name = fmt::format("{}[ref={}]", relative ? "relative_mCE" : "mCE", reference);
    result.note = fmt::format("{}{} over {}, {}, against {}", error.name, relative ? " above clean" : "",
                              count_of(corruptions.size(), "perturbation"), count_of(cells, "cell"), reference);
    result.n = n;
    const std::string why = why_undefined(corruptions, error.complement, relative);
    if (corruptions.empty() || !why.empty()) {
      result.statistic.why = corruptions.empty() ? "no cell enters it" : why;
    } else {
      result.statistic = combine(parts, [complement = error.complement, relative](std::span<const double> values) {
        return mean_ratio(values, complement, relative);
      });
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace shakedown::metrics
