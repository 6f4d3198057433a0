#pragma once

#include <string>
#include <vector>

#include "shakedown/core/table.h"

namespace shakedown::reports {

/// Tables as papers print them: values times 100 with two decimals, mean and standard deviation over checkpoints, best
/// bold, second underlined, Has0/Non0 pairs in one column, footnotes. LaTeX needs booktabs.
[[nodiscard]] std::string to_latex(const std::vector<Table>& tables);
[[nodiscard]] std::string to_markdown(const std::vector<Table>& tables);
/// A line a figure: table,row,column,metric,mean,deviation,mask_spread,checkpoints,best,second; full precision and not
/// times 100.
[[nodiscard]] std::string to_csv(const std::vector<Table>& tables);

}  // namespace shakedown::reports
