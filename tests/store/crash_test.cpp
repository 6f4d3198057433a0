// What is left of a run when its process, its disk or its file dies.
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/error.h"

namespace shakedown::store {
namespace {

using testing::HasSubstr;

/// Runs `action` in a child process, which writes what it returns to `file`. SQLite is not used across fork.
pid_t start_child(const std::filesystem::path& file, const std::function<std::string()>& action) {
  const pid_t child = fork();
  if (child != 0) return child;
  std::string said;
  try {
    said = action();
  } catch (const Error& error) {
    said = std::to_string(exit_code(error.kind())) + " " + error.what();
  }
  std::ofstream(file) << said;
  _exit(0);
}

std::string result_of(pid_t child, const std::filesystem::path& file) {
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "the child died";
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void expect_whole_units_only(const Plan& plan, const std::filesystem::path& folder) {
  const auto run = read_run(folder, true);
  for (std::size_t cell = 0; cell < run.outcomes.size(); ++cell)
    for (std::size_t sample = 0; sample < run.outcomes[cell].size(); ++sample)
      EXPECT_EQ(run.outcomes[cell][sample].decisions,
                plan.unit(cell, sample / plan.batch_size).outcomes[sample % plan.batch_size].decisions);
}

TEST(CrashTest, KillAtAnyInstantLosesNoStoredUnitAndAResumedRunEndsEqual) {
  const TemporaryFolder folder;
  const Plan plan(100, 30);
  const auto run = folder.path() / "run";
  std::size_t before = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    // The child says on a pipe what add() has returned for: those units must survive.
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      const auto store = attempt == 0 ? plan.create(run) : plan.resume(run);
      const auto done = store->done();
      for (std::size_t batch = 0; batch < plan.batches(); ++batch)
        for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
          if (done.count({cell, batch}) == 1) continue;
          store->add(plan.unit(cell, batch));
          const auto key = static_cast<std::uint32_t>(cell * 1000 + batch);
          if (write(ends[1], &key, sizeof key) != sizeof key) _exit(1);
        }
      _exit(0);
    }
    close(ends[1]);
    std::vector<std::uint32_t> stored(1);
    // Wait for the first unit, so that each attempt gets somewhere, then kill after a time that differs.
    if (read(ends[0], stored.data(), sizeof(std::uint32_t)) != static_cast<ssize_t>(sizeof(std::uint32_t)))
      stored.clear();  // nothing was left to do
    std::this_thread::sleep_for(std::chrono::microseconds(700 * attempt + 131));
    kill(child, SIGKILL);
    for (std::uint32_t key = 0; read(ends[0], &key, sizeof key) == sizeof key;) stored.push_back(key);
    close(ends[0]);
    waitpid(child, nullptr, 0);

    if (attempt % 2 == 0) expect_whole_units_only(plan, run);
    const auto done = plan.resume(run)->done();
    for (const auto key : stored) EXPECT_EQ(done.count({key / 1000, key % 1000}), 1U) << "a stored unit is gone";
    EXPECT_GE(done.size(), before + stored.size());
    before = done.size();
  }

  const auto store = plan.resume(run);
  const auto done = store->done();
  for (std::size_t batch = 0; batch < plan.batches(); ++batch)
    for (std::size_t cell = 0; cell < plan.cells.size(); ++cell)
      if (done.count({cell, batch}) == 0) store->add(plan.unit(cell, batch));
  store->finish(true, "");
  EXPECT_TRUE(read_run(run).complete);
  expect_whole_units_only(plan, run);
}

TEST(CrashTest, ARunKilledBeforeItsFirstCommitCanBeResumed) {
  const TemporaryFolder folder;
  const Plan plan(6, 2);
  std::ofstream(folder.path() / "run.db").flush();
  EXPECT_TRUE(plan.resume(folder.path())->done().empty());
}

TEST(CrashTest, AFullDiskIsOneLineAndEarlierUnitsStay) {
  const TemporaryFolder folder;
  const Plan plan(400, 1);
  const auto run = folder.path() / "run", said = folder.path() / "said";
  const auto child = start_child(said, [&]() -> std::string {
    const auto store = plan.create(run);
    // A file may not grow beyond this: writes fail as they do on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    const auto used = std::filesystem::file_size(run / "run.db-wal");
    const rlimit limit{used + 100'000, used + 100'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::size_t stored = 0;
    try {
      for (; stored < plan.batches(); ++stored) store->add(plan.unit(0, stored));
    } catch (const Error& error) {
      return std::to_string(exit_code(error.kind())) + " " + std::to_string(stored) + " " +
             std::to_string(store->done().size()) + " " + error.what();
    }
    return "no error";
  });
  const auto text = result_of(child, said);
  EXPECT_THAT(text, HasSubstr("run.db"));
  EXPECT_THAT(text, HasSubstr("what was stored before is kept"));
  int code = 0;
  std::size_t stored = 0, done = 0;
  ASSERT_EQ(std::sscanf(text.c_str(), "%d %zu %zu", &code, &stored, &done), 3) << text;
  EXPECT_EQ(code, 4);
  EXPECT_GT(stored, 0U);
  EXPECT_EQ(done, stored);
  const auto store = plan.resume(run);
  EXPECT_EQ(store->done().size(), stored);
  for (std::size_t batch = stored; batch < plan.batches(); ++batch) store->add(plan.unit(0, batch));
  store->finish(true, "");
  EXPECT_TRUE(read_run(run).complete);
}

/// Does what `action` does as somebody who may not write to `folder`.
std::string read_only(const std::filesystem::path& folder, const std::filesystem::path& said,
                      const std::function<std::string()>& action) {
  std::filesystem::permissions(folder.parent_path(), std::filesystem::perms::all);
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    std::filesystem::permissions(entry.path(), std::filesystem::perms(0444));
  std::filesystem::permissions(folder, std::filesystem::perms(0555));
  const auto child = start_child(said, [&]() -> std::string {
    if (geteuid() == 0 && setuid(65534) != 0) return "cannot give up root";
    return action();
  });
  const auto text = result_of(child, said);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  return text;
}

TEST(CrashTest, AFinishedRunCanBeReadFromAReadOnlyFolder) {
  const TemporaryFolder folder;
  const Plan plan(4, 1);
  const auto run = folder.path() / "run";
  {
    const auto store = plan.create(run);
    store->add(plan.unit(0, 0));
    store->finish(true, "");
  }
  EXPECT_EQ(read_only(run, folder.path() / "said", [&] { return std::to_string(read_run(run).outcomes.at(0).size()); }),
            "4");
}

TEST(CrashTest, AKilledRunInAReadOnlyFolderSaysWhatToDo) {
  const TemporaryFolder folder;
  const Plan plan(4, 1);
  const auto run = folder.path() / "run";
  const auto child = start_child(folder.path() / "none", [&]() -> std::string {
    const auto store = plan.create(run);
    store->add(plan.unit(0, 0));
    kill(getpid(), SIGKILL);
    return "";
  });
  waitpid(child, nullptr, 0);
  EXPECT_THAT(
      read_only(run, folder.path() / "said", [&] { return std::to_string(read_run(run, true).samples.size()); }),
      testing::AllOf(HasSubstr("2 "), HasSubstr("copy the folder")));
  EXPECT_EQ(read_run(run, true).outcomes.at(0).size(), 4U);
  // Once recovered nothing is left beside the file.
  EXPECT_EQ(
      read_only(run, folder.path() / "said", [&] { return std::to_string(read_run(run, true).outcomes.at(0).size()); }),
      "4");
}

TEST(CrashTest, AFolderThatCannotBeWrittenIsOneLine) {
  const TemporaryFolder folder;
  const Plan plan(4, 1);
  const auto run = folder.path() / "run";
  std::filesystem::create_directory(run);
  EXPECT_THAT(read_only(run, folder.path() / "said",
                        [&]() -> std::string {
                          static_cast<void>(plan.create(run));
                          return "no error";
                        }),
              testing::AllOf(HasSubstr("4 "), HasSubstr("run.db")));
}

/// What read_run says to a run.db made of `bytes`.
std::string refusal(const std::filesystem::path& folder, const std::string& bytes) {
  std::ofstream(folder / "run.db", std::ios::binary | std::ios::trunc) << bytes;
  try {
    static_cast<void>(read_run(folder, true));
  } catch (const Error& error) {
    return std::to_string(exit_code(error.kind())) + " " + error.what();
  }
  return "no error";
}

TEST(CrashTest, ADamagedFileIsRefusedAndNeverCrashes) {
  const TemporaryFolder folder;
  const Plan plan(60, 6);
  {
    const auto store = plan.create(folder.path());
    for (std::size_t batch = 0; batch < plan.batches(); ++batch)
      for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) store->add(plan.unit(cell, batch));
    store->finish(true, "");
  }
  std::ifstream stream(folder.path() / "run.db", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_THAT(refusal(folder.path(), std::string(5000, 'x')), HasSubstr("2 "));
  EXPECT_THAT(refusal(folder.path(), whole.substr(0, whole.size() / 2)), HasSubstr("2 "));
  // Any byte of the file may be wrong: an Error or a clean read, never anything else.
  for (std::size_t at = 16; at < whole.size(); at += whole.size() / 300) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5A);
    const auto said = refusal(folder.path(), damaged);
    EXPECT_THAT(said, testing::AnyOf(HasSubstr("2 "), HasSubstr("4 "), HasSubstr("no error"))) << "byte " << at;
  }
}

TEST(CrashTest, ARunOfANewerSchemaIsRefusedByName) {
  const TemporaryFolder folder;
  const Plan plan(4, 1);
  {
    const auto store = plan.create(folder.path());
    store->finish(false, "test");
  }
  std::ifstream stream(folder.path() / "run.db", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const std::string mine = "shakedown.run/1";
  const auto at = bytes.find(mine);
  ASSERT_NE(at, std::string::npos);
  bytes[at + mine.size() - 1] = '2';
  EXPECT_THAT(refusal(folder.path(), bytes),
              testing::AllOf(HasSubstr("2 "), HasSubstr("shakedown.run/2"), HasSubstr("reads shakedown.run/1")));
}

TEST(CrashTest, AnotherProgramsDatabaseIsRefused) {
  const TemporaryFolder folder;
  const Plan plan(4, 1);
  {
    const auto store = plan.create(folder.path());
    store->finish(false, "test");
  }
  std::ifstream stream(folder.path() / "run.db", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  bytes.replace(68, 4, 4, '\0');  // the application id of the SQLite header
  EXPECT_THAT(refusal(folder.path(), bytes), testing::AllOf(HasSubstr("2 "), HasSubstr("another program")));
}

}  // namespace
}  // namespace shakedown::store
