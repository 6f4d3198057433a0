#include <algorithm>
#include <cmath>

#include "cell_state.h"
#include "crash_log.h"
#include "forward_rows.h"
#include "history.h"
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

Corrupted corrupt(const Session& session, const suites::Cell& cell, const Sample& clean, StageTimes& times) {
  Corrupted result;
  if (cell.parts.empty()) {
    result.sample = clean;
    result.outcome.state = State::kUnchanged;
    if (cell.row.id == cell.row.reference) result.outcome.measures = sample_measures(clean);
    return result;
  }
  try {
    if (session.crash_log != nullptr) {
      if (const auto why = session.crash_log->fatal(clean.index, cell.row.definition))
        throw Error(ErrorKind::kData, *why);
    }
    const CrashLog::Scope scope(clean.index, cell.row.definition);
    auto applied = timed(times.perturb, [&] {
      return perturb::apply_parts(clean, cell.parts, *session.corpus, session.suite.seed, cell.row.replicate);
    });
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
    const auto digests = timed(times.digest, [&] { return perturb::digest(clean, applied); });
    result.outcome.decisions = Digest::from_hex(digests.decisions).value_or(Digest());
    result.outcome.media = Digest::from_hex(digests.media).value_or(Digest());
    result.sample = std::move(applied.sample);
    result.applied = std::move(applied);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) throw error.with_context(cell.row.id + ", sample " + clean.id);
    result.outcome.state = State::kFailed;
    result.outcome.reason = error.what();
  }
  return result;
}

void measure(const Session& session, const suites::Cell& cell, const Corrupted& corrupted,
             const perturb::ModelLimits& limits, Outcome& outcome) {
  if (!corrupted.applied || outcome.state == State::kFailed || outcome.state == State::kSkipped) return;
  for (std::size_t part = 0; part < cell.parts.size(); ++part) {
    const auto dose =
        perturb::measure_part(*corrupted.applied, cell.parts, part, limits, session.suite.seed, cell.row.replicate);
    if (cell.parts.size() == 1) {
      outcome.dose = dose;
      continue;
    }
    // A composition has no single dose: each part's stands among the measures.
    const std::string name = cell.parts[part].spec->name + ".realised";
    if (dose.eligible > 0) {
      outcome.measures[name + ".taken"] = dose.taken;
      outcome.measures[name + ".eligible"] = dose.eligible;
    } else {
      outcome.measures[name] = dose.realised;
    }
  }
}

/// Everything that a sample's row in one cell needs beside the model.
struct Inputs {
  std::vector<Sample> perturbed, clean;  ///< of each sample of the batch, without the forms that the reference lacks
};

/// @param last  nobody asks for the samples of `corrupted` after this
Inputs inputs_of(const Batch& batch, std::vector<Corrupted>& corrupted, bool last, Forms removed, bool dialogues) {
  Inputs inputs;
  for (auto& one : corrupted) inputs.perturbed.push_back(last ? std::move(one.sample) : one.sample);
  if (dialogues) {  // an utterance goes in as it was only beside others
    for (const auto& loaded : batch.samples) inputs.clean.push_back(loaded.sample.value_or(Sample{}));
  }
  for (const Form form : removed.list()) {
    for (auto& sample : inputs.perturbed) sample.remove(form);
    for (auto& sample : inputs.clean) sample.remove(form);
  }
  return inputs;
}

/// Forms that the reference of `row` is asked without.
Forms removed_with_reference(const PlannedModel& planned, const CellRow& row) {
  Forms removed;
  for (const auto& candidate : planned.cells) {
    if (candidate.row.id == (row.clean() ? row.id : row.reference))
      removed = suites::removed_by_reference(candidate.row);
  }
  return removed;
}

/// Asks the model for one call's rows and gives each wanted prediction to its sample's outcome.
void ask(const PlannedModel& planned, const CellRow& row, const Batch& batch, const Inputs& inputs,
         const std::vector<ForwardRow>& call, CallGate* gate, std::vector<Outcome>& outcomes, StageTimes& times) {
  std::vector<models::Request> requests;
  for (std::size_t r = 0; r < call.size(); ++r) {
    for (const auto& part : call[r]) {
      const auto& goes_in = part.perturbed ? inputs.perturbed[part.sample] : inputs.clean[part.sample];
      requests.push_back({goes_in, *batch.samples[part.sample].sample, r});
    }
  }
  const auto answer = [&] {
    const auto prepared = timed(times.prepare, [&] { return planned.model_for(row).prepare(requests); });
    return timed(times.forward, [&] { return prepared->run(); });
  };
  const auto predictions = in_context(planned.name, [&] { return gate == nullptr ? answer() : gate->pass(answer); });
  if (predictions.rows < requests.size() || predictions.columns == 0) {
    throw Error(ErrorKind::kModel, planned.name + ": gave " + std::to_string(predictions.rows) + " predictions for " +
                                       std::to_string(requests.size()) + " samples");
  }
  const auto* values = predictions.values.data();
  for (const auto& forward_row : call) {
    for (const auto& part : forward_row) {
      if (part.wanted) outcomes[part.sample].outputs.assign(values, values + predictions.columns);
      values += predictions.columns;
    }
  }
}

void refuse_not_finite(Outcome& outcome) {
  if (std::all_of(outcome.outputs.begin(), outcome.outputs.end(), [](double value) { return std::isfinite(value); }))
    return;
  outcome.state = State::kFailed;
  outcome.reason = "the model gave a NaN or infinite output";
  outcome.outputs.clear();
}

}  // namespace

UnitResult run_unit(const Session& session, const Batch& batch, const SharedCell& shared) {
  const auto& cell = shared.cell;
  const std::size_t size = batch.samples.size();
  UnitResult result;
  StageTimes& times = result.times;
  std::vector<Corrupted> corrupted(size);
  std::vector<Readiness> readiness(size, Readiness::kReady);
  for (std::size_t i = 0; i < size; ++i) {
    const auto& loaded = batch.samples[i];
    if (loaded.sample) {
      corrupted[i] = corrupt(session, cell, *loaded.sample, times);
      if (corrupted[i].outcome.state == State::kFailed) readiness[i] = Readiness::kFailed;
    } else {
      corrupted[i].outcome.state = State::kFailed;
      corrupted[i].outcome.reason = loaded.failure;
      readiness[i] = Readiness::kAbsent;
    }
  }
  // Every call has batch_size rows whatever failed, so that no result depends on another sample's failure or on where
  // the split ends.
  const auto calls = forward_calls(batch.row_starts, readiness, session.dialogues, cell.scope, session.batch_size);

  for (const auto& user : shared.users) {
    const auto& [model_index, local] = user;
    const auto& planned = session.models[model_index];
    const auto& row = planned.cells[local].row;
    std::vector<Outcome> outcomes;
    const bool last = &user == &shared.users.back();
    for (auto& one : corrupted) outcomes.push_back(last ? std::move(one.outcome) : one.outcome);
    const auto inputs = inputs_of(batch, corrupted, last, removed_with_reference(planned, row), session.dialogues);
    for (const auto& call : calls) ask(planned, row, batch, inputs, call, session.gate.get(), outcomes, times);
    for (std::size_t i = 0; i < size; ++i) {
      if (outcomes[i].outputs.empty()) continue;
      const Stopwatch watch(times.measure);
      measure(session, planned.cells[local], corrupted[i], planned.limits, outcomes[i]);
    }
    if (cell.scope == suites::Cell::Scope::kHistory) outcomes = of_history(outcomes, batch.row_starts);
    for (auto& outcome : outcomes) refuse_not_finite(outcome);
    result.outcomes.push_back(std::move(outcomes));
  }
  return result;
}

}  // namespace shakedown::runners
