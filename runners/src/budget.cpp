#include "budget.h"

#include <algorithm>
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

Fit what_fits(const Estimate& estimate, double budget_s, std::size_t batches, std::size_t jobs) {
  Fit fit;
  Estimate kept{estimate.load_s, {}};
  for (const double cell : estimate.cell_s) {
    kept.cell_s.push_back(cell);
    if (kept.total(batches, jobs) > budget_s) break;
    ++fit.cells;
  }
  while (fit.batches < batches && estimate.total(fit.batches + 1, jobs) <= budget_s) ++fit.batches;
  return fit;
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

  const auto fit = what_fits(estimate, budget, session.batch_count(), session.jobs);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < fit.cells; ++i)
    if (!session.cells[i].cell.row.clean()) ids.push_back(session.cells[i].cell.row.id);
  const std::size_t batches = fit.batches;
  std::vector<std::string> lines;
  std::string only;
  for (const auto& id : ids) only += " --only '" + id + "'";
  if (!ids.empty()) lines.push_back(only.substr(1));
  if (batches > 0) lines.push_back("--limit " + std::to_string(batches * session.batch_size));
  if (lines.empty()) {
    throw Error(ErrorKind::kUsage, "--budget " + in_minutes(budget) + ": the run needs about " + in_minutes(needed) +
                                       " and not even one batch fits");
  }
  if (options.fit && !ids.empty()) return keep_only(session, ids);
  if (options.fit) {
    session.keep_rows(std::min(session.row_count(), batches * session.batch_size));
    for (auto& planned : session.models) planned.header.settings["limit"] = std::to_string(session.row_count());
    return;
  }
  throw Error(ErrorKind::kUsage, "--budget " + in_minutes(budget) + ": the run needs about " + in_minutes(needed) +
                                     "; either of these fits (--fit takes the first): " + join(lines, "   or   "));
}

}  // namespace shakedown::runners
