#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string_view>
#include <vector>

namespace shakedown::datasets {

/// The few opcodes of pickle protocol 4 that a dict of lists and NumPy arrays takes (CPython's pickletools.py).
class PickleWriter {
 public:
  explicit PickleWriter(std::ostream& out);

  void op(std::string_view opcodes);
  void text(std::string_view text);
  void integer(std::int64_t value);
  void list(std::size_t size, const std::function<void(std::size_t)>& item);
  void dict(const std::function<void()>& pairs);
  /// A C-ordered array whose `rows` are given one by one, each as bytes through raw().
  /// @param dtype  "f4", "f8": as it lies in memory, which is little-endian
  void array(const char* dtype, const std::vector<std::size_t>& shape, std::size_t item_bytes,
             const std::function<void(std::size_t)>& write_row);
  void raw(const void* data, std::size_t size);
  void finish() { op("."); }

 private:
  void little_endian(std::uint64_t value, int width);
  std::ostream& out_;
};

}  // namespace shakedown::datasets
