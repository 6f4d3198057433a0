#include "answers.h"

#include "conventions.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/metric.h"

namespace shakedown::metrics {

int truth_of(const RunView& view, std::size_t sample) {
  const double label = view.label(sample);
  return view.task().kind == Task::Kind::kRegression ? decision(&label, 1, view.task()) : static_cast<int>(label);
}

double value_of(const RunView& view, std::size_t sample, std::span<const double> outputs) {
  if (view.task().kind == Task::Kind::kRegression) return outputs[0];
  return probabilities(outputs.data(), outputs.size(), view.task())[static_cast<std::size_t>(truth_of(view, sample))];
}

std::string label_text(const RunView& view, std::size_t sample) {
  if (view.task().kind == Task::Kind::kRegression) return format_number(view.label(sample));
  return view.task().labels[static_cast<std::size_t>(truth_of(view, sample))];
}

}  // namespace shakedown::metrics
