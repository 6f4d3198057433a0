#include <limits>

#include "reports/synthetic.h"

namespace shakedown::reports::test {

Comparison gate_comparison() {
  Comparison comparison;
  comparison.baseline = make_header();
  comparison.candidate = make_header();
  comparison.candidate.model_name = "emt \"v2\" <b>";
  RuleResult pass;
  pass.name = "audio stress";
  pass.cells = "audio.*";
  pass.metric = "mae";
  pass.margin = 0.02;
  pass.baseline = 0.6911;
  pass.candidate = 0.6744;
  pass.difference = 0.0167;
  pass.low = 0.002;
  pass.high = 0.031;
  pass.verdict = Verdict::kPass;
  pass.n = 658;
  pass.groups = 31;
  pass.standard_error = 0.0085;
  pass.detectable = 0.0217;
  pass.design_effect = 1.9;
  pass.bound = "max_drop";
  pass.where = "ci/gate.yaml:7";
  RuleResult fail = pass;
  fail.name = "missing <data>";
  fail.difference = -0.09;
  fail.low = -0.12;
  fail.high = -0.06;
  fail.p_value = 0.0004;
  fail.guard = true;
  fail.primary = false;
  fail.verdict = Verdict::kFail;
  fail.note = "worse & beyond the margin \x02\xff";
  RuleResult open = pass;
  open.name = "acc | under noise";
  open.metric = "acc2_non0";
  open.difference = -0.011;
  open.low = -0.04;
  open.high = 0.018;
  open.verdict = Verdict::kInconclusive;
  fail.tests = {fail, pass};
  comparison.rules = {pass, fail, open};
  comparison.missing_in_candidate = {"video.motion_blur@severity=5#0"};
  comparison.notes = {"jobs differ: 2 and 4"};
  comparison.inputs_equal_to_rounding = 2;
  comparison.verdict = Verdict::kFail;
  comparison.verdict_text = "The gate fails: 1 guard rule is broken and 1 cell is missing.";
  return comparison;
}

RunData small_run() {
  RunData run;
  run.header = make_header();
  const auto sample = [](const std::string& id, const std::string& group, double value) {
    SampleRow row;
    row.id = id;
    row.group = group;
    row.labels["regression"].value = value;
    return row;
  };
  run.samples = {sample("vid,1$_$01", "vid,1", -1.2), sample("say \"hi\"", "g\n2", 0.1),
                 sample("007", "007", std::numeric_limits<double>::quiet_NaN())};
  CellRow clean;
  clean.id = "clean#0";
  CellRow masked;
  masked.id = "missing.random@rate=0.3#0";
  masked.parts = {{"missing.random", 1, Modality::kText, {}}};
  masked.dose = {"rate", "", true, 0.3};
  CellRow noisy;
  noisy.id = "audio.background_noise@snr_db=10#0";
  noisy.parts = {{"audio.background_noise", 1, Modality::kAudio, {}}};
  noisy.dose = {"snr_db", "dB", false, 10.0};
  run.cells = {clean, masked, noisy};

  const auto outcome = [](State state, std::vector<double> outputs) {
    Outcome result;
    result.state = state;
    result.outputs = std::move(outputs);
    return result;
  };
  Outcome taken = outcome(State::kApplied, {0.1 + 0.2});
  taken.dose.taken = 1;
  taken.dose.eligible = 3;
  Outcome hit = outcome(State::kApplied, {-1e-17});
  hit.dose.realised = 9.97;
  Outcome silent = outcome(State::kSkipped, {1234567.25});
  silent.dose.realised = std::numeric_limits<double>::infinity();
  run.outcomes = {
      {outcome(State::kUnchanged, {0.1}), outcome(State::kUnchanged, {-2}), outcome(State::kUnchanged, {1.0 / 3})},
      {taken, outcome(State::kIneligible, {-2}), outcome(State::kFailed, {})},
      {hit, silent, outcome(State::kFailed, {})}};
  return run;
}

}  // namespace shakedown::reports::test
