// A baseline file: JSON whose long lists are packed. Predictions are differences, in steps of 1e-5 of the label unit,
// to those on the first (clean) cell: most cells move most samples little, so the numbers are small.
#include "shakedown/store/baseline.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "json_rows.h"
#include "packed.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"

namespace shakedown::store {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "shakedown.baseline/1";
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;
constexpr std::size_t kMostNumbers = std::size_t{1} << 28U;  ///< cells x samples x outputs
constexpr std::size_t kBytesANumber = 10;                    ///< of the largest
constexpr int kStates = 5;

bool failed(const Outcome& outcome) {
  return outcome.state == State::kFailed ||
         !std::all_of(outcome.outputs.begin(), outcome.outputs.end(), [](double x) { return std::isfinite(x); });
}

std::size_t columns_of(const Task& task) {
  return task.kind == Task::Kind::kClassification ? task.labels.size() : 1;
}

/// What decides whether two runs are comparable, and nothing that differs between two runs of the same inputs on one
/// machine.
RunHeader kept(const RunHeader& header) {
  RunHeader own;
  own.model_name = header.model_name;
  own.data_name = header.data_name;
  own.suite_name = header.suite_name;
  own.suite_version = header.suite_version;
  own.split = header.split;
  own.seed = header.seed;
  own.task = header.task;
  own.trained_with = header.trained_with;
  for (InputFile input : header.inputs) {
    input.name = std::filesystem::path(input.name).filename().string();
    own.inputs.push_back(std::move(input));
  }
  for (const char* name : {"limit", "weak_limit"}) {
    const auto found = header.settings.find(name);
    if (found != header.settings.end()) own.settings.insert(*found);
  }
  own.environment = header.environment;
  own.environment.erase("revision");
  return own;
}

std::vector<std::int64_t> steps_of(const RunData& run, std::size_t cell, std::size_t sample) {
  const Outcome& outcome = run.outcomes[cell][sample];
  std::vector<std::int64_t> steps(columns_of(run.header.task), 0);
  if (failed(outcome)) return steps;
  for (std::size_t column = 0; column < steps.size(); ++column) {
    const auto own = in_steps(outcome.outputs.at(column));
    if (!own) {
      throw Error(ErrorKind::kData,
                  fmt::format("cell {}, sample '{}': the prediction {} is beyond what a baseline can hold",
                              run.cells[cell].id, run.samples[sample].id, outcome.outputs[column]));
    }
    steps[column] = *own;
  }
  return steps;
}

std::string state_bytes(const RunData& run) {
  std::string bytes;
  for (const auto& outcomes : run.outcomes) {
    for (const Outcome& outcome : outcomes) {
      const State state = failed(outcome) ? State::kFailed : outcome.state;
      bytes += static_cast<char>(static_cast<int>(state) + kStates * (outcome.direction + 1));
    }
  }
  return bytes;
}

std::string prediction_bytes(const RunData& run) {
  std::vector<std::vector<std::int64_t>> clean;
  for (std::size_t sample = 0; sample < run.samples.size(); ++sample) clean.push_back(steps_of(run, 0, sample));
  std::string bytes;
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    for (std::size_t sample = 0; sample < run.samples.size(); ++sample) {
      const auto steps = steps_of(run, cell, sample);
      for (std::size_t column = 0; column < steps.size(); ++column)
        put_number(bytes, steps[column] - (cell == 0 ? 0 : clean[sample][column]));
    }
  }
  return bytes;
}

void read_outcomes(const Json& json, RunData& run) {
  const std::size_t cells = run.cells.size(), samples = run.samples.size(), columns = columns_of(run.header.task);
  if (columns == 0 || cells == 0 || samples > kMostNumbers / cells / columns)
    throw Error(ErrorKind::kData, "the counts of cells and samples make no sense");
  const std::string states = unpack(json.at("states").get_ref<const std::string&>(), cells * samples);
  if (states.size() != cells * samples) throw Error(ErrorKind::kData, "the number of states is not cells x samples");
  const std::string bytes =
      unpack(json.at("predictions").get_ref<const std::string&>(), cells * samples * columns * kBytesANumber);
  NumberReader numbers(bytes);
  std::vector<std::int64_t> clean(samples * columns, 0);
  run.outcomes.assign(cells, std::vector<Outcome>(samples));
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t sample = 0; sample < samples; ++sample) {
      Outcome& outcome = run.outcomes[cell][sample];
      const int code = static_cast<unsigned char>(states[cell * samples + sample]);
      if (code >= 3 * kStates) throw Error(ErrorKind::kData, fmt::format("unknown state {}", code));
      outcome.state = static_cast<State>(code % kStates);
      outcome.direction = code / kStates - 1;
      std::vector<double> outputs;
      for (std::size_t column = 0; column < columns; ++column) {
        // Sums wrap rather than overflow: a damaged file may hold any number.
        auto steps = static_cast<std::uint64_t>(numbers.next());
        std::int64_t& own = clean[sample * columns + column];
        if (cell == 0) {
          own = static_cast<std::int64_t>(steps);
        } else {
          steps += static_cast<std::uint64_t>(own);
        }
        if (outcome.state != State::kFailed)
          outputs.push_back(static_cast<double>(static_cast<std::int64_t>(steps)) / kStepsPerUnit);
      }
      outcome.outputs = outputs;
    }
  }
  if (!numbers.at_end()) throw Error(ErrorKind::kData, "there are more predictions than cells x samples");
}

RunData parse(const std::string& text) {
  const Json json = Json::parse(text);
  if (!json.is_object() || json.value("schema", "") != kSchema)
    throw Error(ErrorKind::kData,
                fmt::format("is neither a run folder nor a baseline file: its schema is not {}", kSchema));
  RunData run;
  run.header = header_from_json(json.at("run").dump());
  const Json rows = Json::parse(unpack(json.at("plan").get_ref<const std::string&>(), kMostBytes));
  for (const Json& row : rows) run.cells.push_back(cell_from_json(row.dump()));
  const Json samples = Json::parse(unpack(json.at("samples").get_ref<const std::string&>(), kMostBytes));
  for (const Json& row : samples) {
    SampleRow sample;
    row.at(0).get_to(sample.id);
    row.at(1).get_to(sample.group);
    sample.labels = labels_from_json(row.at(2).dump());
    run.samples.push_back(std::move(sample));
  }
  for (const Json& cell : json.at("cells")) {
    if (run.digests.size() >= run.cells.size() || cell.at("id") != run.cells[run.digests.size()].id)
      throw Error(ErrorKind::kData, "cells and plan differ");
    run.digests.push_back({cell.at("decisions").get<std::string>(), cell.at("media").get<std::string>()});
  }
  if (run.digests.size() != run.cells.size()) throw Error(ErrorKind::kData, "cells and plan differ");
  read_outcomes(json, run);
  return run;
}

}  // namespace

std::string baseline_text(const RunData& run) {
  const auto limit = run.header.settings.find("limit");
  if (limit != run.header.settings.end() && !limit->second.empty() && limit->second != "0") {
    throw Error(ErrorKind::kUsage,
                fmt::format("the run was made with --limit {}: a baseline holds the whole split", limit->second));
  }
  const bool whole = run.complete && !run.cells.empty() && !run.samples.empty() &&
                     std::all_of(run.outcomes.begin(), run.outcomes.end(),
                                 [&](const auto& cell) { return cell.size() == run.samples.size(); });
  if (!whole) throw Error(ErrorKind::kIncomplete, "the run is not complete; finish it with --resume");
  Json cells = Json::array(), plan = Json::array(), samples = Json::array();
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    std::vector<std::size_t> scored;
    for (std::size_t sample = 0; sample < run.samples.size(); ++sample) {
      if (!failed(run.outcomes[cell][sample])) scored.push_back(sample);
    }
    const CellDigests digests = digest_of(run.outcomes[cell], scored);
    cells.push_back({{"id", run.cells[cell].id}, {"decisions", digests.decisions}, {"media", digests.media}});
    plan.push_back(Json::parse(cell_to_json(run.cells[cell])));
  }
  for (const SampleRow& sample : run.samples) {
    std::map<std::string, Label> labels;
    const auto found = sample.labels.find(run.header.task.label);
    if (found != sample.labels.end()) labels.insert(*found);
    samples.push_back({sample.id, sample.group, Json::parse(labels_to_json(labels))});
  }
  const Json document{{"schema", kSchema},
                      {"run", Json::parse(header_to_json(kept(run.header)))},
                      {"cells", std::move(cells)},
                      {"plan", pack(plan.dump())},
                      {"samples", pack(samples.dump())},
                      {"states", pack(state_bytes(run))},
                      {"predictions", pack(prediction_bytes(run))}};
  return document.dump(1) + "\n";
}

bool is_baseline_file(const std::filesystem::path& path) {
  std::error_code code;
  return std::filesystem::is_regular_file(path, code);
}

RunData read_baseline(const std::filesystem::path& file) {
  const std::string text = read_text_file(file, kMostBytes);
  try {
    return parse(text);
  } catch (const Json::parse_error& error) {  // its text would quote the file
    throw Error(
        ErrorKind::kData,
        fmt::format("{}: is neither a run folder nor a baseline that `shakedown baseline` wrote: no JSON at byte {}",
                    file.string(), error.byte));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kData, fmt::format("{}: is no baseline that can be read: {}", file.string(), error.what()));
  } catch (const Error& error) {
    throw Error(ErrorKind::kData, fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace shakedown::store
