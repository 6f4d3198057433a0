#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::suites {

/// One column of the report: what is done to every sample.
struct Cell {
  CellRow row;
  std::vector<perturb::Part> parts;  ///< empty for a clean cell
  /// Of dialogue models: whether all utterances of a dialogue are corrupted, the one whose prediction is read, or
  /// those before it.
  enum class Scope { kAll, kTarget, kHistory };
  Scope scope = Scope::kAll;
  std::string where;  ///< "file:line" of the suite entry
  [[nodiscard]] Forms writes() const;
};

/// A suite as written, expanded and checked; not yet fitted to data or model.
struct Suite {
  std::string name, version;
  std::uint64_t seed = 1111;
  bool shipped = false;     ///< adapts to the data; a user's own suite does not
  double weak_limit = 0.1;  ///< share of skipped samples above which a cell is weak
  std::vector<Cell> cells;  ///< without the clean ones
  std::string text, sha256;
};

/// Loads a file or a shipped suite by name ("smoke", "smoke@1").
/// @throws Error(kUsage) "file:line: ..." for a wrong key, unknown perturbation or parameter, a value out of
/// range, two cells with one id
[[nodiscard]] Suite load(const std::string& name_or_path, const perturb::Registry& registry);

/// A single cell from text: 'audio.background_noise{snr_db: 5}'. @throws Error(kUsage)
[[nodiscard]] Cell parse_cell(std::string_view text, const perturb::Registry& registry);
/// As parse_cell; where the text does not say how strong, a cell for each severity 1 to 5.
[[nodiscard]] std::vector<Cell> parse_severities(std::string_view text, const perturb::Registry& registry);

struct SuiteInfo {
  std::string name, version, doc;
};
[[nodiscard]] std::vector<SuiteInfo> shipped();

/// What data and model offer.
struct Facts {
  Forms data;                           ///< forms in the data
  Forms model_reads;                    ///< forms that the model reads, Manifest::reads()
  bool tokens_from_transcript = false;  ///< the model has a vocab for its tokens
  bool word_times = false;              ///< transcripts say when each word is spoken
  bool dialogues = false;               ///< the model's rows are dialogues
  std::size_t speakers = 2;
  std::vector<ColumnBlock> columns = {};     ///< blocks of feature columns whose meaning is known
  std::map<Form, std::string> layouts = {};  ///< what is known of the columns of each form, one clause
};

/// The cells of `suite` for one model: clean cells first (one per front-end path in use), then those that
/// can be served, with reference and label effect filled in; and those that cannot.
struct Plan {
  std::vector<Cell> cells;
  std::vector<NotTested> not_tested;
};
/// @throws Error(kUsage) when a cell written out by the user (or any cell, with `strict`) cannot be served,
/// naming what is missing and how to provide it; or when nothing is left
[[nodiscard]] Plan plan(const Suite& suite, const Facts& facts, bool strict);

/// Keeps clean cells and those whose id matches one of the globs. @throws Error(kUsage) when none does
[[nodiscard]] std::vector<Cell> select(std::vector<Cell> cells, const std::vector<std::string>& only);

/// @param selected what select() left, of all models together
/// @throws Error(kUsage) naming a glob that none of them matches
void check_only(const std::vector<std::string>& only, const std::vector<Cell>& selected, const Suite& suite);

/// True for text parameters that name a file or a folder: relative ones start at the suite's folder, and what they name
/// is an input of the run.
[[nodiscard]] bool names_path(std::string_view parameter);

/// True for reference cells that read the transcript instead of stored tokens: the caller removes the
/// stored form before it asks the model.
[[nodiscard]] Forms removed_by_reference(const CellRow& clean_row);

}  // namespace shakedown::suites
