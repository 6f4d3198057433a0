#include "shakedown/metrics/metric.h"

#include <algorithm>

#include "jackknife.h"
#include "specs.h"

namespace shakedown::metrics {

std::vector<MetricSpec> metrics_for(const Task& task) {
  std::vector<MetricSpec> metrics =
      task.kind == Task::Kind::kClassification ? classification_metrics(task) : regression_metrics(task);
  std::stable_partition(metrics.begin(), metrics.end(),
                        [&](const MetricSpec& metric) { return metric.name == task.primary; });
  return metrics;
}

std::vector<MetricInfo> all_metrics() {
  std::vector<MetricInfo> infos;
  const auto add = [&](const MetricSpec& spec, const std::string& convention) {
    const auto known =
        std::find_if(infos.begin(), infos.end(), [&](const MetricInfo& i) { return i.name == spec.name; });
    if (known == infos.end()) {
      infos.push_back({spec.name, spec.definition, spec.higher_is_better});
    } else if (known->definition.find(spec.definition) == std::string::npos) {
      known->definition += "; " + convention + ": " + spec.definition;
    }
  };
  for (const char* convention : {"mosi", "mosei", "sims", "simsv2", "plain"}) {
    Task task;
    task.convention = convention;
    for (const MetricSpec& spec : metrics_for(task)) add(spec, convention);
  }
  Task task;
  task.kind = Task::Kind::kClassification;
  task.labels = {"<label>", "", "", "", "", ""};  // enough classes for top5
  task.primary = "f1_weighted";
  for (const MetricSpec& spec : metrics_for(task)) {
    if (spec.name != "f1_") add(spec, "classification");
  }
  return infos;
}

std::optional<double> floor_of(const MetricSpec& metric, const Scored& labels, const Task& task) {
  return metric.has_floor ? metric.floor(labels, task).value : std::nullopt;
}

Score score(const MetricSpec& metric, const Scored& scored, const std::vector<int>& groups, const Task& task) {
  const std::size_t count =
      groups.empty() ? 0 : static_cast<std::size_t>(*std::max_element(groups.begin(), groups.end())) + 1;
  const Jackknifed statistic = jackknife(metric, scored, groups, count, task);
  Score result = with_interval(statistic, metric.lowest, metric.highest, scored.rows());
  add_floor(result, floor_of(metric, scored, task), metric.perfect);
  return result;
}

}  // namespace shakedown::metrics
