#include "pickle_writer.h"

#include <bit>

namespace shakedown::datasets {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory, as '<f4'");

PickleWriter::PickleWriter(std::ostream& out) : out_(out) {
  op({"\x80\x04", 2});
}

void PickleWriter::op(std::string_view opcodes) {
  raw(opcodes.data(), opcodes.size());
}

void PickleWriter::text(std::string_view text) {
  op("X");
  little_endian(text.size(), 4);
  op(text);
}

void PickleWriter::integer(std::int64_t value) {
  op({"\x8a\x08", 2});
  little_endian(static_cast<std::uint64_t>(value), 8);
}

void PickleWriter::list(std::size_t size, const std::function<void(std::size_t)>& item) {
  op("](");
  for (std::size_t i = 0; i < size; ++i) item(i);
  op("e");
}

void PickleWriter::dict(const std::function<void()>& pairs) {
  op("}(");
  pairs();
  op("u");
}

void PickleWriter::array(const char* dtype, const std::vector<std::size_t>& shape, std::size_t item_bytes,
                         const std::function<void(std::size_t)>& write_row) {
  std::uint64_t bytes = item_bytes;
  for (const std::size_t axis : shape) bytes *= axis;
  op("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n");
  integer(0);
  op("\x85");
  op({"C\x01"
      "b\x87R(",
      6});
  integer(1);
  op("(");
  for (const std::size_t axis : shape) integer(static_cast<std::int64_t>(axis));
  op("tcnumpy\ndtype\n");
  text(dtype);
  op("\x89\x88\x87R\x89\x8e");
  little_endian(bytes, 8);
  for (std::size_t row = 0; row < shape.front(); ++row) write_row(row);
  op("tb");
}

void PickleWriter::raw(const void* data, std::size_t size) {
  out_.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
}

void PickleWriter::little_endian(std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) out_.put(static_cast<char>(value >> (8 * i) & 0xFF));
}

}  // namespace shakedown::datasets
