#include "shakedown/perturb/positions.h"

#include <algorithm>
#include <cmath>

namespace shakedown::perturb {
namespace {

std::vector<std::size_t> positions_of(const std::vector<bool>& eligible) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < eligible.size(); ++i) {
    if (eligible[i]) positions.push_back(i);
  }
  return positions;
}

}  // namespace

std::vector<bool> eligible_units(std::size_t units, bool protect_first, bool protect_last) {
  std::vector<bool> eligible(units, true);
  if (units > 0 && protect_first) eligible.front() = false;
  if (units > 0 && protect_last) eligible.back() = false;
  return eligible;
}

std::size_t count_eligible(const std::vector<bool>& eligible) {
  return static_cast<std::size_t>(std::count(eligible.begin(), eligible.end(), true));
}

std::vector<std::size_t> take_each(const Stream& stream, const std::vector<bool>& eligible, double rate) {
  std::vector<std::size_t> taken;
  for (std::size_t i = 0; i < eligible.size(); ++i) {
    if (eligible[i] && stream.uniform(i) < rate) taken.push_back(i);
  }
  return taken;
}

std::size_t share_of(std::size_t units, double rate) {
  return static_cast<std::size_t>(std::nearbyint(static_cast<double>(units) * std::clamp(rate, 0.0, 1.0)));
}

std::vector<std::size_t> take_count(const Stream& stream, const std::vector<bool>& eligible, std::size_t count) {
  std::vector<std::pair<double, std::size_t>> ranking;
  for (const std::size_t i : positions_of(eligible)) ranking.emplace_back(stream.uniform(i), i);
  std::sort(ranking.begin(), ranking.end());
  ranking.resize(std::min(count, ranking.size()));
  std::vector<std::size_t> taken;
  for (const auto& [key, position] : ranking) taken.push_back(position);
  std::sort(taken.begin(), taken.end());
  return taken;
}

std::vector<std::size_t> take_blocks(const Stream& stream, const std::vector<bool>& eligible, std::size_t count,
                                     std::size_t blocks) {
  const std::vector<std::size_t> units = positions_of(eligible);
  count = std::min(count, units.size());
  blocks = std::max<std::size_t>(blocks, 1);
  // Part i has `total / blocks`, the first ones one more: neither size shrinks when `total` grows, which
  // keeps several blocks nested, and a part's run never exceeds the part.
  const auto part = [blocks](std::size_t total, std::size_t i) {
    return total / blocks + static_cast<std::size_t>(i < total % blocks);
  };
  std::vector<std::size_t> taken;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < blocks && begin < units.size(); ++i) {
    const std::size_t length = part(units.size(), i);
    const std::size_t run = part(count, i);
    const auto start = static_cast<std::size_t>(stream.uniform(i) * static_cast<double>(length - run + 1));
    for (std::size_t k = 0; k < run; ++k) taken.push_back(units[begin + start + k]);
    begin += length;
  }
  return taken;
}

Dose with_shares(Dose dose) {
  if (dose.eligible > 0) {
    dose.realised = dose.taken / dose.eligible;
    dose.effective = dose.changed / dose.eligible;
  }
  return dose;
}

std::vector<Span> runs_of(const std::vector<std::size_t>& positions) {
  std::vector<Span> runs;
  for (const std::size_t position : positions) {
    const auto at = static_cast<double>(position);
    if (runs.empty() || runs.back().end < at) runs.push_back({at, at});
    runs.back().end = at + 1;
  }
  return runs;
}

}  // namespace shakedown::perturb
