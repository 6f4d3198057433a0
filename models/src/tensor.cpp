#include "tensor.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::models {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 30;

template <class To, class From>
void copy_run(std::byte* first, std::size_t stride, std::span<const From> values) {
  if constexpr (std::is_same_v<To, From>) {
    if (stride == 1) {
      std::memcpy(first, values.data(), values.size_bytes());
      return;
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const To value = std::is_same_v<To, bool> ? static_cast<To>(values[i] != From{0}) : static_cast<To>(values[i]);
    std::memcpy(first + i * stride * sizeof(To), &value, sizeof(To));
  }
}

}  // namespace

std::size_t dtype_size(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
    case DType::kInt64: return 8;
    case DType::kFloat32:
    case DType::kInt32: return 4;
    case DType::kBool:
    case DType::kUint8: break;
  }
  return 1;
}

TensorWriter::TensorWriter(DType dtype, std::string_view axes, const std::vector<std::size_t>& dims,
                           std::string_view layout, const Grid& grid, HostTensor* written)
    : grid_(grid), strides_(axes.size(), 0) {
  tensor_.dtype = dtype;
  std::size_t count = 1;
  for (std::size_t i = layout.size(); i-- > 0;) {
    const std::size_t axis = layout[i] == '1' ? std::string_view::npos : axes.find(layout[i]);
    std::size_t extent = axis == std::string_view::npos ? 1 : dims.at(axis);
    if (layout[i] == 'B') extent = grid.rows;
    if (layout[i] == 'U') extent = grid.utterances;
    if (axis != std::string_view::npos) strides_[axis] = count;
    if (layout[i] == 'U') utterance_stride_ = count;
    tensor_.shape.insert(tensor_.shape.begin(), static_cast<std::int64_t>(extent));
    if (extent != 0 && count > kMaxBytes / extent) {
      count = kMaxBytes + 1;
    } else {
      count *= extent;
    }
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] == 'T' && layout.find('T') == std::string_view::npos && dims[i] > 1) {
      throw Error(ErrorKind::kUsage, "layout '" + std::string(layout) + "' has no T, the data has " +
                                         std::to_string(dims[i]) + " steps: add pool_mean: true, length: 1 or T");
    }
  }
  const double bytes = static_cast<double>(count) * static_cast<double>(dtype_size(dtype));
  if (bytes > static_cast<double>(kMaxBytes)) {
    throw Error(ErrorKind::kUsage,
                "the tensor of one batch would be larger than 4 GiB: lower --batch-size, `length:`, `side:` or `fps:`");
  }
  const bool rows_follow = axes == "BTC" && strides_[2] == 1 && strides_[1] == dims[2];
  goes_on_ = written != nullptr && rows_follow && written->dtype == dtype && written->shape == tensor_.shape &&
             written->bytes.size() == count * dtype_size(dtype);
  if (goes_on_) {
    tensor_.bytes = std::move(written->bytes);
    defined_ = count;
  } else {
    tensor_.bytes.resize(count * dtype_size(dtype));
  }
}

// Most tensors are written from front to back: zeros go only where nothing was written before.
void TensorWriter::define_to(std::size_t end) {
  if (end <= defined_) return;
  const std::size_t size = dtype_size(tensor_.dtype);
  std::memset(tensor_.bytes.data() + defined_ * size, 0, (end - defined_) * size);
  defined_ = end;
}

HostTensor TensorWriter::finish() && {
  define_to(tensor_.bytes.size() / dtype_size(tensor_.dtype));
  return std::move(tensor_);
}

template <class Function>
void TensorWriter::of_type(Function&& function) const {
  switch (tensor_.dtype) {
    case DType::kFloat32: return function(float{});
    case DType::kFloat64: return function(double{});
    case DType::kInt64: return function(std::int64_t{});
    case DType::kInt32: return function(std::int32_t{});
    case DType::kBool: return function(bool{});
    case DType::kUint8: return function(std::uint8_t{});
  }
}

template <class From>
void TensorWriter::convert(std::span<const std::size_t> at, std::span<const From> values) {
  std::size_t offset = grid_.row.at(at[0]) * strides_[0] + grid_.at[at[0]] * utterance_stride_;
  for (std::size_t i = 1; i < at.size(); ++i) offset += at[i] * strides_[i];
  if (values.empty()) return;
  std::byte* const first = tensor_.bytes.data() + offset * dtype_size(tensor_.dtype);
  const std::size_t stride = strides_.back();
  const std::size_t end = offset + (values.size() - 1) * stride + 1;
  define_to(stride == 1 ? offset : end);
  defined_ = std::max(defined_, end);
  of_type([&](auto type) { copy_run<decltype(type)>(first, stride, values); });
}

void TensorWriter::write(std::span<const std::size_t> at, std::span<const float> values) {
  convert(at, values);
}
void TensorWriter::write(std::span<const std::size_t> at, std::span<const double> values) {
  convert(at, values);
}
void TensorWriter::write(std::span<const std::size_t> at, std::span<const std::int64_t> values) {
  convert(at, values);
}

/// Rows that follow each other in memory, a run of zero or kept ones at a time.
template <class To>
void TensorWriter::copy_rows(std::size_t offset, std::span<const float> values, std::size_t width,
                             std::span<const std::uint8_t> zero) {
  std::byte* const first = tensor_.bytes.data() + offset * sizeof(To);
  const std::size_t rows = values.size() / width;
  for (std::size_t row = 0, end = 0; row < rows; row = end) {
    const bool blank = !zero.empty() && zero[row] != 0;
    end = row + 1;
    while (end < rows && (!zero.empty() && zero[end] != 0) == blank) ++end;
    std::byte* const at = first + row * width * sizeof(To);
    if (blank) {
      std::memset(at, 0, (end - row) * width * sizeof(To));
    } else {
      copy_run<To>(at, 1, values.subspan(row * width, (end - row) * width));
    }
  }
}

void TensorWriter::write_rows(std::size_t b, std::size_t first, std::span<const float> values, std::size_t width,
                              std::span<const std::uint8_t> zero) {
  if (values.empty()) return;
  if (strides_[2] == 1 && strides_[1] == width) {
    const std::size_t offset = row_offset(b, first);
    define_to(offset);
    defined_ = std::max(defined_, offset + values.size());
    return of_type([&](auto type) { copy_rows<decltype(type)>(offset, values, width, zero); });
  }
  for (std::size_t row = 0; row * width < values.size(); ++row) {
    if (zero.empty() || zero[row] == 0) convert<float>(std::array{b, first + row}, values.subspan(row * width, width));
  }
}

template <class To>
void TensorWriter::change_rows_of(std::size_t offset, std::span<const float> values, std::size_t width,
                                  std::span<const std::uint8_t> was_zero, std::span<const std::uint8_t> zero) {
  std::byte* const first = tensor_.bytes.data() + offset * sizeof(To);
  constexpr std::size_t kWord = 8;
  for (std::size_t row = 0; row < zero.size(); ++row) {
    // Mostly nothing changes: eight rows are looked at together.
    if (row + kWord <= zero.size() && std::memcmp(&was_zero[row], &zero[row], kWord) == 0) {
      row += kWord - 1;
      continue;
    }
    if (was_zero[row] == zero[row]) continue;
    std::byte* const at = first + row * width * sizeof(To);
    if (zero[row] != 0) {
      std::memset(at, 0, width * sizeof(To));
    } else {
      copy_run<To>(at, 1, values.subspan(row * width, width));
    }
  }
}

void TensorWriter::change_rows(std::size_t b, std::span<const float> values, std::size_t width,
                               std::span<const std::uint8_t> was_zero, std::span<const std::uint8_t> zero) {
  const std::size_t offset = row_offset(b, 0);
  of_type([&](auto type) { change_rows_of<decltype(type)>(offset, values, width, was_zero, zero); });
}

void TensorWriter::clear_rows(std::size_t b, std::size_t first, std::size_t rows, std::size_t width) {
  const std::size_t size = dtype_size(tensor_.dtype);
  std::memset(tensor_.bytes.data() + row_offset(b, first) * size, 0, rows * width * size);
}

}  // namespace shakedown::models
