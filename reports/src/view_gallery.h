#pragma once

#include "json_values.h"
#include "shakedown/reports/gallery.h"

namespace shakedown::reports {

/// The section as templates/gallery.mustache reads it. @param rest_bytes  of the page beside it, for the budget
[[nodiscard]] Json gallery_view(const Results& results, const Gallery& gallery, const PageOptions& options,
                                std::size_t rest_bytes);

/// What stands at the top of a page that holds samples of the data set: [sentence], or [].
[[nodiscard]] Json samples_banner(const Results& results, const Gallery& gallery, const PageOptions& options);

}  // namespace shakedown::reports
