#pragma once

#include <memory>
#include <string>
#include <vector>

#include "session.h"

namespace shakedown::runners {

/// The models of one manifest as they will be run: one a training seed, or one with a checkpoint a level.
[[nodiscard]] std::vector<PlannedModel> planned_models(std::vector<std::unique_ptr<models::Model>> loaded);

/// Takes out the cells that no checkpoint is for and lists them as not tested.
/// @throws Error(kUsage) when the suite is the user's own, or with `strict`
void keep_served(PlannedModel& planned, const suites::Suite& suite, bool strict);

/// How many checkpoints stand behind the numbers, as the report says it: "one checkpoint per level", or that
/// a published table which has one model a level is not comparable; "" where there is nothing to say.
[[nodiscard]] std::string checkpoint_note(const PlannedModel& planned, const suites::Suite& suite);

}  // namespace shakedown::runners
