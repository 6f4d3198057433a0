#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/perturb/perturbation.h"

namespace shakedown::perturb {

/// Where in the clip a perturbation acts. Absent: the whole clip.
struct At {
  enum class Kind { kWhole, kSeconds, kFraction, kWords, kRandom };
  Kind kind = Kind::kWhole;
  double begin = 0, end = 0;                    ///< seconds, fractions, or word indices [begin, end]
  double length = 0;                            ///< kRandom: fraction of the clip
  std::string name;                             ///< kRandom: parts with one name share the span
  [[nodiscard]] std::string canonical() const;  ///< "" for the whole clip; part of a cell's identity
};

/// One perturbation of a cell, ready to run.
struct Part {
  const PerturbationSpec* spec = nullptr;  ///< owned by the registry
  ParamMap params;                         ///< complete
  std::shared_ptr<const Perturbation> perturbation;
  At at;
  bool identity = false;           ///< dose at its identity: the input is returned bit for bit
  std::string before = "clean#0";  ///< id of the cell that the parts in front of it make
};

/// What apply_parts did, one entry a part.
struct Applied {
  Sample sample;
  std::vector<Effect> effects;
  std::vector<Sample> stages;  ///< before part i is stages[i]; after it stages[i + 1]; size parts + 1
};

/// Applies the parts of a cell in order, each with draws of its own, and each inside its window: the
/// window is cut out, corrupted and put back, so that no perturbation knows of `at`. Forms made stale are
/// removed. A perturbation that changed a form that it does not declare is an Error(kInternal).
[[nodiscard]] Applied apply_parts(const Sample& clean, const std::vector<Part>& parts, const Corpus& corpus,
                                  std::uint64_t suite_seed, int replicate);

/// How many bytes of a transcript the model reads, up to the end of a word.
using Readable = std::function<std::size_t(const Transcript&)>;

/// What a model takes of a sample.
struct ModelLimits {
  ModelLimits(InputLimits of_forms = {}, Readable of_words = nullptr)  // NOLINT(google-explicit-constructor)
      : forms(of_forms), readable(std::move(of_words)) {}
  InputLimits forms;
  Readable readable;  ///< null: all of it, or none
};

/// The dose of part `index`, measured inside its window, after both stages were cut to `limits`; units hit
/// beyond the limits are counted in Dose::beyond. Transcripts that a text perturbation writes are cut behind the last
/// word that the model reads both before and after: words that it no longer reads, or newly reads, because the text
/// changed its length have no counterpart to be measured against.
[[nodiscard]] Dose measure_part(const Applied& applied, const std::vector<Part>& parts, std::size_t index,
                                const ModelLimits& limits, std::uint64_t suite_seed, int replicate);

/// Digest of the decisions of all parts (integers, equal on every machine) and of the media written.
struct Digests {
  std::string decisions, media;
};
[[nodiscard]] Digests digest(const Sample& clean, const Applied& applied);

}  // namespace shakedown::perturb
