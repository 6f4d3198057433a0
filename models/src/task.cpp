#include <algorithm>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/models/model.h"

namespace shakedown::models {

Task derive_task(const Manifest& manifest, std::size_t columns, const std::string& data_convention,
                 const std::vector<std::string>& label_names) {
  if (manifest.task) {
    const Task& task = *manifest.task;
    const std::size_t expected = task.kind == Task::Kind::kRegression ? 1 : task.labels.size();
    if (columns != expected) {
      throw Error(ErrorKind::kUsage,
                  "model " + manifest.name + ": gives " + std::to_string(columns) + " outputs a sample, its task " +
                      (task.kind == Task::Kind::kRegression ? "is regression with 1"
                                                            : "names " + std::to_string(expected) + " labels") +
                      (columns > 1 && task.kind == Task::Kind::kRegression ? ": select one with `output:`" : ""));
    }
    return task;
  }
  if (columns != 1) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < columns; ++i) names.push_back("class" + std::to_string(i));
    throw Error(ErrorKind::kUsage,
                "model " + manifest.name + ": gives " + std::to_string(columns) +
                    " outputs a sample; add to model.yaml: task: {kind: classification, label: NAME, labels: [" +
                    join(names, ", ") + "]}");
  }
  Task task;
  if (!data_convention.empty()) task.convention = data_convention;
  const auto regression =
      std::ranges::find_if(label_names, [](const std::string& name) { return name.starts_with("regression"); });
  if (regression != label_names.end()) {
    task.label = *regression;
  } else if (!label_names.empty()) {
    task.label = label_names.front();
  }
  return task;
}

}  // namespace shakedown::models
