#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "mapped_file.h"

namespace shakedown::datasets {

/// What a child process may take.
struct ChildLimits {
  std::size_t memory_bytes = std::size_t{4} << 30;  ///< beyond what this process has; also of what it writes
  unsigned seconds = 60;                            ///< of wall-clock time
};

/// Runs `work` in a child process, for libraries that die on some files, and gives what it wrote to the file named
/// by its argument. The child is a fork: it sees this process's memory and changes nothing of it.
/// @param library  named in messages, e.g. "libhdf5"
/// @throws Error(kData) with the message of an Error that `work` threw, or that the library died, was too slow or
/// took too much memory
[[nodiscard]] std::unique_ptr<MappedFile> run_isolated(const std::string& library, const ChildLimits& limits,
                                                       const std::function<void(const std::string& out)>& work);

}  // namespace shakedown::datasets
