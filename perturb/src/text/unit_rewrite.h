#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shakedown/perturb/perturbation.h"
#include "text/rewrite.h"

namespace shakedown::perturb {

/// A perturbation that rewrites a transcript unit by unit (a sentiment word, a sentence): each eligible unit is taken
/// by itself with probability `fraction`.
class UnitRewrite : public Perturbation {
 public:
  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const final;
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const final;

 protected:
  UnitRewrite(double fraction, bool directed) : fraction_(fraction), directed_(directed) {}

  /// What would become of each unit of `transcript`, in order; nothing for a unit that is not eligible. Edits of
  /// different units may coincide (a shared negator) but not differ where they overlap, unless both delete.
  struct Plan {
    std::vector<std::optional<std::vector<Edit>>> units;
    std::optional<int> polarity = {};  ///< polarity_of() the transcript, where it was found on the way
  };
  [[nodiscard]] virtual Plan plan(const Transcript& transcript) const = 0;
  [[nodiscard]] virtual std::string nothing_eligible() const = 0;

 private:
  double fraction_;
  bool directed_;  ///< the effect states which way the prediction should move
};

/// The edits in order, equal ones once, overlapping deletions joined, and "a" or "an" before a changed word set right.
[[nodiscard]] std::vector<Edit> merged(const Transcript& before, std::vector<Edit> edits);

}  // namespace shakedown::perturb
