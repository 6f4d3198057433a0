#include "shakedown/core/corpus.h"

#include <algorithm>

namespace shakedown {

const ColumnBlock* find_block(const std::vector<ColumnBlock>& columns, Form form, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const ColumnBlock& block) { return block.form == form && block.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

}  // namespace shakedown
