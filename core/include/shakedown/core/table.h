#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shakedown {

/// One figure of a table, in the unit of its metric.
struct TableFigure {
  std::optional<double> mean;         ///< over checkpoints
  std::optional<double> deviation;    ///< standard deviation over checkpoints (n - 1); nothing for one
  std::optional<double> mask_spread;  ///< standard deviation over mask seeds (n - 1), mean over checkpoints
  bool best = false;                  ///< best of its column, or not told from the best by the paired 95 % interval
  bool second = false;                ///< best of those that are told from the best
};

struct TableColumn {
  std::string title;  ///< "0.3", "AUILC", "acc2_has0"
  std::string metric;
  std::optional<double> floor;  ///< of the best constant predictor, in the column's unit
};

struct TableRow {
  std::string name;
  std::size_t checkpoints = 1;
  std::vector<TableFigure> figures;  ///< one a column
};

/// A table as papers print it: rows of models or perturbations.
struct Table {
  std::string title, row_title;
  std::vector<TableColumn> columns;
  std::vector<TableRow> rows;
  std::vector<std::string> notes;  ///< footnotes: grid, seeds, floor, suite
};

}  // namespace shakedown
