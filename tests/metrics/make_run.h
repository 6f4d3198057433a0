#pragma once

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/run_data.h"

/// Runs made by hand: what a test needs of a run and no more.
namespace shakedown::testing {

/// A run of a regression task (mosi, mae) over `groups` groups of `per_group` samples with labels from -3 to 3.
/// Its clean cell answers the label plus `error`.
class RunMaker {
 public:
  explicit RunMaker(std::size_t groups = 10, std::size_t per_group = 6, double error = 0.4) {
    run_.header.model_name = "model";
    run_.header.suite_name = "suite";
    run_.header.suite_version = "1";
    run_.header.seed = 1111;
    run_.header.task.convention = "mosi";
    run_.header.inputs = {{"data", "data.pkl", "d1"}, {"suite", "suite.yaml", "s1"}};
    run_.header.settings = {{"limit", "0"}};
    run_.header.environment = {{"cpu", "one"}, {"opencv", "4.6"}};
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    for (std::size_t group = 0; group < groups; ++group) {
      for (std::size_t sample = 0; sample < per_group; ++sample) {
        SampleRow row;
        row.group = "video" + std::to_string(group);
        row.id = row.group + "$_$" + std::to_string(sample);
        const double label = static_cast<double>(static_cast<int>(random() % 7) - 3);
        row.labels["regression"] = {label, ""};
        run_.samples.push_back(row);
        clean_.push_back(label + error * normal(random));
      }
    }
    add_clean();
  }

  [[nodiscard]] const std::vector<double>& clean() const { return clean_; }
  [[nodiscard]] double label(std::size_t sample) const { return run_.samples[sample].labels.at("regression").value; }
  [[nodiscard]] std::size_t samples() const { return run_.samples.size(); }

  using Predict = std::function<double(std::size_t sample)>;

  /// Adds a cell of one perturbation at a level ("severity" unless `axis` says otherwise).
  CellRow& add(const std::string& perturbation, Modality modality, double level, const Predict& predict,
               const std::string& variant = "", const std::string& axis = "severity", int replicate = 0) {
    CellRow cell;
    cell.family = perturbation + (variant.empty() ? "" : "[" + variant + "]");
    cell.axis = axis;
    cell.level = level;
    cell.replicate = replicate;
    cell.id =
        cell.family + "@" + axis + "=" + std::to_string(static_cast<int>(level)) + "#" + std::to_string(replicate);
    cell.definition = "hash of " + cell.id;
    cell.parts = {{perturbation, 1, modality, {}}};
    cell.modality = modality;
    cell.reference = "clean#0";
    run_.cells.push_back(cell);
    std::vector<Outcome> outcomes;
    for (std::size_t sample = 0; sample < samples(); ++sample) {
      outcomes.push_back(outcome(predict(sample), "draws " + std::to_string(sample)));
    }
    run_.outcomes.push_back(std::move(outcomes));
    return run_.cells.back();
  }

  /// missing.modality: `keep` as in "text+audio", "" for none.
  CellRow& keep_only(const std::string& keep, const Predict& predict) {
    CellRow& cell = add("missing.modality", Modality::kCross, 0, predict);
    cell.axis.clear();
    cell.level.reset();
    cell.family = "missing.modality[keep=" + keep + "]";
    cell.id = cell.family + "#0";
    cell.definition = "hash of " + cell.id;
    cell.parts.front().params["keep"] = keep;
    cell.label_effect = LabelEffect::kDiagnostic;
    return cell;
  }

  [[nodiscard]] Predict shifted(double by) const {
    return [this, by](std::size_t sample) { return clean_[sample] + by; };
  }
  /// Nearer to or further from the label than the clean prediction: its error times `factor`.
  [[nodiscard]] Predict scaled_error(double factor) const {
    return [this, factor](std::size_t sample) { return label(sample) + factor * (clean_[sample] - label(sample)); };
  }

  RunData& run() { return run_; }
  std::vector<Outcome>& outcomes(std::size_t cell) { return run_.outcomes[cell]; }

 private:
  static Outcome outcome(double prediction, const std::string& decisions) {
    Outcome result;
    result.outputs = {prediction};
    result.decisions = Hasher().add(decisions).finish();
    result.media = Hasher().add("media of " + decisions).finish();
    return result;
  }

  void add_clean() {
    CellRow cell;
    cell.id = cell.family = "clean#0";
    cell.definition = "clean";
    run_.cells.push_back(cell);
    run_.outcomes.emplace_back();
    for (const double prediction : clean_) run_.outcomes.back().push_back(outcome(prediction, "clean"));
  }

  RunData run_;
  std::vector<double> clean_;
};

}  // namespace shakedown::testing
