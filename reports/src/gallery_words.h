#pragma once

#include <string>
#include <vector>

#include "shakedown/core/gallery.h"

namespace shakedown::reports {

[[nodiscard]] std::string rule_title(GalleryRule rule);  ///< "Worst flips"
[[nodiscard]] std::string rule_text(GalleryRule rule);   ///< the rule as a sentence
/// Why this sample of this cell was chosen, in numbers.
[[nodiscard]] std::string reason_of(const GalleryChoice& choice);

/// The words of a command with kHiddenSample for the value of --sample.
[[nodiscard]] std::vector<std::string> without_sample(std::vector<std::string> command);

}  // namespace shakedown::reports
