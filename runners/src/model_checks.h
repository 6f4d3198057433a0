#pragma once

#include <cstddef>
#include <vector>

#include "session.h"

namespace shakedown::runners {

/// leaky_features and averages_over_time: cells that take steps away which the model sees all the same, or sees as a
/// mere change of scale. `embedding_dims` is the width of text.embedding, 0 where the data has no sequence of
/// them.
[[nodiscard]] std::vector<Warning> masking_warnings(const models::Manifest& manifest,
                                                    const std::vector<suites::Cell>& cells, std::size_t embedding_dims);

/// Directional cells of a classifier need `polarity:` in its task: which way each class points. A suite that ships
/// loses them to `not_tested`. @throws Error(kUsage) for a suite of the user's own, and with `strict`
void require_polarity(const suites::Suite& suite, bool strict, PlannedModel& planned);

}  // namespace shakedown::runners
