#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "json_values.h"
#include "shakedown/core/run_data.h"

namespace shakedown::reports {

/// What pages say of one sample: preview and gallery.

[[nodiscard]] std::string label_text(const Label& label);  ///< name, else number; "none" without either

/// Runs of words for a template: [{text, same, removed, added}].
[[nodiscard]] Json diff_view(const std::string& before, const std::string& after);

/// "snr_db 10 dB asked for; 9.98 dB measured here"; "" for a cell without a dose.
[[nodiscard]] std::string dose_text(const DoseInfo& info, const Dose& dose);

/// "clipped_share 0.012, donors 2"
[[nodiscard]] std::string measures_text(const std::map<std::string, double>& measures);

/// Positions whose ids differ, those that only one side has included.
[[nodiscard]] std::size_t changed_tokens(const Tokens& before, const Tokens& after);

}  // namespace shakedown::reports
