#include "shakedown/store/merge.h"

#include <iostream>
#include <map>

#include "command.h"
#include "scoring.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

/// The shards of each model, by the name of its folder; "" where a run has one.
std::map<std::string, std::vector<std::filesystem::path>> shards_by_model(const std::vector<std::string>& runs) {
  std::map<std::string, std::vector<std::filesystem::path>> models;
  for (const auto& run : runs) {
    const auto folders = store::run_folders(run);
    if (folders.empty()) throw Error(ErrorKind::kUsage, "merge: " + run + ": there is no run here (no run.db)");
    for (const auto& folder : folders) {
      const bool alone = folder == std::filesystem::path(run);
      models[alone ? "" : folder.filename().string()].push_back(folder);
    }
  }
  for (const auto& [name, folders] : models) {
    if (folders.size() != runs.size()) {
      throw Error(ErrorKind::kUsage, "merge: model '" + name + "' is in " + std::to_string(folders.size()) + " of " +
                                         std::to_string(runs.size()) + " folders: all shards hold the same models");
    }
  }
  return models;
}

int merge(const Arguments& arguments, perturb::Registry&) {
  if (arguments.free().empty()) throw Error(ErrorKind::kUsage, "merge: the RUN folders of all shards are needed");
  const std::filesystem::path out = arguments.required("out");
  for (const auto& [name, folders] : shards_by_model(arguments.free())) {
    const auto folder = name.empty() ? out : out / name;
    for (const auto& message : store::merge(folders, folder)) warn(message);
    const auto results = score_folder(folder, false, reports::PageOptions{});  // galleries stay with the shards
    if (!name.empty()) std::cout << "\n" << name << "\n";
    for (const auto& sentence : reports::verdict_sentences(results)) std::cout << sentence << "\n";
    std::cout << "report: " << (folder / "report.html").string() << "\n";
  }
  return kDone;
}

}  // namespace

Command merge_command() {
  return {"merge",
          "Makes one run folder of those that 'run --shard' left.",
          "RUN...",
          {{"out", "RUN", "folder to write", ""}},
          merge};
}

}  // namespace shakedown::cli
