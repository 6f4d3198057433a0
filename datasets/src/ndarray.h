#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pickle_bytes.h"

namespace shakedown::datasets {

struct PickleObject;

/// Element type of a NumPy array.
struct DType {
  char kind = 'f';       ///< f float, i signed, u unsigned, b bool, U text (UCS-4), S bytes, O Python objects
  std::size_t size = 0;  ///< bytes an element; 0 for O
  bool swapped = false;  ///< stored in the other byte order than this machine's

  /// From NumPy's code, e.g. "f4", "<i8", "U12", "O8". @throws Error(kData) for types that are not read
  static DType parse(std::string_view code);
  /// Applies the byte order mark of a pickled dtype: <, >, = or |.
  void set_byte_order(std::string_view mark);
  [[nodiscard]] bool numeric() const { return kind == 'f' || kind == 'i' || kind == 'u' || kind == 'b'; }
  [[nodiscard]] std::string name() const;  ///< "float32", "text", "object"
};

/// A NumPy array inside a mapped pickle. Rows are runs along the first axis and are converted when
/// asked for; C-ordered native data is read where it lies in the file.
class NdArray {
 public:
  NdArray() = default;
  /// @throws Error(kData) when shape, type and number of bytes disagree
  NdArray(std::vector<std::size_t> shape, DType type, bool fortran, std::shared_ptr<const PickleBytes> data);
  /// An array of Python objects; `list` is read when items are asked for.
  NdArray(std::vector<std::size_t> shape, bool fortran, const PickleObject& list);

  [[nodiscard]] const std::vector<std::size_t>& shape() const { return shape_; }
  [[nodiscard]] std::string shape_text() const;  ///< "[658, 768]"
  [[nodiscard]] const DType& type() const { return type_; }
  [[nodiscard]] std::size_t rows() const { return shape_.empty() ? 1 : shape_.front(); }
  [[nodiscard]] std::size_t row_items() const { return row_items_; }
  [[nodiscard]] std::size_t stored_bytes() const { return data_ ? data_->size() : 0; }

  /// Numbers of one row in C order, converted to float or double; out.size() == row_items().
  /// @throws Error(kData) when an item is not a number
  template <class Number>
  void read_row(std::size_t row, std::span<Number> out) const;
  /// One item of a row as UTF-8: text, bytes as they are, object-of-str. @throws Error(kData)
  [[nodiscard]] std::string text(std::size_t row, std::size_t item) const;
  /// One item of an object array. @throws Error(kData) when this is none
  [[nodiscard]] const PickleObject& object(std::size_t row, std::size_t item) const;

 private:
  [[nodiscard]] std::size_t position(std::size_t row, std::size_t item) const;
  void gather_row(std::size_t row, std::span<std::byte> out) const;

  std::vector<std::size_t> shape_{0};
  std::size_t row_items_ = 1;
  DType type_;
  bool fortran_ = false;
  std::shared_ptr<const PickleBytes> data_;
  const PickleObject* objects_ = nullptr;
};

}  // namespace shakedown::datasets
