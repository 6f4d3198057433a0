#include "front_end.h"

#include <algorithm>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::runners {
namespace {

constexpr double kMismatchLimit = 0.02;

const models::InputSpec* input_with_vocab(const std::vector<models::InputSpec>& inputs) {
  for (const auto& input : inputs) {
    if (!input.vocab.empty()) return &input;
    if (const auto* inner = input_with_vocab(input.tuple)) return inner;
  }
  return nullptr;
}

}  // namespace

void check_front_end(const Session& session, const RunOptions& options, PlannedModel& planned) {
  const bool in_use = std::any_of(planned.cells.begin(), planned.cells.end(), [](const auto& cell) {
    return suites::removed_by_reference(cell.row).has(Form::kTokens);
  });
  const auto* input = input_with_vocab(planned.model->manifest().inputs);
  if (!in_use || input == nullptr) return;

  const auto tokenizer = models::make_tokenizer(*input);
  std::size_t compared = 0, different = 0;
  std::string first;
  for (std::size_t i = 0; i < session.limited_samples; ++i) {
    const auto loaded = session.load(i);
    if (!loaded.sample || !loaded.sample->tokens || !loaded.sample->transcript) continue;
    const auto& stored = *loaded.sample->tokens;
    ++compared;
    const auto again = tokenizer->tokenize(loaded.sample->transcript->text, stored.padded());
    if (again.ids == stored.ids) continue;
    if (different++ == 0) first = loaded.sample->id;
  }
  if (different == 0) return;
  const double share = static_cast<double>(different) / static_cast<double>(compared);
  const std::string message = "the stored token ids of " + std::to_string(different) + " of " +
                              std::to_string(compared) +
                              " samples differ from those of the re-tokenised transcript (first: " + first + ")";
  planned.header.probes["front_end_mismatch"] = share;
  const bool allowed =
      std::find(options.allow.begin(), options.allow.end(), "front_end_mismatch") != options.allow.end();
  if (share > kMismatchLimit && !allowed) {
    throw Error(ErrorKind::kUsage,
                "front_end_mismatch: " + message + ": check `vocab:` (" + input->vocab.file.string() +
                    ") and its `tokenizer:` and `lower_case:`, or accept it with --allow front_end_mismatch");
  }
  planned.header.warnings.push_back(
      {"front_end_mismatch", message + "; text cells refer to the re-tokenised clean cell", {}});
}

}  // namespace shakedown::runners
