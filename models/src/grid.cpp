#include "grid.h"

#include <algorithm>
#include <string>

#include "shakedown/core/error.h"

namespace shakedown::models {

Grid utterance_grid(std::size_t requests) {
  Grid grid;
  grid.rows = requests;
  grid.at.assign(requests, 0);
  grid.lengths.assign(requests, 1);
  for (std::size_t i = 0; i < requests; ++i) grid.row.push_back(i);
  return grid;
}

Grid full_grid(std::size_t rows, std::size_t utterances) {
  Grid grid{rows, utterances, {}, {}, std::vector<std::size_t>(rows, utterances)};
  for (std::size_t i = 0; i < rows * utterances; ++i) {
    grid.row.push_back(i / utterances);
    grid.at.push_back(i % utterances);
  }
  return grid;
}

Grid dialogue_grid(std::span<const Request> requests, std::optional<std::size_t> utterances) {
  Grid grid;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i == 0 || requests[i].dialogue != requests[i - 1].dialogue) grid.lengths.push_back(0);
    grid.row.push_back(grid.lengths.size() - 1);
    grid.at.push_back(grid.lengths.back()++);
    if (utterances && grid.lengths.back() > *utterances) {
      throw Error(ErrorKind::kData, "sample '" + requests[i].clean.id + "' is utterance " +
                                        std::to_string(grid.lengths.back()) + " of its dialogue, and `utterances: " +
                                        std::to_string(*utterances) + "` is what a row of the model takes");
    }
  }
  grid.rows = grid.lengths.size();
  const auto longest = std::max_element(grid.lengths.begin(), grid.lengths.end());
  grid.utterances = utterances.value_or(longest == grid.lengths.end() ? 1 : *longest);
  return grid;
}

}  // namespace shakedown::models
