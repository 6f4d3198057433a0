#pragma once

#include <vector>

#include "resume_check.h"
#include "shakedown/core/run_data.h"
#include "shakedown/store/run_store.h"
#include "sqlite.h"

namespace shakedown::store {

/// The plan of a run as its tables hold it.
void write_plan(Database& database, const RunPlan& plan);
[[nodiscard]] RunPlan read_plan(Database& database);

/// Appends units; the caller holds the transaction. Kept for many of them: preparing a statement costs as much as five
/// rows.
class UnitWriter {
 public:
  explicit UnitWriter(Database& database);
  void write(const Unit& unit);

 private:
  void write(std::size_t cell, std::size_t sample, const Outcome& outcome);
  Statement insert_unit_, insert_outcome_;
};

/// All outcomes as [cell][sample]; a cell that lacks any sample is empty. `whole` has an entry a cell: where it is 0,
/// measures are left out. @throws Error(kData) when outcomes and units contradict
/// each other
[[nodiscard]] std::vector<std::vector<Outcome>> read_outcomes(Database& database, std::size_t samples,
                                                              const std::vector<char>& whole);

}  // namespace shakedown::store
