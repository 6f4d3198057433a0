#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "fields.h"
#include "shakedown/core/corpus.h"
#include "shakedown/core/sample.h"

namespace shakedown::datasets {

/// What one pass over a feature form of a split found.
struct FeatureSurvey {
  std::size_t samples = 0;
  std::size_t minus_inf = 0, plus_inf = 0, nan = 0;
  std::size_t nonfinite_samples = 0;
  std::size_t rows = 0;         ///< within the valid lengths
  std::size_t zero_rows = 0;    ///< of those, all 0 after non-finite values became 0; leading padding not counted
  std::size_t all_zero = 0;     ///< samples without one non-zero value
  std::size_t left_padded = 0;  ///< samples that begin with zero rows and have no length of their own
  std::size_t cut_lengths = 0;  ///< lengths given that are beyond the stored steps
  std::size_t min_length = 0, max_length = 0, max_steps = 0;
  double mean_length = 0;

  [[nodiscard]] std::size_t nonfinite() const { return minus_inf + plus_inf + nan; }
};

/// One feature form of one split: values, and the valid length of each sample. The length is the given
/// one, else the number of real tokens where token ids of the same steps exist (text), else the last
/// non-zero row + 1, which takes left-padded sequences whole, as their models read them.
class FeatureTable {
 public:
  FeatureTable(SequenceColumn values, std::optional<Column> lengths, std::optional<SequenceColumn> tokens);

  [[nodiscard]] const SequenceColumn& values() const { return values_; }
  [[nodiscard]] std::string length_source() const;  ///< in words

  /// The sample's sequence; NaN and infinities become 0, as the field's loaders do.
  [[nodiscard]] Sequence load(std::size_t row) const;
  /// Valid steps and all steps of load(); the values are looked at only where nothing else tells the length.
  [[nodiscard]] SampleShape::Extent extent(std::size_t row) const;
  [[nodiscard]] FeatureSurvey survey() const;
  /// Mean and standard deviation (divided by n) of each dimension over the finite values of valid rows,
  /// padding on the left left out.
  [[nodiscard]] FeatureStatistics statistics(std::string split) const;

 private:
  /// Valid steps of raw values; `cut` is set when the given length is beyond them.
  [[nodiscard]] std::size_t length(std::size_t row, const Sequence& raw, bool* cut = nullptr) const;
  /// Leading zero rows, which are padding where no length says otherwise, and lost frames where one does.
  [[nodiscard]] std::size_t padding_before(const Sequence& raw) const;

  SequenceColumn values_;
  std::optional<Column> lengths_;
  std::optional<SequenceColumn> tokens_;  ///< [N,3,T] with a T equal to the steps here
};

}  // namespace shakedown::datasets
