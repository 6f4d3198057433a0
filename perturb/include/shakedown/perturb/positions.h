#pragma once

#include <cstddef>
#include <vector>

#include "shakedown/core/effect.h"
#include "shakedown/core/rng.h"

namespace shakedown::perturb {

// The one engine that decides which units (words, frames, steps) are hit. A perturbation says which units
// are eligible and what becomes of those taken; everything about choosing is here.
//
// All functions return ascending positions into `eligible`, each of them eligible, and are nested: what is
// taken at one dose is taken at every larger one, because a decision about a unit is a fixed number that
// the dose is compared with. Modalities that are to share their decisions ask with the same stream
// (rng.stream("shared")), the others each with one of its own (rng.stream("audio")).

/// `units` eligible positions, the first and the last protected if asked for.
[[nodiscard]] std::vector<bool> eligible_units(std::size_t units, bool protect_first = false,
                                               bool protect_last = false);
[[nodiscard]] std::size_t count_eligible(const std::vector<bool>& eligible);

/// Each eligible unit by itself with probability `rate` in [0, 1]: taken where its uniform is below the rate.
/// The number taken is random; the rate is met over a corpus.
[[nodiscard]] std::vector<std::size_t> take_each(const Stream& stream, const std::vector<bool>& eligible, double rate);

/// How many of `units` a share `rate` is, halves to even as NumPy's around() does it.
[[nodiscard]] std::size_t share_of(std::size_t units, double rate);

/// Exactly `count` eligible units (all of them when there are fewer): the first of one random ranking.
[[nodiscard]] std::vector<std::size_t> take_count(const Stream& stream, const std::vector<bool>& eligible,
                                                  std::size_t count);

/// `count` eligible units in `blocks` >= 1 contiguous runs. The L eligible units are divided into `blocks`
/// equal parts; a run of B in a part of L starts at floor(u (L - B + 1)) with one uniform u a run. Runs of
/// neighbouring parts may touch. "Contiguous" leaves units out that are not eligible.
[[nodiscard]] std::vector<std::size_t> take_blocks(const Stream& stream, const std::vector<bool>& eligible,
                                                   std::size_t count, std::size_t blocks = 1);

/// `dose` with the realised and the effective share of its eligible units, from its counts; both stay NaN where there
/// are none.
[[nodiscard]] Dose with_shares(Dose dose);

/// Consecutive positions as half-open spans, for Effect::touched.
[[nodiscard]] std::vector<Span> runs_of(const std::vector<std::size_t>& positions);

}  // namespace shakedown::perturb
