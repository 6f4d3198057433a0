#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/rng.h"
#include "shakedown/core/sample.h"
#include "shakedown/perturb/perturbation.h"
#include "text/asr_plan.h"
#include "text/recognition.h"

namespace shakedown::perturb {

/// What a listener to one language takes for what. All draws are functions of the stream and the unit's place.
class Ear {
 public:
  virtual ~Ear() = default;
  /// True for what is spoken without stress: articles, pronouns, particles, fillers.
  [[nodiscard]] virtual bool is_unstressed(const std::string& unit) const = 0;
  /// What is heard in the place of unit `i`, which is substituted; "" when nothing sounds like it.
  [[nodiscard]] virtual std::string instead(const ScoredUnits& said, const std::vector<AsrError>& plan, std::size_t i,
                                            const Stream& stream) const = 0;
  /// What is heard beside unit `i` though nobody said it; "" when nothing is.
  [[nodiscard]] virtual std::string extra(const ScoredUnits& said, std::size_t i, const Stream& stream) const = 0;
};

/// True when `word` stands within three units of `i`: put there, it would be found as that other unit.
[[nodiscard]] bool stands_near(const ScoredUnits& said, std::size_t i, std::string_view word);

/// A word or character with a weight for an integer draw.
struct Candidate {
  std::string_view text;
  std::uint64_t weight = 1;
};
/// One of `candidates` by weight that does not stand near `i`; "" when none is left.
[[nodiscard]] std::string draw_unheard(const std::vector<Candidate>& candidates, const ScoredUnits& said, std::size_t i,
                                       const Stream& stream);

[[nodiscard]] std::shared_ptr<const Ear> english_ear();
/// Of Mandarin, character by character; words in an alphabet that stand among them are heard as English.
[[nodiscard]] std::shared_ptr<const Ear> mandarin_ear(bool traditional);
/// Of a language that espeak-ng reads aloud and that is written with spaces: its vocabulary and frequencies are those
/// of the split's transcripts.
[[nodiscard]] std::shared_ptr<const Ear> foreign_ear(const std::string& language, const std::string& voice,
                                                     const Corpus& corpus);

/// The ear for a transcript by its language, or by its script where that is unknown; else why there is none.
struct FoundEar {
  std::shared_ptr<const Ear> ear;
  std::string why;
};
[[nodiscard]] FoundEar ear_for(const Transcript& transcript, const Corpus& corpus);

/// The files of this machine that say how words sound and how frequent they are.
[[nodiscard]] Needs vocabularies();

}  // namespace shakedown::perturb
