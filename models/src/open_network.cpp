#include "open_network.h"

#include <system_error>

#include "shakedown/core/error.h"
#include "translate.h"

namespace shakedown::models {

std::unique_ptr<Network> open_network(const std::filesystem::path& file, const LoadOptions& options) {
  return in_context(file.string(), [&] {
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(file, unreadable)) {
      throw Error(ErrorKind::kUsage, std::filesystem::is_directory(file, unreadable)
                                         ? "is a folder: give its model.yaml or a TorchScript file"
                                         : "there is no such file, or it is no regular one");
    }
    Backend& torch = backend(options.threads_per_call);
    try {
      return torch.load(file, options.device, options.threads_per_call);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModel) throw;
      throw Error(ErrorKind::kModel, translate_load_error(file, error.what(), torch.environment().at("libtorch")));
    }
  });
}

}  // namespace shakedown::models
