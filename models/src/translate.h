#pragma once

#include <filesystem>
#include <string>

namespace shakedown::models {

/// What LibTorch said when it could not load `file`, as one line of fact and advice. `version` is LibTorch's.
[[nodiscard]] std::string translate_load_error(const std::filesystem::path& file, const std::string& message,
                                               const std::string& version);

/// Why forward() failed: the reason alone, without the traceback.
struct ForwardFault {
  std::string reason;
  bool explained = false;      ///< the cause is in the values and is named: no input of another shape would mend it
  bool out_of_memory = false;  ///< of the host or of the GPU
};
[[nodiscard]] ForwardFault translate_forward_error(const std::string& message);

}  // namespace shakedown::models
