#include "perturbed_cell.h"

#include "cell_state.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::runners {

std::string doc_of(const suites::Cell& cell) {
  std::vector<std::string> docs;
  for (const auto& part : cell.parts) docs.push_back(part.spec->doc);
  return join(docs, " ");
}

PreviewCell perturbed(const suites::Cell& cell, const Sample& clean, const Corpus& corpus, std::uint64_t seed) {
  PreviewCell result;
  result.row = cell.row;
  result.doc = doc_of(cell);
  try {
    const auto applied = perturb::apply_parts(clean, cell.parts, corpus, seed, cell.row.replicate);
    const auto decided = cell_state(cell, applied.effects);
    result.state = decided.state;
    result.reason = decided.reason;
    for (const auto& effect : applied.effects) result.measures.insert(effect.measures.begin(), effect.measures.end());
    pool(result.measures);
    result.sample = decided.state == State::kSkipped ? clean : applied.sample;
    if (cell.parts.size() == 1 && decided.state != State::kSkipped)
      result.dose = perturb::measure_part(applied, cell.parts, 0, {}, seed, cell.row.replicate);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) throw error.with_context(cell.row.id);
    result.state = State::kFailed;
    result.reason = error.what();
    result.sample = clean;
  }
  return result;
}

}  // namespace shakedown::runners
