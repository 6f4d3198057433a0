#include "shakedown/core/run_data.h"

namespace shakedown {

std::optional<std::size_t> RunData::cell_index(const std::string& id) const {
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].id == id) return i;
  return std::nullopt;
}

const CellRow* RunData::find_cell(const std::string& id) const {
  const auto index = cell_index(id);
  return index ? &cells[*index] : nullptr;
}

}  // namespace shakedown
