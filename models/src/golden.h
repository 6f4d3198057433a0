#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "front_end.h"
#include "shakedown/models/model.h"

namespace shakedown::models {

/// Golden outputs of an export (extra file shakedown/golden.yaml): what PyTorch gave for rows that a formula makes, so
/// that no input is stored. docs/formats.md states the formula; tools/shakedown_export.py is its other implementation.
struct Golden {
  struct Source {
    std::size_t steps = 0, columns = 0, vocabulary = 0, height = 0, width = 0;
  };
  std::uint64_t seed = 0;
  std::map<std::string, Source> sources;     ///< by base name, "audio.features"
  std::vector<std::vector<double>> outputs;  ///< one a row

  /// @throws Error(kModel) with `name` and the line
  static Golden parse(const std::string& text, const std::string& name);

  /// A row as the front end of source `base` would give it; the perturbed view lacks some steps of the complete one.
  /// @throws Error(kModel) when `sources` does not have it
  [[nodiscard]] Row row(const std::string& base, std::size_t row, bool complete) const;
  /// text.string of a row; "" where no source of texts is named.
  [[nodiscard]] std::string text(std::size_t row) const;

  /// @throws Error(kModel) naming the row whose answer is too far from PyTorch's
  [[nodiscard]] ExportCheck compare(const Predictions& predictions) const;

 private:
  [[nodiscard]] const Source& source(const std::string& base) const;
  [[nodiscard]] std::size_t valid(std::size_t row, std::size_t steps) const;
  [[nodiscard]] std::string describe_row(std::size_t row) const;
};

/// The number that belongs to a seed and keys: splitmix64 of each in turn.
[[nodiscard]] std::uint64_t golden_draw(std::uint64_t seed, std::initializer_list<std::uint64_t> keys);

}  // namespace shakedown::models
