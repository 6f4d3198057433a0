#include "segments.h"

#include <algorithm>

#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {

Dose lost_pieces(const Waveform& before, const Waveform& after, const Segments& pieces, const Effect& effect) {
  Dose dose;
  dose.total = dose.eligible = static_cast<double>(pieces.count());
  for (const std::int64_t decision : effect.decisions) {
    const auto piece = static_cast<std::size_t>(decision);
    if (piece >= pieces.count()) continue;  // beyond what the model takes
    ++dose.taken;
    const auto begin = static_cast<std::ptrdiff_t>(pieces.begin(piece));
    const auto end = static_cast<std::ptrdiff_t>(pieces.end(piece));
    if (!std::equal(before.pcm.begin() + begin, before.pcm.begin() + end, after.pcm.begin() + begin)) ++dose.changed;
  }
  return with_shares(dose);
}

}  // namespace shakedown::perturb
