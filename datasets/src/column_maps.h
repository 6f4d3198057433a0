#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"

namespace shakedown::datasets {

/// What the columns of a feature form are called. `blocks` is empty where nobody published the layout.
struct ColumnMap {
  std::string name;  ///< as `columns:` of data.yaml may give it: "openface-709"
  Form form = Form::kVisionFeatures;
  std::size_t dims = 0;
  std::string source;  ///< who says so, or why nobody can
  std::vector<ColumnBlock> blocks;
};

/// The layouts that ship. No two of them have one form and one number of columns.
[[nodiscard]] const std::vector<ColumnMap>& column_maps();

/// The layout of `form` with `dims` columns; null when none is known.
[[nodiscard]] const ColumnMap* column_map_of(Form form, std::size_t dims);

/// One clause: "74 columns: covarep-74 (...)", or why the columns have no names.
[[nodiscard]] std::string describe_layout(Form form, std::size_t dims);

}  // namespace shakedown::datasets
