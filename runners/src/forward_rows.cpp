#include "forward_rows.h"

#include <algorithm>

namespace shakedown::runners {
namespace {

using Scope = suites::Cell::Scope;

/// All utterances of one dialogue that can be read, of which `target` is asked; with scope all every one is.
ForwardRow dialogue_row(std::size_t first, std::size_t end, const std::vector<Readiness>& readiness, Scope scope,
                        std::size_t target) {
  ForwardRow row;
  for (std::size_t i = first; i < end; ++i) {
    if (readiness[i] == Readiness::kAbsent) continue;
    const bool in_scope = scope == Scope::kAll || (scope == Scope::kTarget ? i == target : i < target);
    const bool ready = readiness[i] == Readiness::kReady;
    const bool answers = scope == Scope::kAll ? ready : i == target && (ready || scope == Scope::kHistory);
    row.push_back({i, in_scope && ready, answers});
  }
  return row;
}

bool wanted(const ForwardRow& row) {
  return std::any_of(row.begin(), row.end(), [](const RowPart& part) { return part.wanted; });
}

ForwardRow without_answers(ForwardRow row) {
  for (auto& part : row) part.wanted = false;
  return row;
}

}  // namespace

std::vector<std::vector<ForwardRow>> forward_calls(const std::vector<std::size_t>& row_starts,
                                                   const std::vector<Readiness>& readiness, bool dialogues, Scope scope,
                                                   std::size_t most) {
  std::vector<ForwardRow> rows;
  for (std::size_t r = 0; r + 1 < row_starts.size(); ++r) {
    const std::size_t first = row_starts[r], end = row_starts[r + 1];
    if (!dialogues) {
      rows.push_back(readiness[first] == Readiness::kReady ? ForwardRow{{first}} : ForwardRow{});
    } else if (scope == Scope::kAll) {
      rows.push_back(dialogue_row(first, end, readiness, scope, end));
    } else {
      for (std::size_t target = first; target < end; ++target)
        rows.push_back(dialogue_row(first, end, readiness, scope, target));
    }
  }
  const auto stand_in = std::find_if(rows.begin(), rows.end(), wanted);
  if (stand_in == rows.end()) return {};
  const ForwardRow filler = without_answers(*stand_in);
  for (auto& row : rows)
    if (!wanted(row)) row = filler;
  while (rows.size() % most != 0) rows.push_back(filler);
  std::vector<std::vector<ForwardRow>> calls;
  for (std::size_t i = 0; i < rows.size(); i += most) {
    calls.emplace_back(rows.begin() + static_cast<std::ptrdiff_t>(i),
                       rows.begin() + static_cast<std::ptrdiff_t>(i + most));
  }
  return calls;
}

std::size_t call_count(std::size_t rows, std::size_t samples, Scope scope, std::size_t most) {
  const std::size_t asked = scope == Scope::kAll ? rows : samples;
  return (asked + most - 1) / most;
}

}  // namespace shakedown::runners
