#pragma once

#include <map>
#include <string>
#include <vector>

namespace shakedown {

/// What the model predicts and how the field scores it.
struct Task {
  enum class Kind { kRegression, kClassification };
  Kind kind = Kind::kRegression;
  std::string convention = "plain";        ///< regression: mosi, mosei, sims, simsv2 or plain
  std::string label = "regression";        ///< key into Sample::labels
  std::string primary = "mae";             ///< metric name
  std::vector<std::string> labels;         ///< classification: class names in output order
  std::map<std::string, double> polarity;  ///< classification: class name -> -1, 0, 1; may be empty
  bool probabilities = false;              ///< outputs are probabilities, not logits
};

}  // namespace shakedown
