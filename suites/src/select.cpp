#include <algorithm>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/suites/suite.h"

namespace shakedown::suites {
namespace {

/// Up to five ids, those that begin like the glob first.
std::string nearest(const std::string& glob, const std::vector<Cell>& cells) {
  const auto common = [&](const Cell& cell) {
    const auto end = std::mismatch(glob.begin(), glob.end(), cell.row.id.begin(), cell.row.id.end());
    return end.first - glob.begin();
  };
  std::vector<const Cell*> ranked;
  for (const auto& cell : cells) ranked.push_back(&cell);
  std::stable_sort(ranked.begin(), ranked.end(), [&](const auto* a, const auto* b) { return common(*a) > common(*b); });
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < std::min<std::size_t>(ranked.size(), 5); ++i) ids.push_back(ranked[i]->row.id);
  return join(ids, ", ") + (ranked.size() > ids.size() ? fmt::format(", ... ({} in all)", ranked.size()) : "");
}

Error unmatched(const std::string& given, const std::string& glob, const std::vector<Cell>& cells) {
  return {ErrorKind::kUsage,
          fmt::format("--only {}: no cell has such an id; the nearest are {}", given, nearest(glob, cells))};
}

}  // namespace

void check_only(const std::vector<std::string>& only, const std::vector<Cell>& selected, const Suite& suite) {
  for (const auto& glob : only) {
    const auto matches = [&](const Cell& cell) { return glob_match(glob, cell.row.id); };
    if (std::any_of(selected.begin(), selected.end(), matches)) continue;
    const auto known = std::find_if(suite.cells.begin(), suite.cells.end(), matches);
    if (known == suite.cells.end()) throw unmatched(glob, glob, suite.cells);
    throw Error(ErrorKind::kUsage,
                fmt::format("--only {}: {} is not tested with this data and model; `shakedown check` "
                            "without --only says why",
                            glob, known->row.id));
  }
}

std::vector<Cell> select(std::vector<Cell> cells, const std::vector<std::string>& only) {
  if (only.empty()) return cells;
  const auto matches = [&](const Cell& cell) {
    return std::any_of(only.begin(), only.end(), [&](const auto& glob) { return glob_match(glob, cell.row.id); });
  };
  if (std::none_of(cells.begin(), cells.end(), matches)) throw unmatched(join(only, " "), only.front(), cells);
  std::vector<Cell> kept;
  for (const auto& cell : cells)
    if (!cell.row.clean() && matches(cell)) kept.push_back(cell);
  // Of the clean cells those stay that are asked for or referred to, and always the one of the input as stored.
  const auto needed = [&](const Cell& clean) {
    return clean.row.id == clean.row.reference || matches(clean) ||
           std::any_of(kept.begin(), kept.end(), [&](const Cell& cell) { return cell.row.reference == clean.row.id; });
  };
  std::vector<Cell> selected;
  for (const auto& cell : cells)
    if (cell.row.clean() && needed(cell)) selected.push_back(cell);
  selected.insert(selected.end(), kept.begin(), kept.end());
  return selected;
}

}  // namespace shakedown::suites
