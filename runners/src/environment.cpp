#include "environment.h"

#include <fstream>
#include <sys/utsname.h>

#include "shakedown/media/runtime.h"
#include "shakedown/models/model.h"

namespace shakedown::runners {
namespace {

std::string first_value(const char* file, const std::string& key, char separator) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto at = line.find(separator);
    if (at == std::string::npos) continue;
    auto value = line.substr(at + 1);
    value.erase(0, value.find_first_not_of(" \t\""));
    if (!value.empty() && value.back() == '"') value.pop_back();
    return value;
  }
  return "unknown";
}

}  // namespace

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all = media::environment();
  for (const auto& [name, value] : models::environment()) all[name] = value;
  all["shakedown"] = SHAKEDOWN_VERSION;
  all["revision"] = SHAKEDOWN_REVISION;
  all["compiler"] = "g++ " __VERSION__;
  all["cpu"] = first_value("/proc/cpuinfo", "model name", ':');
  all["system"] = first_value("/etc/os-release", "PRETTY_NAME", '=');
  utsname name{};
  if (uname(&name) == 0) all["machine"] = name.machine;
  return all;
}

}  // namespace shakedown::runners
