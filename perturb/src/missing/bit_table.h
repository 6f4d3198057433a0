#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace shakedown::perturb {

/// A table of bits in a nameless temporary file that is mapped into memory: the masks of a whole split are kept for
/// each cell, and the kernel may drop their pages when memory is short. In memory where no temporary file can be made.
class BitTable {
 public:
  BitTable() = default;
  explicit BitTable(std::size_t bits);  ///< all 0
  ~BitTable();
  BitTable(BitTable&& other) noexcept;
  BitTable& operator=(BitTable&& other) noexcept;
  BitTable(const BitTable&) = delete;
  BitTable& operator=(const BitTable&) = delete;

  /// Calls `visit` with each bit of [begin, end) that is 1, ascending.
  template <class Visit>
  void visit_set(std::size_t begin, std::size_t end, Visit&& visit) const {
    for (std::size_t bit = begin; bit < end; bit = (bit / 64 + 1) * 64) {
      std::uint64_t word = words_[bit / 64] >> (bit % 64) << (bit % 64);
      for (; word != 0; word &= word - 1) {
        const std::size_t found = bit / 64 * 64 + static_cast<std::size_t>(std::countr_zero(word));
        if (found >= end) return;
        visit(found);
      }
    }
  }
  /// Sets `bit` where `on`; without a branch, for masks are as good as random.
  void set(std::size_t bit, bool on = true) { words_[bit / 64] |= std::uint64_t{on} << (bit % 64); }

 private:
  std::uint64_t* words_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace shakedown::perturb
