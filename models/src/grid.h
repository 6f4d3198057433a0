#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "shakedown/models/model.h"

namespace shakedown::models {

/// Where each request of a batch stands in forward()'s tensors.
struct Grid {
  std::size_t rows = 0;              ///< extent of B
  std::size_t utterances = 1;        ///< extent of U; 1 where a row is an utterance
  std::vector<std::size_t> row, at;  ///< of each request, on B and on U
  std::vector<std::size_t> lengths;  ///< requests of each row

  [[nodiscard]] std::size_t size() const { return row.size(); }
};

/// A row a request.
[[nodiscard]] Grid utterance_grid(std::size_t requests);
/// Every place of `rows` rows of `utterances`.
[[nodiscard]] Grid full_grid(std::size_t rows, std::size_t utterances);
/// A row a run of requests of one dialogue, as wide as the longest or as `utterances` says.
/// @throws Error(kData) when a dialogue is longer than `utterances`
[[nodiscard]] Grid dialogue_grid(std::span<const Request> requests, std::optional<std::size_t> utterances);

}  // namespace shakedown::models
