#include "shakedown/store/run_store.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/error.h"
#include "shakedown/core/utterance_mask.h"

namespace shakedown::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The message of the Error that `action` throws, after "<exit code> ".
std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::to_string(exit_code(error.kind())) + " " + error.what();
  }
  return "no error";
}

void add_all(RunStore& store, const Plan& plan) {
  for (std::size_t batch = 0; batch < plan.batches(); ++batch)
    for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) store.add(plan.unit(cell, batch));
}

TEST(RunStoreTest, ReadsBackEveryOutcomeInSplitOrder) {
  const TemporaryFolder folder;
  const Plan plan(10, 3);
  const auto store = plan.create(folder.path() / "run");
  for (const std::size_t batch : {2U, 0U, 1U})
    for (std::size_t cell = 0; cell < 3; ++cell) store->add(plan.unit(cell, batch));
  store->finish(true, "");
  const auto run = read_run(folder.path() / "run");
  EXPECT_TRUE(run.complete);
  ASSERT_EQ(run.outcomes.size(), 3U);
  for (std::size_t cell = 0; cell < 3; ++cell) {
    ASSERT_EQ(run.outcomes[cell].size(), 10U);
    for (std::size_t sample = 0; sample < 10; ++sample)
      expect_same(run.outcomes[cell][sample], plan.unit(cell, sample / 4).outcomes[sample % 4]);
  }
}

TEST(RunStoreTest, ComparisonsReadAllButMeasures) {
  const TemporaryFolder folder;
  const Plan plan(11, 3);
  const auto store = plan.create(folder.path());
  for (std::size_t batch = plan.batches(); batch-- > 0;)  // as workers may finish
    for (std::size_t cell = 0; cell < 3; ++cell) store->add(plan.unit(cell, batch));
  store->finish(true, "");
  const RunData whole = read_run(folder.path()), compared = read_compared(folder.path());
  for (std::size_t cell = 0; cell < 3; ++cell) {
    for (std::size_t at = 0; at < 11; ++at) {
      Outcome expected = whole.outcomes[cell][at];
      if (cell > 0) expected.measures.clear();
      expect_same(compared.outcomes[cell][at], expected);
    }
    std::vector<std::size_t> rows(11);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    EXPECT_EQ(digest_of(compared.outcomes[cell], rows).decisions, digest_of(whole.outcomes[cell], rows).decisions);
  }
}

TEST(RunStoreTest, ReadsBackEveryFieldOfHeaderSamplesAndCells) {
  const TemporaryFolder folder;
  const Plan plan(3, 3);
  {
    const auto store = plan.create(folder.path());
    add_all(*store, plan);
    store->finish(true, "");
  }
  const auto run = read_run(folder.path());
  const auto &a = plan.header, &b = run.header;
  EXPECT_EQ(a.model_name, b.model_name);
  EXPECT_EQ(a.data_name, b.data_name);
  EXPECT_EQ(a.suite_name, b.suite_name);
  EXPECT_EQ(a.suite_version, b.suite_version);
  EXPECT_EQ(a.split, b.split);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.task.kind, b.task.kind);
  EXPECT_EQ(a.task.convention, b.task.convention);
  EXPECT_EQ(a.task.label, b.task.label);
  EXPECT_EQ(a.task.primary, b.task.primary);
  EXPECT_EQ(a.task.labels, b.task.labels);
  EXPECT_EQ(a.task.polarity, b.task.polarity);
  EXPECT_EQ(a.task.probabilities, b.task.probabilities);
  ASSERT_EQ(b.inputs.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(a.inputs[i].role, b.inputs[i].role);
    EXPECT_EQ(a.inputs[i].name, b.inputs[i].name);
    EXPECT_EQ(a.inputs[i].sha256, b.inputs[i].sha256);
  }
  EXPECT_EQ(a.settings, b.settings);
  EXPECT_EQ(a.environment, b.environment);
  expect_same_numbers(a.timing, b.timing);
  expect_same_numbers(a.probes, b.probes);
  EXPECT_EQ(a.data_notes, b.data_notes);
  ASSERT_EQ(b.warnings.size(), 1U);
  EXPECT_EQ(a.warnings[0].id, b.warnings[0].id);
  EXPECT_EQ(a.warnings[0].message, b.warnings[0].message);
  EXPECT_EQ(a.warnings[0].cells, b.warnings[0].cells);
  ASSERT_EQ(b.not_tested.size(), 1U);
  EXPECT_EQ(a.not_tested[0].what, b.not_tested[0].what);
  EXPECT_EQ(a.not_tested[0].reason, b.not_tested[0].reason);
  EXPECT_EQ(a.not_tested[0].enable, b.not_tested[0].enable);
  EXPECT_EQ(a.trained_with, b.trained_with);

  ASSERT_EQ(run.samples.size(), 3U);
  EXPECT_EQ(run.samples[2].id, plan.samples[2].id);
  EXPECT_EQ(run.samples[2].group, plan.samples[2].group);
  EXPECT_EQ(run.samples[2].metadata, plan.samples[2].metadata);
  EXPECT_EQ(run.samples[2].labels.at("regression").value, plan.samples[2].labels.at("regression").value);
  EXPECT_EQ(run.samples[2].labels.at("regression").name, "joy");
  EXPECT_TRUE(std::isnan(run.samples[2].labels.at("regression_T").value));

  ASSERT_EQ(run.cells.size(), 3U);
  EXPECT_TRUE(run.cells[0].clean());
  EXPECT_FALSE(run.cells[0].level || run.cells[0].severity || run.cells[0].dose.requested);
  const auto &c = plan.cells[1], &d = run.cells[1];
  EXPECT_EQ(c.id, d.id);
  EXPECT_EQ(c.family, d.family);
  EXPECT_EQ(c.definition, d.definition);
  ASSERT_EQ(d.parts.size(), 1U);
  EXPECT_EQ(c.parts[0].perturbation, d.parts[0].perturbation);
  EXPECT_EQ(c.parts[0].version, d.parts[0].version);
  EXPECT_EQ(c.parts[0].modality, d.parts[0].modality);
  EXPECT_EQ(c.parts[0].params, d.parts[0].params);
  EXPECT_EQ(c.axis, d.axis);
  EXPECT_EQ(c.level, d.level);
  EXPECT_EQ(c.severity, d.severity);
  EXPECT_EQ(c.replicate, d.replicate);
  EXPECT_EQ(c.modality, d.modality);
  EXPECT_EQ(c.label_effect, d.label_effect);
  EXPECT_EQ(c.valid, d.valid);
  EXPECT_EQ(c.reference, d.reference);
  EXPECT_EQ(c.dose.name, d.dose.name);
  EXPECT_EQ(c.dose.unit, d.dose.unit);
  EXPECT_EQ(c.dose.fraction, d.dose.fraction);
  EXPECT_EQ(c.dose.requested, d.dose.requested);
}

TEST(RunStoreTest, AFinishedRunIsOneFile) {
  const TemporaryFolder folder;
  const Plan plan(9, 2);
  const auto store = plan.create(folder.path());
  add_all(*store, plan);
  store->finish(true, "");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, testing::ElementsAre("run.db"));
}

TEST(RunStoreTest, AnUnfinishedRunIsReadOnlyWhenAskedFor) {
  const TemporaryFolder folder;
  const Plan plan(6, 2);
  {
    const auto store = plan.create(folder.path());
    for (const std::size_t batch : {0U, 1U}) store->add(plan.unit(0, batch));
    store->add(plan.unit(1, 1));
    store->finish(false, "interrupted");
  }
  EXPECT_THAT(error_of([&] { static_cast<void>(read_run(folder.path())); }),
              AllOf(HasSubstr("4 "), HasSubstr("interrupted; 1 of 2 cells are whole"), HasSubstr("--resume")));
  const auto run = read_run(folder.path(), true);
  EXPECT_FALSE(run.complete);
  EXPECT_EQ(run.outcomes[0].size(), 6U);
  EXPECT_TRUE(run.outcomes[1].empty()) << "half a cell must not look like a cell";
}

TEST(RunStoreTest, MaskedUtterancesAreLeftOutUnlessAskedFor) {
  const TemporaryFolder folder;
  Plan plan(6, 2);
  for (const std::size_t masked : {1U, 4U}) plan.samples[masked].metadata[kUtteranceMask] = "0";
  plan.samples[2].metadata[kUtteranceMask] = "1";
  {
    const auto store = plan.create(folder.path());
    add_all(*store, plan);
    store->finish(true, "");
  }
  const RunData all = read_run(folder.path(), false, Masked::kKept), scored = read_run(folder.path());
  EXPECT_EQ(all.samples.size(), 6U);
  ASSERT_EQ(scored.samples.size(), 4U);
  const std::size_t kept[] = {0, 2, 3, 5};
  for (std::size_t at = 0; at < 4; ++at) {
    EXPECT_EQ(scored.samples[at].id, all.samples[kept[at]].id);
    for (std::size_t cell = 0; cell < 2; ++cell) {
      ASSERT_EQ(scored.outcomes[cell].size(), 4U);
      expect_same(scored.outcomes[cell][at], all.outcomes[cell][kept[at]]);
    }
  }
  EXPECT_THAT(scored.header.data_notes.back(), HasSubstr("2 of 6 utterances are masked"));
}

TEST(RunStoreTest, CallingAnUnfinishedRunCompleteIsABug) {
  const TemporaryFolder folder;
  const Plan plan(6, 2);
  const auto store = plan.create(folder.path());
  store->add(plan.unit(0, 0));
  EXPECT_THAT(error_of([&] { store->finish(true, ""); }), HasSubstr("70 "));
}

TEST(RunStoreTest, RefusesUnitsThatDoNotFitThePlan) {
  const TemporaryFolder folder;
  const Plan plan(6, 2);
  const auto store = plan.create(folder.path());
  auto unit = plan.unit(0, 0);
  unit.cell = 2;
  EXPECT_THAT(error_of([&] { store->add(unit); }), HasSubstr("70 "));
  unit.cell = 0;
  unit.first_sample = 3;
  EXPECT_THAT(error_of([&] { store->add(unit); }), HasSubstr("70 "));
  store->add(plan.unit(0, 0));
  EXPECT_THAT(error_of([&] { store->add(plan.unit(0, 0)); }), HasSubstr("70 "));
  EXPECT_EQ(store->done().size(), 1U);
}

TEST(RunStoreTest, WorkersMayAddAtTheSameTime) {
  const TemporaryFolder folder;
  const Plan plan(40, 4);
  const auto store = plan.create(folder.path());
  std::vector<std::thread> workers;
  for (std::size_t cell = 0; cell < 4; ++cell) {
    workers.emplace_back([&, cell] {
      for (std::size_t batch = 0; batch < plan.batches(); ++batch) store->add(plan.unit(cell, batch));
    });
  }
  for (auto& worker : workers) worker.join();
  store->finish(true, "");
  EXPECT_TRUE(read_run(folder.path()).complete);
}

TEST(RunStoreTest, UpdatingTheHeaderLeavesWhatTheRunIsAlone) {
  const TemporaryFolder folder;
  const Plan plan(3, 1);
  {
    const auto store = plan.create(folder.path());
    auto header = plan.header;
    header.seed = 1;
    header.timing = {{"forward", 2.0}};
    header.environment = {{"cpu", "other"}};
    header.probes = {{"repeat", 0.0}};
    header.warnings.clear();
    store->update_header(header);
    add_all(*store, plan);
    store->finish(true, "");
  }
  const auto run = read_run(folder.path());
  EXPECT_EQ(run.header.seed, plan.header.seed);
  EXPECT_EQ(run.header.timing.at("forward"), 2.0);
  EXPECT_EQ(run.header.environment.at("cpu"), "other");
  EXPECT_EQ(run.header.probes.size(), 1U);
  EXPECT_TRUE(run.header.warnings.empty());
}

TEST(RunStoreTest, AFolderWithARunIsNotOverwritten) {
  const TemporaryFolder folder;
  const Plan plan(3, 1);
  { const auto store = plan.create(folder.path()); }
  EXPECT_THAT(error_of([&] { static_cast<void>(plan.create(folder.path())); }),
              AllOf(HasSubstr("2 "), HasSubstr("holds a run already")));
}

TEST(RunStoreTest, ASecondWriterAndAReaderAreRefusedWhileOneWrites) {
  const TemporaryFolder folder;
  const Plan plan(3, 1);
  const auto store = plan.create(folder.path());
  const auto in_use = AllOf(HasSubstr("4 "), HasSubstr("in use by another process"));
  EXPECT_THAT(error_of([&] { static_cast<void>(plan.resume(folder.path())); }), in_use);
  EXPECT_THAT(error_of([&] { static_cast<void>(read_run(folder.path(), true)); }), in_use);
  add_all(*store, plan);
  store->finish(true, "");
  EXPECT_TRUE(read_run(folder.path()).complete) << "the lock goes with finish()";
}

TEST(RunStoreTest, RunsAreFoundByModelBelowOneFolder) {
  const TemporaryFolder folder;
  const Plan plan(3, 1);
  for (const auto* name : {"plain", "emt@seed1"}) {
    const auto store = plan.create(folder.path() / name);
    add_all(*store, plan);
    store->finish(true, "");
  }
  EXPECT_THAT(run_folders(folder.path()), testing::ElementsAre(folder.path() / "emt@seed1", folder.path() / "plain"));
  EXPECT_THAT(error_of([&] { static_cast<void>(read_run(folder.path())); }),
              AllOf(HasSubstr("2 "), HasSubstr("holds 2 runs"), HasSubstr("plain")));
  EXPECT_TRUE(read_run(folder.path() / "plain").complete);
  std::filesystem::remove_all(folder.path() / "plain");
  EXPECT_TRUE(read_run(folder.path()).complete);
  std::filesystem::remove_all(folder.path() / "emt@seed1");
  EXPECT_THAT(error_of([&] { static_cast<void>(read_run(folder.path())); }),
              AllOf(HasSubstr("2 "), HasSubstr("no run here")));
}

TEST(RunStoreTest, TextThatIsNotUtf8IsRefusedByName) {
  const TemporaryFolder folder;
  Plan plan(3, 1);
  plan.samples[1].metadata["path"] = "\xff\xfe";
  EXPECT_THAT(error_of([&] { static_cast<void>(plan.create(folder.path())); }),
              AllOf(HasSubstr(plan.samples[1].id), HasSubstr("UTF-8")));
}

}  // namespace
}  // namespace shakedown::store
