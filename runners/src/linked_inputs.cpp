#include "linked_inputs.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"

namespace shakedown::runners {
namespace {

std::string digest_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return sha256_file(path);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::string all;
  for (const auto& file : files)
    all += std::filesystem::relative(file, path).string() + '\0' + sha256_file(file) + '\n';
  return sha256(all);
}

}  // namespace

std::vector<InputFile> linked_inputs(const suites::Suite& suite, const Corpus& corpus) {
  std::map<std::pair<std::string, std::string>, std::string> resolved;  // (role, as written) -> path
  for (const auto& cell : suite.cells) {
    for (std::size_t i = 0; i < cell.parts.size(); ++i) {
      const auto& part = cell.parts[i];
      for (const auto& [parameter, path] : part.params) {
        if (path.empty() || !suites::names_path(parameter)) continue;
        const auto written = cell.row.parts[i].params.find(parameter);
        resolved[{part.spec->name + "." + parameter, written->second}] = path;
      }
      const auto needs = part.spec->needs(part.params);
      for (const auto& [plays, path] : needs.data) {
        std::error_code none;
        if (std::filesystem::exists(path, none)) resolved[{part.spec->name + "." + plays, path.filename()}] = path;
      }
      const auto& manifest = needs.recogniser;
      if (!manifest) continue;
      const auto recogniser =
          in_context(cell.where + ": " + part.spec->name, [&] { return corpus.recogniser(*manifest); });
      if (!recogniser) continue;
      for (const auto& [plays, path] : recogniser->files())
        resolved[{part.spec->name + "." + plays, (path.has_filename() ? path : path.parent_path()).filename()}] = path;
    }
  }
  std::vector<InputFile> inputs;
  for (const auto& [name, path] : resolved) inputs.push_back({name.first, name.second, digest_of(path)});
  return inputs;
}

}  // namespace shakedown::runners
