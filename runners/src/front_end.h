#pragma once

#include "session.h"

namespace shakedown::runners {

/// Cells that change the transcript compare with a clean cell of re-tokenised text. Where that text gives
/// other ids than the data stores, both are reported; above 2 % of the samples it is an Error(kUsage)
/// unless `--allow front_end_mismatch` names it (hendrycks/robustness#47 is what happens otherwise).
void check_front_end(const Session& session, const RunOptions& options, PlannedModel& planned);

}  // namespace shakedown::runners
