#include <dlfcn.h>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

Error refused(const std::filesystem::path& file, const std::string& why) {
  return {ErrorKind::kUsage, fmt::format("plugin {}: {}", file.string(), why)};
}

template <class Function>
Function* find_function(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

}  // namespace

void load_plugin(Registry& registry, const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) throw refused(file, "no such file");
  // An absolute path: a bare name would be looked for in the library path instead.
  void* library = dlopen(std::filesystem::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw refused(file, fmt::format("cannot be loaded: {}", dlerror()));
  auto* const abi = find_function<unsigned()>(library, "shakedown_plugin_abi");
  auto* const enter = find_function<void(Registry&)>(library, "shakedown_plugin_register");
  if (abi == nullptr || enter == nullptr) {
    throw refused(file, "is no shakedown plugin; build it with shakedown_add_plugin()");
  }
  if (abi() != kPluginAbi) {
    throw refused(file, fmt::format("was built for plugin ABI {}; this shakedown has {}: rebuild it against the "
                                    "installed package",
                                    abi(), kPluginAbi));
  }
  // Into a copy first: a plugin that fails half way leaves nothing behind.
  Registry extended = registry;
  try {
    enter(extended);
  } catch (const std::exception& error) {
    throw refused(file, error.what());
  }
  for (const PerturbationSpec* spec : extended.all()) {
    if (!registry.has(spec->name)) registry.add(*spec);
  }
}

}  // namespace shakedown::perturb
