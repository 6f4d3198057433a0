#include "missing/split_masks.h"

#include <algorithm>
#include <cmath>

#include "missing/numpy_random.h"

namespace shakedown::perturb {
namespace {

using Shapes = std::vector<SampleShape>;

// One modality as the authors' arrays hold it: a row a sample, all rows padded to one length.
struct Rows {
  std::vector<std::size_t> lengths;
  std::size_t padded = 0;
  std::size_t begin = 0;  // of the first row in the table
};

Rows rows_of(const Shapes& shapes, Form form) {
  Rows rows;
  for (const SampleShape& shape : shapes) {
    rows.lengths.push_back(shape.of(form).length);
    rows.padded = std::max(rows.padded, shape.of(form).padded);
  }
  return rows;
}

// A number for every position, padding included; a step is kept where it is above the rate.
void lose_each(NumpyRandom& random, const Rows& rows, double rate, BitTable& lost) {
  const std::uint64_t lose = NumpyRandom::values_up_to(rate);
  for (std::size_t i = 0; i < rows.lengths.size(); ++i) {
    const std::size_t length = std::min(rows.lengths[i], rows.padded);
    for (std::size_t t = 0; t < length; ++t) lost.set(rows.begin + i * rows.padded + t, random.uniform_is_among(lose));
    for (std::size_t t = length; t < rows.padded; ++t) static_cast<void>(random.uniform_is_among(lose));
  }
}

void lose_block(NumpyRandom& random, const Rows& rows, double rate, BlockRule rule, BitTable& lost) {
  for (std::size_t i = 0; i < rows.lengths.size(); ++i) {
    const auto length = static_cast<std::int64_t>(rows.lengths[i]);
    const auto block = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(length - rule.inner) * rate));
    std::int64_t begin = 0, end = length;  // a block as long as the sequence needs no draw
    if (length > block) {
      if (rule.first >= length - block) continue;  // too short for a block; the authors' scripts stop here
      begin = random.integer(rule.first, length - block);
      end = begin + block;
    }
    for (std::int64_t t = begin; t < end; ++t) lost.set(rows.begin + i * rows.padded + static_cast<std::size_t>(t));
  }
}

}  // namespace

SplitMasks draw_split(const Protocol& protocol, const std::array<double, 3>& rates, const std::vector<MaskSeeds>& seeds,
                      Shared<Shapes> shapes) {
  SplitMasks masks;
  std::array<Rows, 3> rows;
  std::size_t bits = 0;
  for (std::size_t m = 0; m < rows.size(); ++m) {
    rows[m] = rows_of(*shapes, protocol.aligned ? Form::kTokens : kProtocolForms[m]);
    masks.padded[m] = rows[m].padded;
    masks.begin[m] = rows[m].begin = bits;
    bits += rows[m].lengths.size() * rows[m].padded;
  }
  masks.lost = BitTable(bits);
  for (const MaskSeeds& seed : seeds) {
    NumpyRandom random(seed.front());
    for (std::size_t m = 0; m < rows.size(); ++m) {
      if (protocol.source == Protocol::Source::kReseeded) random = NumpyRandom(seed[m]);
      // One mask for all: each modality reads the same numbers, at its own rate.
      if (protocol.one_mask) random = NumpyRandom(seed.front());
      if (protocol.loss == Protocol::Loss::kEach) {
        lose_each(random, rows[m], rates[m], masks.lost);
      } else {
        lose_block(random, rows[m], rates[m], m == 0 ? protocol.text_block : protocol.other_block, masks.lost);
      }
    }
  }
  masks.shapes = std::move(shapes);
  return masks;
}

}  // namespace shakedown::perturb
