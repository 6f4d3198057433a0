#include <chrono>
#include <cmath>

#include "cell_state.h"
#include "crash_log.h"
#include "sample_measures.h"
#include "session.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/apply.h"

namespace shakedown::runners {
namespace {

/// One sample after the cell's parts; `applied` is empty for clean cells and failures.
struct Corrupted {
  Sample sample;
  std::optional<perturb::Applied> applied;
  Outcome outcome;  ///< all but outputs and dose, which depend on the model
};

Corrupted corrupt(const Session& session, const suites::Cell& cell, const Sample& clean) {
  Corrupted result;
  if (cell.parts.empty()) {
    result.sample = clean;
    result.outcome.state = State::kUnchanged;
    result.outcome.measures = sample_measures(clean);
    return result;
  }
  try {
    if (session.crash_log != nullptr) {
      if (const auto why = session.crash_log->fatal(clean.index, cell.row.definition))
        throw Error(ErrorKind::kData, *why);
    }
    const CrashLog::Scope scope(clean.index, cell.row.definition);
    auto applied = perturb::apply_parts(clean, cell.parts, *session.corpus, session.suite.seed, cell.row.replicate);
    const auto decided = cell_state(cell, applied.effects);
    result.outcome.state = decided.state;
    result.outcome.reason = decided.reason;
    for (const auto& effect : applied.effects) {
      result.outcome.direction = effect.direction != 0 ? effect.direction : result.outcome.direction;
      for (const auto& [name, value] : effect.measures) result.outcome.measures[name] = value;
    }
    // A skipped composition enters with the input as it was, also when an earlier part had been done.
    if (result.outcome.state == State::kSkipped) {
      applied.sample = clean;
      applied.stages.assign(applied.stages.size(), clean);
    }
    const auto digests = perturb::digest(clean, applied);
    result.outcome.decisions = digests.decisions;
    result.outcome.media = digests.media;
    result.sample = std::move(applied.sample);
    result.applied = std::move(applied);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) throw error.with_context(cell.row.id + ", sample " + clean.id);
    result.outcome.state = State::kFailed;
    result.outcome.reason = error.what();
  }
  return result;
}

void measure(const Session& session, const suites::Cell& cell, const Corrupted& corrupted, const InputLimits& limits,
             Outcome& outcome) {
  if (!corrupted.applied || outcome.state == State::kFailed || outcome.state == State::kSkipped) return;
  for (std::size_t part = 0; part < cell.parts.size(); ++part) {
    const auto dose =
        perturb::measure_part(*corrupted.applied, cell.parts, part, limits, session.suite.seed, cell.row.replicate);
    if (cell.parts.size() == 1) {
      outcome.dose = dose;
    } else {  // a composition has no single dose: each part's stands among the measures
      const double realised = dose.eligible > 0 ? dose.taken / dose.eligible : dose.realised;
      outcome.measures[cell.parts[part].spec->name + ".realised"] = realised;
    }
  }
}

}  // namespace

UnitResult run_unit(const Session& session, const Batch& batch, const SharedCell& shared) {
  const auto& cell = shared.cell;
  std::vector<Corrupted> corrupted(batch.samples.size());
  std::size_t stand_in = batch.samples.size();  // a row for places whose sample cannot be asked
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    const auto& loaded = batch.samples[i];
    if (loaded.sample) {
      corrupted[i] = corrupt(session, cell, *loaded.sample);
    } else {
      corrupted[i].outcome.state = State::kFailed;
      corrupted[i].outcome.reason = loaded.failure;
    }
    if (stand_in == batch.samples.size() && corrupted[i].outcome.state != State::kFailed) stand_in = i;
  }

  UnitResult result;
  for (const auto& [model_index, local] : shared.users) {
    const auto& planned = session.models[model_index];
    std::vector<Outcome> outcomes;
    for (const auto& one : corrupted) outcomes.push_back(one.outcome);
    if (stand_in < batch.samples.size()) {
      // Every call has batch_size rows whatever failed, so that no result depends on another sample's failure
      // or on where the split ends.
      const auto& row = planned.cells[local].row;
      Forms removed;
      for (const auto& candidate : planned.cells) {
        if (candidate.row.id == (row.clean() ? row.id : row.reference))
          removed = suites::removed_by_reference(candidate.row);
      }
      std::vector<Sample> inputs;
      std::vector<std::size_t> source;
      for (std::size_t i = 0; i < session.batch_size; ++i) {
        const bool usable = i < corrupted.size() && outcomes[i].state != State::kFailed;
        source.push_back(usable ? i : stand_in);
        inputs.push_back(corrupted[source.back()].sample);
        for (const Form form : removed.list()) inputs.back().remove(form);
      }
      std::vector<models::Request> requests;
      for (std::size_t i = 0; i < inputs.size(); ++i) requests.push_back({inputs[i], *batch.samples[source[i]].sample});
      const auto prepared = in_context(planned.name, [&] { return planned.model_for(row).prepare(requests); });
      const auto start = std::chrono::steady_clock::now();
      const auto predictions = in_context(planned.name, [&] { return prepared->run(); });
      result.forward_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (predictions.rows < session.batch_size || predictions.columns == 0) {
        throw Error(ErrorKind::kModel, planned.name + ": gave " + std::to_string(predictions.rows) +
                                           " rows for a batch of " + std::to_string(session.batch_size));
      }
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        auto& outcome = outcomes[i];
        if (outcome.state == State::kFailed) continue;
        const auto* values = predictions.values.data() + i * predictions.columns;
        outcome.outputs.assign(values, values + predictions.columns);
        measure(session, planned.cells[local], corrupted[i], planned.limits, outcome);
        for (const double value : outcome.outputs) {
          if (std::isfinite(value)) continue;
          outcome.state = State::kFailed;
          outcome.reason = "the model gave a NaN or infinite output";
          outcome.outputs.clear();
          break;
        }
      }
    }
    result.outcomes.push_back(std::move(outcomes));
  }
  return result;
}

}  // namespace shakedown::runners
