#include "shakedown/runners/run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <deque>
#include <malloc.h>
#include <mutex>
#include <optional>
#include <set>

#include "budget.h"
#include "crash_log.h"
#include "gallery.h"
#include "progress.h"
#include "scheduler.h"
#include "session.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/runners/executor.h"
#include "shakedown/store/run_store.h"

namespace shakedown::runners {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTrimEvery = std::chrono::milliseconds(500);  // fresh pages have their price too

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct OpenStore {
  std::unique_ptr<store::RunStore> store;
  std::filesystem::path folder;
  std::set<std::pair<std::size_t, std::size_t>> done;  ///< (cell of the model, batch)
};

/// What run.db will take, all models together.
std::size_t stored_bytes(const Session& session) {
  // Two digests, a dose and the overhead of a row; measured on runs of a few thousand outcomes.
  constexpr std::size_t kBytesAnOutcome = 240;
  return session.sample_count * session.cells.size() * session.models.size() * kBytesAnOutcome;
}

std::vector<OpenStore> open_stores(const Session& session, const RunOptions& options) {
  const auto samples = session.sample_rows();
  std::vector<OpenStore> stores;
  for (const auto& planned : session.models) {
    OpenStore open;
    open.folder = session.models.size() == 1 ? options.out : options.out / planned.name;
    std::error_code code;
    std::filesystem::create_directories(open.folder, code);
    if (code) throw Error(ErrorKind::kUsage, "--out: " + open.folder.string() + ": cannot be made: " + code.message());
    std::vector<CellRow> rows;
    for (const auto& cell : planned.cells) rows.push_back(cell.row);
    const bool exists = std::filesystem::exists(open.folder / "run.db");
    if (exists && !options.resume) {
      throw Error(ErrorKind::kUsage,
                  open.folder.string() + " holds a run already: go on with --resume, or give another --out");
    }
    open.store = exists ? store::RunStore::resume(open.folder, planned.header, samples, rows, session.batch_size)
                        : store::RunStore::create(open.folder, planned.header, samples, rows, session.batch_size);
    open.done = open.store->done();
    stores.push_back(std::move(open));
  }
  return stores;
}

/// The folder of --out: made before any work, so that a wrong path is found at once, and taken away again when
/// nothing was put into it.
class OutFolder {
 public:
  explicit OutFolder(const RunOptions& options) : folder_(options.out) {
    if (folder_.empty()) throw Error(ErrorKind::kUsage, "--out is missing: the folder that the run is written to");
    if (std::filesystem::exists(folder_ / "run.db") && !options.resume) {
      throw Error(ErrorKind::kUsage,
                  folder_.string() + " holds a run already: go on with --resume, or give another --out");
    }
    std::error_code code;
    std::filesystem::create_directories(folder_, code);
    if (code) throw Error(ErrorKind::kUsage, "--out: " + folder_.string() + ": cannot be made: " + code.message());
  }
  ~OutFolder() {
    std::error_code not_empty;
    std::filesystem::remove(folder_, not_empty);
  }
  OutFolder(const OutFolder&) = delete;
  OutFolder& operator=(const OutFolder&) = delete;

 private:
  std::filesystem::path folder_;
};

/// The run itself: state shared by the workers.
class Run {
 public:
  Run(const Session& session, const RunOptions& options, std::vector<OpenStore>& stores)
      : session_(session), options_(options), stores_(stores) {
    for (const auto& [position, reason] : stores.front().store->failed_samples())
      failures_.insert(session.dataset->info(session.first_sample + position).id + ": " + reason);
  }

  RunReport execute() {
    std::vector<std::filesystem::path> folders;
    for (const auto& store : stores_) folders.push_back(store.folder);
    auto batches = batches_to_do();
    std::size_t to_do = 0;
    for (const auto& batch : batches) to_do += batch->cells.size();
    const std::size_t total = session_.batch_count() * session_.cells.size();
    const double samples_a_unit =
        static_cast<double>(session_.sample_count) / static_cast<double>(session_.batch_count());
    ProgressKeeper progress(folders, total, total - to_do, samples_a_unit, options_.on_progress);
    progress_ = &progress;

    Scheduler scheduler(std::move(batches), [this] { return stopped(); });
    try {
      make_executor()->run(session_.jobs, [&](std::size_t worker) { work(scheduler, worker); });
    } catch (...) {
      progress.close("incomplete");
      throw;
    }

    RunReport report;
    report.folders = folders;
    report.failed_samples = failures_.size();
    report.failures.assign(failures_.begin(), failures_.end());
    report.first_call_to_last_store_s = first_unit_ ? since(*first_unit_) : 0;
    if (too_many_failures()) {
      report.complete = false;
      report.why = std::to_string(failures_.size()) + " of " + std::to_string(session_.sample_count) +
                   " samples could not be read, more than --max-failures " + format_number(options_.max_failures);
    } else if (interrupted()) {
      report.complete = false;
      report.why = "interrupted";
    }
    for (std::size_t m = 0; m < stores_.size(); ++m) {
      auto header = session_.models[m].header;
      header.timing = {{"wall_s", report.first_call_to_last_store_s},
                       {"decode_s", times_.decode},
                       {"perturb_s", times_.perturb},
                       {"digest_s", times_.digest},
                       {"prepare_s", times_.prepare},
                       {"forward_s", times_.forward},
                       {"measure_s", times_.measure},
                       {"store_s", times_.store}};
      if (session_.gate && session_.gate->narrow())
        header.environment["calls_side_by_side"] = "1: no memory for " + std::to_string(session_.jobs);
      stores_[m].store->update_header(header);
      stores_[m].store->finish(report.complete, report.why);
    }
    progress.close(report.complete ? "complete" : "incomplete");
    return report;
  }

 private:
  [[nodiscard]] bool interrupted() const { return options_.interrupted != nullptr && *options_.interrupted != 0; }
  [[nodiscard]] bool too_many_failures() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<double>(failures_.size()) > options_.max_failures * static_cast<double>(session_.sample_count);
  }
  [[nodiscard]] bool stopped() const { return interrupted() || too_many_failures(); }

  [[nodiscard]] bool done(const SharedCell& cell, std::size_t batch) const {
    return std::all_of(cell.users.begin(), cell.users.end(), [&](const auto& user) {
      return stores_[user.first].done.contains({user.second, batch});
    });
  }

  std::deque<std::unique_ptr<Batch>> batches_to_do() const {
    std::deque<std::unique_ptr<Batch>> batches;
    for (std::size_t b = 0; b < session_.batch_count(); ++b) {
      auto batch = session_.make_batch(b);
      std::erase_if(batch->cells, [&](std::size_t cell) { return done(session_.cells[cell], b); });
      // One replicate after the other: neighbouring doses of one draw have most of their input in common.
      std::ranges::stable_sort(batch->cells, {},
                               [&](std::size_t cell) { return session_.cells[cell].cell.row.replicate; });
      // Every other batch begins in the middle of its corrupted cells: what is drawn for a whole split is drawn by
      // whoever comes first, and two workers should not come to the same cell at once.
      if (b % 2 == 1) {
        const auto first = std::ranges::find_if(
            batch->cells, [&](std::size_t cell) { return !session_.cells[cell].cell.row.clean(); });
        std::rotate(first, first + (batch->cells.end() - first) / 2, batch->cells.end());
      }
      if (!batch->cells.empty()) batches.push_back(std::move(batch));
    }
    return batches;
  }

  void work(Scheduler& scheduler, std::size_t worker) {
    try {
      while (const auto task = scheduler.next(worker)) {
        if (task->load) {
          load(*task->batch, task->number);
        } else {
          run_cell(*task->batch, session_.cells[task->number]);
        }
        scheduler.finish(*task);
      }
    } catch (...) {
      scheduler.abort();
      throw;
    }
  }

  void load(Batch& batch, std::size_t position) {
    StageTimes times;
    batch.samples[position] =
        timed(times.decode, [&] { return session_.load(session_.first_sample + batch.first_sample + position); });
    const std::scoped_lock lock(mutex_);
    times_ += times;
  }

  /// A sample counts as failed when it failed in the clean cell: it could not be read, or the model gave no
  /// number for it.
  void count_failures(const Batch& batch, const std::vector<Outcome>& outcomes) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i].state != State::kFailed) continue;
      const auto line =
          session_.dataset->info(session_.first_sample + batch.first_sample + i).id + ": " + outcomes[i].reason.str();
      {
        const std::scoped_lock lock(mutex_);
        if (!failures_.insert(line).second) continue;
      }
      progress_->sample_failed();
      if (options_.on_message) options_.on_message(line);
    }
  }

  void run_cell(const Batch& batch, const SharedCell& cell) {
    {
      const std::scoped_lock lock(mutex_);
      if (!first_unit_) first_unit_ = Clock::now();
    }
    auto result = run_unit(session_, batch, cell);
    if (&cell == &session_.cells.front()) count_failures(batch, result.outcomes.front());
    for (std::size_t user = 0; user < cell.users.size(); ++user) {
      const auto [model, local] = cell.users[user];
      if (stores_[model].done.contains({local, batch.index})) continue;
      const Stopwatch watch(result.times.store);
      stores_[model].store->add({local, batch.index, batch.first_sample, std::move(result.outcomes[user])});
    }
    {
      const std::scoped_lock lock(mutex_);
      times_ += result.times;
    }
    progress_->unit_stored();
    give_back_memory();
  }

  /// glibc keeps what was freed, in pieces that only grow in number: now and then it goes back to the system, so that
  /// memory is that of the units in work and not of those that were done.
  void give_back_memory() {
    {
      const std::scoped_lock lock(mutex_);
      if (Clock::now() - last_trim_ < kTrimEvery) return;
      last_trim_ = Clock::now();
    }
    (void)::malloc_trim(0);
  }

  const Session& session_;
  const RunOptions& options_;
  std::vector<OpenStore>& stores_;
  ProgressKeeper* progress_ = nullptr;
  mutable std::mutex mutex_;
  std::set<std::string> failures_;
  std::optional<Clock::time_point> first_unit_;
  Clock::time_point last_trim_ = Clock::now();
  StageTimes times_;
};

void make_galleries(const Session& session, const RunOptions& options, const std::vector<OpenStore>& stores) {
  for (std::size_t m = 0; m < stores.size(); ++m) {
    try {
      const auto sink = options.gallery(stores[m].folder);
      fill_gallery(session, session.models[m], options, stores[m].folder, *sink);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInternal) throw;
      if (options.on_message) options.on_message(stores[m].folder.string() + ": no gallery: " + error.what());
    }
  }
}

}  // namespace

RunReport run(const RunOptions& options, const perturb::Registry& registry) {
  const OutFolder out(options);
  const CrashLog crash_log(options.out);
  auto session = open_session(options, registry, &crash_log);
  if (options.budget_s) fit_budget(session, options);
  auto stores = open_stores(session, options);
  if (options.on_message) {
    for (const auto& planned : session.models) {
      const std::string who = session.models.size() > 1 ? planned.name + ": " : "";
      if (planned.exported) options.on_message(who + models::describe(*planned.exported));
    }
    const auto estimate = measure_batch(session, {0});
    const double batches = static_cast<double>(session.batch_count());
    const double calls = batches * static_cast<double>(session.cells.size());
    const double seconds =
        (estimate.load_s * batches + estimate.cell_s.front() * calls) / static_cast<double>(session.jobs);
    options.on_message(std::to_string(session.sample_count) + " samples x " + std::to_string(session.cells.size()) +
                       " cells: about " + format_number(std::ceil(seconds)) + " s before the cost of perturbing, " +
                       format_number(std::ceil(static_cast<double>(stored_bytes(session)) / 1e6)) + " MB in run.db");
  }
  if (session.jobs > 1) {
    session.gate = std::make_unique<CallGate>([&] {
      if (options.on_message)
        options.on_message("out of memory with up to " + std::to_string(session.jobs) +
                           " forward calls side by side: one at a time from here on");
    });
  }
  auto report = Run(session, options, stores).execute();
  if (report.complete && options.gallery) make_galleries(session, options, stores);
  return report;
}

CheckReport check(const RunOptions& options, const perturb::Registry& registry) {
  const auto session = open_session(options, registry);
  CheckReport report;
  report.samples = session.sample_count;
  report.batches = session.batch_count();
  report.cells = session.cells.size();
  report.data_notes = session.dataset->notes();
  for (const auto& planned : session.models) {
    ModelPlan plan;
    plan.name = planned.name;
    for (const auto& cell : planned.cells) plan.cells.push_back(cell.row);
    plan.header = planned.header;
    plan.not_tested = planned.header.not_tested;
    plan.warnings = planned.header.warnings;
    for (const auto& cell : planned.cells) report.forward_calls += session.calls(cell);
    report.models.push_back(std::move(plan));
  }
  std::vector<std::size_t> all(session.cells.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  report.estimated_s = measure_batch(session, all).total(report.batches, session.jobs);
  report.estimated_bytes = stored_bytes(session);
  return report;
}

}  // namespace shakedown::runners
