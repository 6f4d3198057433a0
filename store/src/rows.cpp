#include "rows.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "json_rows.h"
#include "schema.h"
#include "shakedown/core/text.h"

namespace shakedown::store {
namespace {

// A run keeps one row a sample and cell in memory; a damaged count must not ask for more than that.
constexpr std::size_t kMostRows = std::size_t{1} << 31;
constexpr std::size_t kMostReserved = 100'000;  ///< outcomes of a cell, before they are seen

/// A 0-based row number that must follow the one before.
void require_position(Database& database, const Statement& row, std::size_t expected, const char* table) {
  if (row.index(0, kMostRows, table) != expected) database.corrupt(fmt::format("{} {} is missing", table, expected));
}

Digest digest_from(std::string_view digits) {
  if (digits.empty()) return {};
  const auto digest = Digest::from_hex(digits);
  if (!digest) throw Error(ErrorKind::kData, fmt::format("digest '{}'", digits));
  return *digest;
}

Outcome read_outcome(Database& database, const Statement& row, bool whole) {
  Outcome outcome;
  try {
    outcome.state = state_from_name(row.text(2));
    if (whole) outcome.measures = numbers_from_json(row.text(12));
    outcome.decisions = digest_from(row.text(14));
    outcome.media = digest_from(row.text(15));
  } catch (const Error& error) {
    database.corrupt(error.what());
  }
  outcome.reason = row.text(3);
  outcome.outputs = row.doubles(4);
  outcome.dose = {row.number(5), row.number(6),  row.number(7), row.number(8),
                  row.number(9), row.number(10), row.number(11)};
  const auto direction = row.integer(13);
  if (direction < -1 || direction > 1) database.corrupt(fmt::format("direction {}", direction));
  outcome.direction = static_cast<int>(direction);
  return outcome;
}

/// Units are stored in the order in which workers finish.
std::vector<Outcome> in_split_order(const Database& database, std::size_t cell, std::vector<Outcome> outcomes,
                                    const std::vector<std::size_t>& samples) {
  if (std::adjacent_find(samples.begin(), samples.end(), std::greater_equal<>()) == samples.end()) return outcomes;
  std::vector<std::size_t> rank(samples.size());
  std::iota(rank.begin(), rank.end(), std::size_t{0});
  std::sort(rank.begin(), rank.end(), [&](std::size_t a, std::size_t b) { return samples[a] < samples[b]; });
  std::vector<Outcome> sorted;
  sorted.reserve(outcomes.size());
  for (std::size_t i = 0; i < rank.size(); ++i) {
    if (i > 0 && samples[rank[i]] == samples[rank[i - 1]])
      database.corrupt(fmt::format("cell {} has sample {} twice", cell, samples[rank[i]]));
    sorted.push_back(std::move(outcomes[rank[i]]));
  }
  return sorted;
}

}  // namespace

void write_plan(Database& database, const RunPlan& plan) {
  set_meta(database, meta::kSchema, kRunSchema);
  set_meta(database, meta::kHeader, header_to_json(plan.header));
  set_meta(database, meta::kBatchSize, std::to_string(plan.batch_size));
  set_meta(database, meta::kComplete, "0");
  set_meta(database, meta::kWhy, kStopped);

  Statement sample(database, "INSERT INTO samples VALUES(?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < plan.samples.size(); ++i) {
    const auto& row = plan.samples[i];
    in_context("sample '" + row.id + "'", [&] {
      if (!is_utf8(row.id) || !is_utf8(row.group)) throw Error(ErrorKind::kData, "its id or group is not UTF-8");
      sample.bind(0, i);
      sample.bind(1, std::string_view(row.id));
      sample.bind(2, std::string_view(row.group));
      sample.bind(3, std::string_view(labels_to_json(row.labels)));
      sample.bind(4, std::string_view(texts_to_json(row.metadata)));
      sample.run();
    });
  }

  Statement cell(database, "INSERT INTO cells VALUES(?, ?, ?, ?)");
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const auto& row = plan.cells[i];
    cell.bind(0, i);
    cell.bind(1, std::string_view(row.id));
    cell.bind(2, std::string_view(row.definition));
    cell.bind(3, std::string_view(cell_to_json(row)));
    cell.run();
  }
}

RunPlan read_plan(Database& database) {
  RunPlan plan;
  try {
    plan.header = header_from_json(get_meta(database, meta::kHeader));
    const auto batch_size = parse_number(get_meta(database, meta::kBatchSize));
    if (!batch_size || !(*batch_size >= 1) || *batch_size > 1e9) throw Error(ErrorKind::kData, "bad batch_size");
    plan.batch_size = static_cast<std::size_t>(*batch_size);

    Statement sample(database, "SELECT sample, id, \"group\", labels, metadata FROM samples ORDER BY sample");
    while (sample.step()) {
      require_position(database, sample, plan.samples.size(), "sample");
      plan.samples.push_back(
          {sample.text(1), sample.text(2), labels_from_json(sample.text(3)), texts_from_json(sample.text(4))});
    }
    Statement cell(database, "SELECT cell, row FROM cells ORDER BY cell");
    while (cell.step()) {
      require_position(database, cell, plan.cells.size(), "cell");
      plan.cells.push_back(cell_from_json(cell.text(1)));
    }
  } catch (const Error& error) {
    const std::string said = error.what();
    if (error.kind() != ErrorKind::kData || said.starts_with(database.file())) throw;
    database.corrupt(said);
  }
  return plan;
}

UnitWriter::UnitWriter(Database& database)
    : insert_unit_(database, "INSERT INTO units VALUES(?, ?, ?, ?)"),
      insert_outcome_(database, "INSERT INTO outcomes VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

void UnitWriter::write(const Unit& unit) {
  insert_unit_.bind(0, unit.cell);
  insert_unit_.bind(1, unit.batch);
  insert_unit_.bind(2, unit.first_sample);
  insert_unit_.bind(3, unit.outcomes.size());
  insert_unit_.run();
  for (std::size_t i = 0; i < unit.outcomes.size(); ++i) write(unit.cell, unit.first_sample + i, unit.outcomes[i]);
}

void UnitWriter::write(std::size_t cell, std::size_t sample, const Outcome& outcome) {
  insert_outcome_.bind(0, cell);
  insert_outcome_.bind(1, sample);
  insert_outcome_.bind(2, state_name(outcome.state));
  insert_outcome_.bind(3, std::string_view(outcome.reason.str()));
  insert_outcome_.bind_doubles(4, outcome.outputs);
  insert_outcome_.bind(5, outcome.dose.realised);
  insert_outcome_.bind(6, outcome.dose.effective);
  insert_outcome_.bind(7, outcome.dose.taken);
  insert_outcome_.bind(8, outcome.dose.eligible);
  insert_outcome_.bind(9, outcome.dose.total);
  insert_outcome_.bind(10, outcome.dose.changed);
  insert_outcome_.bind(11, outcome.dose.beyond);
  insert_outcome_.bind(12, std::string_view(numbers_to_json(outcome.measures.map())));
  insert_outcome_.bind(13, outcome.direction);
  insert_outcome_.bind(14, std::string_view(outcome.decisions.text()));
  insert_outcome_.bind(15, std::string_view(outcome.media.text()));
  insert_outcome_.run();
}

std::vector<std::vector<Outcome>> read_outcomes(Database& database, std::size_t samples,
                                                const std::vector<char>& whole) {
  const std::size_t cells = whole.size();
  std::vector<std::size_t> promised(cells, 0);
  Statement unit(database, "SELECT cell, samples FROM units");
  while (unit.step()) promised[unit.index(0, cells, "cell")] += unit.index(1, samples + 1, "size of a unit");

  // Kept as they come, so that memory grows with the rows that exist and not with what a damaged file claims.
  std::vector<std::vector<Outcome>> outcomes(cells);
  std::vector<std::vector<std::size_t>> order(cells);
  Statement row(database,
                "SELECT cell, sample, state, reason, outputs, realised, effective, taken, eligible, total, changed, "
                "beyond, measures, direction, decisions, media FROM outcomes");
  while (row.step()) {
    const auto cell = row.index(0, cells, "cell");
    if (outcomes[cell].empty()) {
      // The first row of a cell that its units promise in full: room for all of it, and no more.
      outcomes[cell].reserve(std::min(promised[cell], kMostReserved));
      order[cell].reserve(outcomes[cell].capacity());
    }
    order[cell].push_back(row.index(1, samples, "sample"));
    outcomes[cell].push_back(read_outcome(database, row, whole[cell] != 0));
  }
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (promised[cell] != order[cell].size()) {
      database.corrupt(
          fmt::format("cell {} has {} outcomes where its units name {}", cell, order[cell].size(), promised[cell]));
    }
    outcomes[cell] = in_split_order(database, cell, std::move(outcomes[cell]), order[cell]);
    order[cell] = {};
    if (outcomes[cell].size() < samples) outcomes[cell].clear();
  }
  return outcomes;
}

}  // namespace shakedown::store
