#include "run_options.h"

#include <cstdlib>

#include "shard.h"

namespace shakedown::cli {

std::vector<Option> run_options_declared() {
  return {{"model", "M", "TorchScript file or model.yaml", "", true},
          {"data", "D", "data.yaml, feature pickle or media folder", ""},
          {"suite", "S", "suite file or shipped suite", "smoke"},
          {"split", "NAME", "split to run on", "test"},
          {"seed", "N", "instead of the suite's own", ""},
          {"jobs", "N", "workers, each with its own forward calls; 0: one a core", "0"},
          {"batch-size", "N", "rows of every forward call", "32"},
          {"device", "D", "cpu or cuda", "cpu"},
          {"limit", "N", "first N samples only; 0: all", "0"},
          {"only", "GLOB", "cells to run", "", true},
          {"shard", "I/N", "the i-th (from 0) of n ranges of batches; auto, auto/N: as the scheduler says", ""},
          {"strict", "", "what a shipped suite cannot test here is an error"},
          {"memory", "SIZE", "bound on what is decoded", "4G"},
          {"threads-per-call", "N", "threads of one forward call", "1"},
          {"allow", "NAME", "accept an error by name: front_end_mismatch", "", true}};
}

runners::RunOptions run_options(const Arguments& arguments) {
  runners::RunOptions options;
  for (const auto& model : arguments.all("model")) options.models.emplace_back(model);
  options.data = arguments.required("data");
  options.suite = arguments.required("suite");
  options.split = arguments.required("split");
  if (arguments.has("seed")) options.seed = arguments.count("seed");
  options.jobs = arguments.count("jobs");
  options.batch_size = arguments.count("batch-size");
  options.device = arguments.required("device");
  options.limit = arguments.count("limit");
  options.only = arguments.all("only");
  options.shard = resolve_shard(arguments.text("shard"), [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
  options.strict = arguments.has("strict");
  options.memory_bytes = arguments.bytes("memory");
  options.threads_per_call = static_cast<int>(arguments.count("threads-per-call"));
  options.allow = arguments.all("allow");
  return options;
}

}  // namespace shakedown::cli
