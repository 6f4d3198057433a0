#include "datasets/support.h"

#include <bit>
#include <fstream>
#include <iterator>
#include <limits>
#include <unistd.h>

#include <gtest/gtest.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets::testing {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "shakedown-datasets-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

Folder::~Folder() {
  std::error_code code;
  std::filesystem::remove_all(path_, code);
}

std::filesystem::path Folder::write(const std::filesystem::path& name, std::string_view content) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  return file;
}

std::filesystem::path data_file(const std::string& name) {
  return std::filesystem::path(SHAKEDOWN_TEST_DATA) / "datasets" / name;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

const nlohmann::json& golden() {
  static const nlohmann::json json = nlohmann::json::parse(read_file(data_file("golden.json")));
  return json;
}

std::vector<double> numbers(const nlohmann::json& array) {
  std::vector<double> numbers;
  for (const auto& value : array.at("values")) {
    const auto text = value.get<std::string>();
    const auto number = parse_number(text);
    numbers.push_back(number ? *number : std::numeric_limits<double>::quiet_NaN());
    EXPECT_TRUE(number || text == "nan") << text;
  }
  return numbers;
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(exit_code(error.kind()), 2) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  } catch (const std::exception& error) {
    ADD_FAILURE() << "not an Error: " << error.what();
    return {};
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

namespace {

std::string little_endian(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  return bytes;
}

}  // namespace

Pickler::Pickler(int protocol) : out_{'\x80', static_cast<char>(protocol)} {}

Pickler& Pickler::op(std::string_view opcodes) {
  out_ += opcodes;
  return *this;
}

Pickler& Pickler::text(std::string_view text) {
  return op("X").op(little_endian(text.size(), 4)).op(text);
}

Pickler& Pickler::bytes(std::string_view content) {
  return op("B").op(little_endian(content.size(), 4)).op(content);
}

Pickler& Pickler::integer(std::int64_t value) {
  return op("\x8a\x08").op(little_endian(static_cast<std::uint64_t>(value), 8));
}

Pickler& Pickler::number(double value) {
  const std::string bytes = little_endian(std::bit_cast<std::uint64_t>(value), 8);
  return op("G").op(std::string(bytes.rbegin(), bytes.rend()));
}

Pickler& Pickler::global(std::string_view module, std::string_view name) {
  return op("c").op(module).op("\n").op(name).op("\n");
}

Pickler& Pickler::array(std::string_view dtype, const std::vector<std::int64_t>& shape, std::string_view data,
                        bool fortran) {
  global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray").integer(0).op("\x85").bytes("b");
  op("\x87R(").integer(1).op("(");
  for (const std::int64_t axis : shape) integer(axis);
  op("t").global("numpy", "dtype").text(dtype).op("\x89\x88\x87R");
  return op(fortran ? "\x88" : "\x89").bytes(data).op("tb");
}

Pickler& Pickler::floats(const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  std::string data;
  for (const float value : values) data += little_endian(std::bit_cast<std::uint32_t>(value), 4);
  return array("<f4", shape, data);
}

std::string small_split(const std::vector<float>& labels, const std::function<void(Pickler&)>& more) {
  Pickler pickler;
  const auto n = static_cast<std::int64_t>(labels.size());
  pickler.op("}(").text("labels").floats({n}, labels);
  pickler.text("audio").floats({n, 2, 3}, std::vector<float>(labels.size() * 6, 1.0F));
  more(pickler);
  return pickler.op("u").finish();
}

}  // namespace shakedown::datasets::testing
