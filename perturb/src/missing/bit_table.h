#pragma once

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

  [[nodiscard]] bool test(std::size_t bit) const { return (words_[bit / 64] >> (bit % 64) & 1U) != 0; }
  void set(std::size_t bit) { words_[bit / 64] |= std::uint64_t{1} << (bit % 64); }

 private:
  std::uint64_t* words_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace shakedown::perturb
