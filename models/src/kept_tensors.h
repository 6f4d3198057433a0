#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "backend.h"
#include "shakedown/core/sample.h"

namespace shakedown::models {

/// What one row of a tensor was written from.
struct HeldRow {
  Shared<Sequence> sequence;  ///< keeps `content` alive, so that its address means one thing
  std::size_t steps = 0;      ///< how many of its steps went in

  explicit HeldRow(Shared<Sequence> from, std::size_t most)
      : sequence(std::move(from)), steps(std::min(most, sequence->steps)) {}
  /// The numbers before a cell set steps to zero.
  [[nodiscard]] const FeatureValues* content() const {
    const FeatureValues* whole = sequence->values.original();
    return whole == nullptr ? &sequence->values : whole;
  }
  /// An entry a step, 1 where a cell set it to zero; null where none was.
  [[nodiscard]] const std::uint8_t* zero_rows() const {
    return sequence->values.original() == nullptr ? nullptr : sequence->values.zero_rows().data();
  }
};

/// A tensor that a model was given and did not write into.
struct KeptTensor {
  HostTensor tensor;
  std::vector<HeldRow> rows;
};

/// Tensors of one input, kept for the next batch: cells of a batch differ in few steps, and only those are written
/// again. Thread-safe.
class KeptTensors {
 public:
  /// One whose first row has the same content where there is one, else any; nothing when none is kept.
  [[nodiscard]] std::optional<KeptTensor> take(const std::vector<HeldRow>& wanted);
  /// Kept while fewer are kept than the machine has threads.
  void give(KeptTensor kept);

 private:
  std::mutex mutex_;
  std::vector<KeptTensor> kept_;
};

}  // namespace shakedown::models
