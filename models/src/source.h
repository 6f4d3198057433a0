#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend.h"
#include "shakedown/models/manifest.h"

namespace shakedown::models {

/// How the values of a source are laid out and made.
enum class Shape { kTokens, kStrings, kSequence, kWaveform, kFrames, kDialogue, kNumber, kNone };
/// What is taken of it: its values, or something derived from its steps.
enum class Derived { kValues, kLengths, kMask, kMissingMask };

/// `from:` of an input, taken apart.
struct Source {
  std::string base;  ///< "audio.features"; of a derived one possibly only the modality ("audio")
  Derived derived = Derived::kValues;
  bool complete = false;  ///< the uncorrupted view
};

/// The part of `from` before .lengths, .mask, .missing_mask and .complete; names of the table stay whole.
[[nodiscard]] Source parse_source(std::string_view from);

/// What is known of a base source.
struct SourceInfo {
  std::string_view name;
  Modality modality;
  Shape shape;
  std::string_view axes;    ///< in the order in which values are written; T is time
  std::string_view layout;  ///< default
  std::string_view dtype;   ///< default
  std::vector<std::string_view> dtypes;
  std::vector<std::string_view> keys;  ///< of the manifest, beside from, argument, dtype, layout
  std::vector<Form> forms;             ///< forms of a sample that it reads
};
[[nodiscard]] const std::vector<SourceInfo>& sources();
[[nodiscard]] const SourceInfo* find_source(std::string_view base);

/// The same for what is derived from a source; `axes` is "B" or "BT".
[[nodiscard]] const SourceInfo& derived_info(Derived derived);

/// `axes` of utterances as rows of dialogues have them: U behind B.
[[nodiscard]] std::string with_utterances(std::string_view axes);

/// Modality of "text", "audio", "video" or "vision"; nothing for another name.
[[nodiscard]] std::optional<Modality> modality_named(std::string_view name);

/// Nothing when `layout` arranges `axes`: each axis once, T may be left out (one step), 1s may be added;
/// else what is wrong.
[[nodiscard]] std::optional<std::string> layout_fault(std::string_view layout, std::string_view axes);

[[nodiscard]] std::optional<DType> dtype_named(std::string_view name);

/// The input that a derived one (audio.lengths) refers to: the first values of that source or modality.
/// Null when the manifest has none.
[[nodiscard]] const InputSpec* referred(const std::vector<InputSpec>& inputs, const Source& source);

/// An input of all defaults for a base source.
[[nodiscard]] InputSpec default_input(const SourceInfo& info);

/// Every input in the order of forward(), tuples taken apart.
[[nodiscard]] std::vector<const InputSpec*> leaves(const std::vector<InputSpec>& inputs);

}  // namespace shakedown::models
