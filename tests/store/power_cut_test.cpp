// What is left of a run when the power goes, the disk fills up or breaks at any operation of SQLite, and what a run
// that goes on makes of it.
#include <chrono>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "machine.h"
#include "shakedown/core/error.h"
#include "shakedown/reports/report.h"

namespace shakedown::store {
namespace {

using testing::HasSubstr;

/// In memory where that can be: the machine keeps account of syncs by itself.
std::filesystem::path fast_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

/// `small` fits into the journal; in the other reasons are long, so that the journal is taken in while units are
/// stored.
Plan plan_of(bool small) {
  return small ? Plan(11, 4) : Plan(22, 7);
}

Unit unit_of(const Plan& plan, bool small, std::size_t cell, std::size_t batch) {
  auto unit = plan.unit(cell, batch);
  for (auto& outcome : unit.outcomes)
    if (!small) outcome.reason = std::string(40'000, static_cast<char>('a' + cell));
  return unit;
}

/// A run in `folder`.
class Life {
 public:
  Life(std::filesystem::path folder, bool small) : folder_(std::move(folder)), small_(small), plan_(plan_of(small)) {}

  /// From wherever it stopped to its end; interrupted and gone on with once, before the unit `interruption`.
  void live(std::size_t interruption = 1000) {
    auto store = open();
    const auto done = store->done();
    std::size_t position = 0;
    for (std::size_t batch = 0; batch < plan_.batches(); ++batch) {
      for (std::size_t cell = 0; cell < plan_.cells.size(); ++cell, ++position) {
        if (position == interruption) {
          store->finish(false, "interrupted");
          store = open();
        }
        if (done.contains({cell, batch})) continue;
        store->add(unit_of(plan_, small_, cell, batch));
        ++added_;
      }
    }
    store->update_header(plan_.header);
    store->finish(true, "");
  }

  /// What can be read must be right.
  void expect_nothing_wrong(const std::string& whole) const {
    if (!std::filesystem::exists(folder_ / "run.db")) return;  // lost whole: nothing is shown
    try {
      const auto run = read_run(folder_, true);
      if (run.complete) {
        EXPECT_EQ(reports::dump_csv(run, {}), whole);
      }
      for (std::size_t cell = 0; cell < run.outcomes.size(); ++cell) {
        if (run.outcomes[cell].empty()) continue;
        ASSERT_EQ(run.outcomes[cell].size(), plan_.samples.size()) << "a cell that lacks samples is shown";
        for (std::size_t sample = 0; sample < plan_.samples.size(); ++sample)
          expect_same(run.outcomes[cell][sample],
                      unit_of(plan_, small_, cell, sample / plan_.batch_size).outcomes[sample % plan_.batch_size]);
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIncomplete) << error.what();
      EXPECT_THAT(error.what(), HasSubstr("stopped before it began"));
    }
    try {
      EXPECT_TRUE(read_run(folder_).complete);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIncomplete) << error.what();
    }
  }

  [[nodiscard]] std::string dump() const { return reports::dump_csv(read_run(folder_), {}); }
  /// Units that add() has returned for.
  [[nodiscard]] std::size_t added() const { return added_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] std::unique_ptr<RunStore> open() const {
    return std::filesystem::exists(folder_ / "run.db") ? plan_.resume(folder_) : plan_.create(folder_);
  }

 private:
  std::filesystem::path folder_;
  bool small_;
  Plan plan_;
  std::size_t added_ = 0;
};

/// A life that nothing disturbs.
struct Undisturbed {
  std::string dump;
  std::size_t operations;
  explicit Undisturbed(bool small) {
    const TemporaryFolder folder(fast_folder());
    Life life(folder.path(), small);
    {
      const Machine machine(1);
      life.live(life.plan().cells.size());
      operations = machine.operations();
    }
    dump = life.dump();
  }
  static const Undisturbed& of(bool small) {
    static const Undisturbed little(true), large(false);
    return small ? little : large;
  }
};

/// Up to three cuts in one life, at any operation. Returns their number.
int cut_and_go_on(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const bool small = random() % 4 != 0;
  const auto& whole = Undisturbed::of(small);
  const TemporaryFolder folder(fast_folder());
  const auto run = folder.path() / "run";
  Life life(run, small);
  std::size_t interruption = random() % 20;
  int hit = 0;
  for (std::uint64_t cuts = 1 + random() % 3; cuts > 0; --cuts) {
    Machine machine(random());
    machine.cut_power_after(random() % whole.operations);
    try {
      life.live(interruption);
    } catch (const Error& error) {
      EXPECT_TRUE(machine.off()) << error.what();
    }
    hit += machine.off() ? 1 : 0;
    machine.start_again(static_cast<Machine::Loss>(random() % 3), random() % 2 == 0 ? 512 : 4096);
    interruption = 1000;
  }
  if (random() % 2 == 0) life.expect_nothing_wrong(whole.dump);  // else the one who goes on comes first
  life.live();
  EXPECT_EQ(life.dump(), whole.dump);
  return hit;
}

TEST(PowerCutTest, LeavesWholeUnitsAndARunThatGoesOnEndsEqual) {
  int cuts = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) cuts += cut_and_go_on(seed);
  RecordProperty("cuts", cuts);
  EXPECT_GE(cuts, 200);
}

TEST(PowerCutPromiseTest, ARunThatHasFinishedIsOnTheDisk) {
  for (const auto loss : {Machine::Loss::kEverything, Machine::Loss::kTail, Machine::Loss::kAnything}) {
    const TemporaryFolder folder(fast_folder());
    Life life(folder.path(), true);
    {
      Machine machine(7);
      life.live();
      machine.cut_power_after(0);
      machine.start_again(loss, 512);
    }
    EXPECT_EQ(life.dump(), Undisturbed::of(true).dump);
  }
}

/// Not the death of the process, which loses nothing (CrashTest).
TEST(PowerCutPromiseTest, TakesNoMoreThanTheUnitsOfTheLastSecond) {
  const TemporaryFolder folder(fast_folder());
  const Life life(folder.path(), true);
  {
    Machine machine(7);
    {
      const auto store = life.open();
      store->add(life.plan().unit(0, 0));
      store->add(life.plan().unit(1, 0));
      std::this_thread::sleep_for(std::chrono::milliseconds(1100));
      store->add(life.plan().unit(2, 0));
      store->add(life.plan().unit(3, 0));
      machine.cut_power_after(0);
    }
    machine.start_again(Machine::Loss::kEverything, 512);
  }
  using Units = std::set<std::pair<std::size_t, std::size_t>>;
  EXPECT_EQ(life.open()->done(), (Units{{0, 0}, {1, 0}, {2, 0}})) << "the last one has not reached the disk";
}

/// A disk that is full, or broken, from some operation on; then space is made, or it is mended.
void fail_and_go_on(std::uint64_t seed, bool full) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const bool small = random() % 4 != 0;
  const auto& whole = Undisturbed::of(small);
  const TemporaryFolder folder(fast_folder());
  const auto run = folder.path() / "run";
  Life life(run, small);
  {
    Machine machine(random());
    const auto operation = random() % whole.operations;
    full ? machine.fill_disk_after(operation) : machine.break_disk_after(operation);
    std::string said;
    std::size_t known = 0;
    try {
      life.live(random() % 20);
    } catch (const Error& error) {
      said = error.what();
      known = life.added();
      EXPECT_EQ(exit_code(error.kind()), 4) << said;
      EXPECT_THAT(said, HasSubstr((run / "run.db").string()));
      EXPECT_THAT(said, testing::Not(HasSubstr("\n")));
      if (full) {
        EXPECT_THAT(said, HasSubstr("disk full: what was stored before is kept"));
      }
    }
    if (said.empty() && !full) {
      EXPECT_LE(machine.operations(), operation) << "a broken disk was not noticed";
    }
    machine.free_disk();
    machine.mend_disk();
    if (known > 0) {
      EXPECT_GE(life.open()->done().size(), known) << "a stored unit is gone";
    }
  }
  life.expect_nothing_wrong(whole.dump);
  life.live();
  EXPECT_EQ(life.dump(), whole.dump);
}

TEST(FullDiskTest, IsOneLineAtAnyOperationAndLosesNoStoredUnit) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) fail_and_go_on(seed, true);
}

TEST(BrokenDiskTest, IsOneLineAtAnyOperationAndLosesNoStoredUnit) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) fail_and_go_on(seed, false);
}

}  // namespace
}  // namespace shakedown::store
