#include "ndarray.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "pickle.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

constexpr std::size_t kMaxAxes = 32;  // NumPy's own limit when these formats were fixed
constexpr std::size_t kMaxTextItem = std::size_t{1} << 30;

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

std::string shape_string(const std::vector<std::size_t>& shape) {
  std::vector<std::string> axes;
  for (const std::size_t axis : shape) axes.push_back(std::to_string(axis));
  return "[" + join(axes, ", ") + "]";
}

/// Product of axes [first, end); refuses overflow and axes that no data stands for.
std::size_t item_count(const std::vector<std::size_t>& shape, std::size_t first) {
  std::size_t count = 1;
  for (std::size_t axis = first; axis < shape.size(); ++axis) {
    if (shape[axis] != 0 && count > std::numeric_limits<std::size_t>::max() / shape[axis]) {
      fail(fmt::format("array shape {} is impossibly large", shape_string(shape)));
    }
    count *= shape[axis];
  }
  return count;
}

void check_shape(const std::vector<std::size_t>& shape) {
  if (shape.size() > kMaxAxes) fail(fmt::format("array with {} axes: at most {} are read", shape.size(), kMaxAxes));
  if (item_count(shape, 0) != 0) return;
  // An empty array costs no bytes, so nothing else bounds its other axes.
  if (std::ranges::any_of(shape, [](std::size_t axis) { return axis > Pickle::kMaxObjects; })) {
    fail(fmt::format("array shape {} is impossibly large", shape_string(shape)));
  }
}

/// IEEE 754 binary16.
struct Half {
  std::uint16_t bits;
  explicit operator double() const {
    const int exponent = (bits >> 10) & 0x1F;
    const int fraction = bits & 0x3FF;
    double magnitude = std::ldexp(fraction, -24);
    if (exponent == 0x1F) {
      magnitude = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    } else if (exponent != 0) {
      magnitude = std::ldexp(fraction + 1024, exponent - 25);
    }
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
  }
};

template <class Stored, class Number>
void convert(const std::byte* in, bool swapped, std::span<Number> out) {
  if constexpr (std::is_same_v<Stored, Number>) {
    if (!swapped) {
      std::memcpy(out.data(), in, out.size_bytes());
      return;
    }
  }
  for (Number& number : out) {
    std::array<std::byte, sizeof(Stored)> bytes{};
    std::memcpy(bytes.data(), in, sizeof(Stored));  // the file gives no alignment
    if (swapped) std::ranges::reverse(bytes);
    in += sizeof(Stored);
    if constexpr (std::is_same_v<Stored, Half>) {
      number = static_cast<Number>(static_cast<double>(std::bit_cast<Half>(bytes)));
    } else {
      number = static_cast<Number>(std::bit_cast<Stored>(bytes));
    }
  }
}

template <class Number>
void convert(const DType& type, const std::byte* in, std::span<Number> out) {
  const bool swapped = type.swapped;
  switch (type.kind) {
    case 'f':
      if (type.size == 2) return convert<Half>(in, swapped, out);
      if (type.size == 4) return convert<float>(in, swapped, out);
      return convert<double>(in, swapped, out);
    case 'i':
      if (type.size == 1) return convert<std::int8_t>(in, swapped, out);
      if (type.size == 2) return convert<std::int16_t>(in, swapped, out);
      if (type.size == 4) return convert<std::int32_t>(in, swapped, out);
      return convert<std::int64_t>(in, swapped, out);
    case 'u':
      if (type.size == 2) return convert<std::uint16_t>(in, swapped, out);
      if (type.size == 4) return convert<std::uint32_t>(in, swapped, out);
      if (type.size == 8) return convert<std::uint64_t>(in, swapped, out);
      [[fallthrough]];
    default: return convert<std::uint8_t>(in, swapped, out);  // u1 and bool
  }
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    if (code >= 0xD800 && code < 0xE000) fail("text array holds a lone surrogate, which is no character");
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    if (code > 0x10FFFF) fail(fmt::format("text array holds {:#x}, which is no character", code));
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

}  // namespace

DType DType::parse(std::string_view code) {
  constexpr std::string_view kOrders = "<>|=";
  const std::string_view whole = code;
  DType type;
  if (!code.empty() && kOrders.find(code.front()) != std::string_view::npos) {
    type.set_byte_order(code.substr(0, 1));
    code.remove_prefix(1);
  }
  const char kind = code.empty() ? '\0' : code.front();
  const std::optional<double> number = code.size() > 1 ? parse_number(code.substr(1)) : std::optional<double>{0};
  const auto size = number && *number >= 0 && *number <= static_cast<double>(kMaxTextItem)
                        ? static_cast<std::size_t>(*number)
                        : std::numeric_limits<std::size_t>::max();
  bool known = false;
  switch (kind) {
    case 'f': known = size == 2 || size == 4 || size == 8; break;
    case 'i':
    case 'u': known = size == 1 || size == 2 || size == 4 || size == 8; break;
    case 'b': known = size == 1; break;
    case 'U':
    case 'S': known = size <= kMaxTextItem; break;
    case 'O': known = size == 0 || size == 4 || size == 8; break;
    default: break;
  }
  if (!known) {
    fail(
        fmt::format("refuses the NumPy type '{}'; read are float16/32/64, int and uint 8 to 64, bool, str, bytes "
                    "and object",
                    whole.substr(0, 40)));
  }
  type.kind = kind;
  type.size = kind == 'U' ? size * 4 : kind == 'O' ? 0 : size;
  return type;
}

void DType::set_byte_order(std::string_view mark) {
  constexpr bool kLittle = std::endian::native == std::endian::little;
  if (mark == "<") {
    swapped = !kLittle;
  } else if (mark == ">") {
    swapped = kLittle;
  } else if (mark == "|" || mark == "=") {
    swapped = false;
  } else {
    fail(fmt::format("unknown byte order '{}' of a NumPy type", mark.substr(0, 8)));
  }
}

std::string DType::name() const {
  switch (kind) {
    case 'f': return fmt::format("float{}", size * 8);
    case 'i': return fmt::format("int{}", size * 8);
    case 'u': return fmt::format("uint{}", size * 8);
    case 'b': return "bool";
    case 'U': return "text";
    case 'S': return "bytes";
    default: return "object";
  }
}

NdArray::NdArray(std::vector<std::size_t> shape, DType type, bool fortran, std::shared_ptr<const PickleBytes> data)
    : shape_(std::move(shape)), type_(type), fortran_(fortran), data_(std::move(data)) {
  check_shape(shape_);
  if (type_.size == 0) fail(fmt::format("array of {} with items of 0 bytes", type_.name()));
  const std::size_t count = item_count(shape_, 0);
  if (count > data_->size() / type_.size || count * type_.size != data_->size()) {
    fail(
        fmt::format("array {} of {} holds {} bytes, which is not its size", shape_text(), type_.name(), data_->size()));
  }
  row_items_ = item_count(shape_, std::min<std::size_t>(1, shape_.size()));
}

NdArray::NdArray(std::vector<std::size_t> shape, bool fortran, const PickleObject& list)
    : shape_(std::move(shape)), type_{'O', 0, false}, fortran_(fortran), objects_(&list) {
  check_shape(shape_);
  if (item_count(shape_, 0) != list.items().size()) {
    fail(fmt::format("object array {} holds {} items, which is not its size", shape_text(), list.items().size()));
  }
  row_items_ = item_count(shape_, std::min<std::size_t>(1, shape_.size()));
}

std::string NdArray::shape_text() const {
  return shape_string(shape_);
}

std::size_t NdArray::position(std::size_t row, std::size_t item) const {
  if (!fortran_) return row * row_items_ + item;
  // Column-major: the first axis is the fastest. Peel the C-order index from the last axis on.
  std::size_t offset = 0;
  std::size_t stride = item_count(shape_, 0);
  for (std::size_t axis = shape_.size(); axis-- > 1;) {
    stride /= shape_[axis];
    offset += item % shape_[axis] * stride;
    item /= shape_[axis];
  }
  return offset + row;
}

void NdArray::gather_row(std::size_t row, std::span<std::byte> out) const {
  if (!fortran_) return data_->read(row * out.size(), out);
  for (std::size_t item = 0; item < row_items_; ++item) {
    data_->read(position(row, item) * type_.size, out.subspan(item * type_.size, type_.size));
  }
}

template <class Number>
void NdArray::read_row(std::size_t row, std::span<Number> out) const {
  if (objects_ != nullptr) {
    for (std::size_t item = 0; item < row_items_; ++item) out[item] = static_cast<Number>(object(row, item).number());
    return;
  }
  if (!type_.numeric()) fail(fmt::format("array of {} where numbers are needed", type_.name()));
  const std::byte* const stored = data_->in_place();
  if (stored != nullptr && !fortran_) return convert(type_, stored + row * row_items_ * type_.size, out);
  std::vector<std::byte> bytes(row_items_ * type_.size);
  gather_row(row, bytes);
  convert(type_, bytes.data(), out);
}
template void NdArray::read_row(std::size_t, std::span<float>) const;
template void NdArray::read_row(std::size_t, std::span<double>) const;

std::string NdArray::text(std::size_t row, std::size_t item) const {
  if (objects_ != nullptr) return object(row, item).text();
  if (type_.kind != 'U' && type_.kind != 'S') fail(fmt::format("array of {} where text is needed", type_.name()));
  std::vector<std::byte> bytes(type_.size);
  data_->read(position(row, item) * type_.size, bytes);
  std::string text;
  if (type_.kind == 'S') {
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    text.erase(text.find_last_not_of('\0') + 1);
    if (!is_utf8(text)) fail("bytes array holds text that is not UTF-8");
    return text;
  }
  std::size_t used = bytes.size() / 4;  // NumPy pads with NUL and drops it on reading
  std::vector<double> codes(used);
  convert(DType{'u', 4, type_.swapped}, bytes.data(), std::span(codes));
  while (used > 0 && codes[used - 1] == 0) --used;
  for (std::size_t i = 0; i < used; ++i) append_utf8(static_cast<std::uint32_t>(codes[i]), text);
  return text;
}

const PickleObject& NdArray::object(std::size_t row, std::size_t item) const {
  if (objects_ == nullptr) fail(fmt::format("array of {} where objects are needed", type_.name()));
  // The list may have been changed by later opcodes of a hostile file.
  const std::size_t at = position(row, item);
  if (at >= objects_->items().size()) fail("object array whose items were taken away");
  return *objects_->items()[at];
}

}  // namespace shakedown::datasets
