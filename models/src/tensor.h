#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend.h"
#include "grid.h"

namespace shakedown::models {

/// Fills a host tensor of any layout by runs along the last axis of a fixed order of axes. Unwritten values are 0.
class TensorWriter {
 public:
  /// `axes` ("BTC") and `dims` give the order in which values are written, `layout` ("TBC", "BC", "B1CT") the
  /// order in memory. Positions on B are requests, which `grid` places on B and U of the layout; the extent of B in
  /// `dims` is not looked at. @throws Error(kUsage) when T is left out of the layout and has more than one step, or
  /// when the tensor would be larger than 4 GiB
  TensorWriter(DType dtype, std::string_view axes, const std::vector<std::size_t>& dims, std::string_view layout,
               const Grid& grid)
      : TensorWriter(dtype, axes, dims, layout, grid, nullptr) {}
  /// Goes on from `written`, which stays where it is not written again, if that has the same type and shape and the
  /// axes are "BTC" with rows of C that follow each other in memory.
  TensorWriter(DType dtype, std::string_view axes, const std::vector<std::size_t>& dims, std::string_view layout,
               const Grid& grid, HostTensor* written);
  [[nodiscard]] bool goes_on() const { return goes_on_; }

  /// Writes `values` along the last axis at position `at` of the axes before it, B first.
  void write(std::span<const std::size_t> at, std::span<const float> values);
  void write(std::span<const std::size_t> at, std::span<const double> values);
  void write(std::span<const std::size_t> at, std::span<const std::int64_t> values);

  /// Writes rows of `width` numbers at position `b` of B, from row `first` on: those of `values`, and zeros where
  /// `zero` (empty, or an entry a row) is not 0. Of axes "BTC".
  void write_rows(std::size_t b, std::size_t first, std::span<const float> values, std::size_t width,
                  std::span<const std::uint8_t> zero = {});
  /// Where goes_on(): rows that were written from `values` with `was_zero` (both with an entry a row), to become those
  /// with `zero`.
  void change_rows(std::size_t b, std::span<const float> values, std::size_t width,
                   std::span<const std::uint8_t> was_zero, std::span<const std::uint8_t> zero);
  /// Sets `rows` rows to zero where goes_on().
  void clear_rows(std::size_t b, std::size_t first, std::size_t rows, std::size_t width);

  [[nodiscard]] HostTensor finish() &&;

 private:
  template <class From>
  void convert(std::span<const std::size_t> at, std::span<const From> values);
  template <class To>
  void copy_rows(std::size_t offset, std::span<const float> values, std::size_t width,
                 std::span<const std::uint8_t> zero);
  template <class To>
  void change_rows_of(std::size_t offset, std::span<const float> values, std::size_t width,
                      std::span<const std::uint8_t> was_zero, std::span<const std::uint8_t> zero);
  /// Calls `function` with a value of the type of the tensor's numbers.
  template <class Function>
  void of_type(Function&& function) const;
  void define_to(std::size_t end);
  [[nodiscard]] std::size_t row_offset(std::size_t b, std::size_t row) const {
    return grid_.row.at(b) * strides_[0] + grid_.at[b] * utterance_stride_ + row * strides_[1];
  }

  HostTensor tensor_;
  bool goes_on_ = false;
  std::size_t defined_ = 0;  // elements from the front that hold something
  const Grid& grid_;
  std::vector<std::size_t> strides_;  // of `axes`, in elements
  std::size_t utterance_stride_ = 0;
};

[[nodiscard]] std::size_t dtype_size(DType dtype);

}  // namespace shakedown::models
