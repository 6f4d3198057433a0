#include "budget.h"

#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::runners {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string in_minutes(double seconds) {
  if (seconds < 120) return format_number(std::ceil(seconds)) + " s";
  return format_number(std::ceil(seconds / 6) / 10) + " min";
}

}  // namespace

double Estimate::total(std::size_t batches, std::size_t jobs) const {
  const double batch = load_s + std::accumulate(cell_s.begin(), cell_s.end(), 0.0);
  return batch * static_cast<double>(batches) / static_cast<double>(jobs);
}

Estimate measure_batch(const Session& session, const std::vector<std::size_t>& cells) {
  Estimate estimate;
  auto batch = session.make_batch(0);
  estimate.load_s = seconds_of([&] {
    for (std::size_t i = 0; i < batch->samples.size(); ++i) batch->samples[i] = session.load(session.first_sample + i);
  });
  for (const std::size_t cell : cells)
    estimate.cell_s.push_back(seconds_of([&] { (void)run_unit(session, *batch, session.cells[cell]); }));
  return estimate;
}

void fit_budget(Session& session, const RunOptions& options) {
  const double budget = *options.budget_s;
  std::vector<std::size_t> all(session.cells.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto estimate = measure_batch(session, all);
  const double needed = estimate.total(session.batch_count(), session.jobs);
  if (needed <= budget) return;

  // The suite's order is its priority: the first cells that fit are kept.
  std::vector<std::string> ids;
  Estimate kept{estimate.load_s, {}};
  for (const std::size_t i : all) {
    kept.cell_s.push_back(estimate.cell_s[i]);
    if (kept.total(session.batch_count(), session.jobs) > budget) break;
    if (!session.cells[i].cell.row.clean()) ids.push_back(session.cells[i].cell.row.id);
  }
  const double per_batch = estimate.total(1, session.jobs);
  const auto batches = static_cast<std::size_t>(budget / per_batch);
  std::vector<std::string> lines;
  std::string only;
  for (const auto& id : ids) only += " --only '" + id + "'";
  if (!ids.empty()) lines.push_back(only.substr(1));
  if (batches > 0) lines.push_back("--limit " + std::to_string(batches * session.batch_size));
  if (lines.empty())
    throw Error(ErrorKind::kUsage, "--budget " + in_minutes(budget) + ": the run needs about " + in_minutes(needed) +
                                       " and not even one batch fits");
  if (options.fit && !ids.empty()) return keep_only(session, ids);
  if (options.fit) {
    session.sample_count = std::min(session.sample_count, batches * session.batch_size);
    for (auto& planned : session.models) planned.header.settings["limit"] = std::to_string(session.sample_count);
    return;
  }
  throw Error(ErrorKind::kUsage, "--budget " + in_minutes(budget) + ": the run needs about " + in_minutes(needed) +
                                     "; either of these fits (--fit takes the first): " + join(lines, "   or   "));
}

}  // namespace shakedown::runners
