#include "run_view.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/analyse.h"

namespace shakedown::metrics {
namespace {

double label_value(const Task& task, const SampleRow& sample) {
  const auto found = sample.labels.find(task.label);
  const bool has = found != sample.labels.end();
  if (task.kind == Task::Kind::kRegression) {
    if (!has || !std::isfinite(found->second.value)) {
      const char* what = !has ? "is missing" : std::isnan(found->second.value) ? "is NaN" : "is infinite";
      throw Error(ErrorKind::kData, fmt::format("sample '{}': label '{}' {}", sample.id, task.label, what));
    }
    return found->second.value;
  }
  if (!has || found->second.name.empty()) {
    throw Error(ErrorKind::kData, fmt::format("sample '{}': label '{}' is missing", sample.id, task.label));
  }
  const auto at = std::find(task.labels.begin(), task.labels.end(), found->second.name);
  if (at == task.labels.end()) {
    throw Error(ErrorKind::kData,
                fmt::format("sample '{}': the model knows no class '{}'{}; its labels are: {}", sample.id,
                            found->second.name, suggestion(found->second.name, task.labels), join(task.labels, ", ")));
  }
  return static_cast<double>(at - task.labels.begin());
}

}  // namespace

void check_labels(const Task& task, const std::vector<SampleRow>& samples) {
  if (task.kind == Task::Kind::kClassification && task.labels.size() < 2) {
    throw Error(ErrorKind::kUsage, "task: classification needs at least two labels");
  }
  const auto metrics = metrics_for(task);
  if (metrics.front().name != task.primary) {
    std::vector<std::string> names;
    for (const MetricSpec& metric : metrics) names.push_back(metric.name);
    throw Error(ErrorKind::kUsage, fmt::format("task: primary: this task has no metric '{}'{}; it has: {}",
                                               task.primary, suggestion(task.primary, names), join(names, ", ")));
  }
  if (samples.empty()) throw Error(ErrorKind::kData, "there are no samples");
  for (const SampleRow& sample : samples) static_cast<void>(label_value(task, sample));
}

RunView::RunView(const RunData& run) : run_(&run) {
  check_labels(task(), run.samples);
  if (run.outcomes.size() != run.cells.size()) {
    throw Error(ErrorKind::kData,
                fmt::format("the run has {} cells and outcomes of {}", run.cells.size(), run.outcomes.size()));
  }
  columns_ = task().kind == Task::Kind::kClassification ? task().labels.size() : 1;
  std::map<std::string, int> known;
  for (const SampleRow& sample : run.samples) {
    labels_.push_back(label_value(task(), sample));
    // A sample without a group is a group by itself.
    const std::string key = sample.group.empty() ? "sample:" + sample.id : "group:" + sample.group;
    groups_.push_back(known.emplace(key, static_cast<int>(known.size())).first->second);
  }
  group_count_ = known.size();
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    if (!complete(cell)) continue;
    for (std::size_t sample = 0; sample < samples(); ++sample) {
      const Outcome& got = outcome(cell, sample);
      if (got.state == State::kFailed || got.outputs.size() == columns_) continue;
      throw Error(ErrorKind::kData,
                  fmt::format("cell {}, sample '{}': {} outputs are stored, the task has {}", run.cells[cell].id,
                              run.samples[sample].id, got.outputs.size(), columns_));
    }
  }
}

std::optional<std::string> RunView::failure(std::size_t cell, std::size_t sample) const {
  const Outcome& got = outcome(cell, sample);
  if (got.state == State::kFailed) return got.reason.empty() ? "failed" : got.reason;
  const bool finite = std::all_of(got.outputs.begin(), got.outputs.end(), [](double x) { return std::isfinite(x); });
  if (!finite) return "the model's output is not finite";
  return std::nullopt;
}

std::vector<std::size_t> RunView::scored(std::size_t cell) const {
  return scored_in_both(cell, cell);
}

std::vector<std::size_t> RunView::scored_in_both(std::size_t a, std::size_t b) const {
  std::vector<std::size_t> rows;
  for (std::size_t sample = 0; sample < samples(); ++sample) {
    if (!failure(a, sample) && (a == b || !failure(b, sample))) rows.push_back(sample);
  }
  return rows;
}

Scored RunView::gather(std::size_t cell, const std::vector<std::size_t>& rows) const {
  Scored result{columns_, {}, {}};
  result.outputs.reserve(rows.size() * columns_);
  result.labels.reserve(rows.size());
  for (const std::size_t row : rows) {
    const auto& outputs = outcome(cell, row).outputs;
    result.outputs.insert(result.outputs.end(), outputs.begin(), outputs.end());
    result.labels.push_back(labels_[row]);
  }
  return result;
}

std::vector<int> RunView::groups_of(const std::vector<std::size_t>& rows) const {
  std::vector<int> result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) result.push_back(groups_[row]);
  return result;
}

}  // namespace shakedown::metrics
