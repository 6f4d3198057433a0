#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "session.h"
#include "shakedown/core/gallery.h"

namespace shakedown::runners {

/// Chooses the gallery of one model's finished run, perturbs the chosen samples once more with the draws of the run and
/// hands them to `sink`. A sample whose media digest is not the stored one is left out and named. Stops early when
/// `interrupted` says so. @throws Error as store::read_run and the sink
void fill_gallery(const Session& session, const PlannedModel& planned, const RunOptions& options,
                  const std::filesystem::path& folder, GallerySink& sink);

}  // namespace shakedown::runners
