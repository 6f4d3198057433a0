#include "npz.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "unpickler.h"
#include "zip.h"

namespace shakedown::datasets {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

/// The header of an .npy file: a Python dict of three entries (numpy.lib.format, versions 1 to 3).
class NpyHeader {
 public:
  explicit NpyHeader(std::string_view text) : rest_(text) {
    expect('{');
    while (!next('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        if (!peek('\'')) fail("a structured NumPy type; plain numbers and strings are read");
        descr = quoted();
      } else if (key == "fortran_order") {
        fortran = word() == "True";
      } else if (key == "shape") {
        read_shape();
      } else {
        fail(fmt::format("unknown entry of the .npy header: {} bytes", key.size()));
      }
      if (!next(',') && !peek('}')) fail("the .npy header is damaged");
    }
    if (descr.empty() || !shape) fail("the .npy header lacks its type or shape");
  }

  std::string_view descr;
  bool fortran = false;
  std::optional<std::vector<std::size_t>> shape;

 private:
  void skip() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }
  bool peek(char letter) {
    skip();
    return !rest_.empty() && rest_.front() == letter;
  }
  bool next(char letter) {
    const bool there = peek(letter);
    if (there) rest_.remove_prefix(1);
    return there;
  }
  void expect(char letter) {
    if (!next(letter)) fail(fmt::format("the .npy header is damaged: '{}' is expected", letter));
  }
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view quoted() {
    expect('\'');
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos) fail("the .npy header is damaged: a name does not end");
    const std::string_view text = take(end);
    expect('\'');
    return text;
  }
  std::string_view word() {
    skip();
    std::size_t size = 0;
    while (size < rest_.size() && std::isalnum(static_cast<unsigned char>(rest_[size])) != 0) ++size;
    return take(size);
  }
  void read_shape() {
    expect('(');
    shape.emplace();
    while (!next(')')) {
      std::string_view digits = word();
      if (digits.ends_with('L')) digits.remove_suffix(1);  // Python 2
      std::size_t axis = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), axis);
      if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
        fail("the .npy header is damaged: an axis is no number");
      }
      shape->push_back(axis);
      if (shape->size() > 64) fail("an array of more than 64 axes");
      if (!next(',') && !peek(')')) fail("the .npy header is damaged");
    }
  }

  std::string_view rest_;
};

/// The array that `npy` holds, as an object of `objects`.
PickleObject* read_npy(std::string_view npy, std::deque<PickleObject>& objects) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  if (!npy.starts_with(kMagic) || npy.size() < 12) fail("is no .npy array");
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(npy[at])); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) fail(fmt::format(".npy version {}; 1 to 3 are read", version));
  const std::size_t begin = version == 1 ? 10 : 12;
  std::size_t size = byte(8) | byte(9) << 8;
  if (version > 1) size |= byte(10) << 16 | byte(11) << 24;
  if (size > npy.size() - begin) fail("ends inside the .npy header: it is truncated");
  const NpyHeader header(npy.substr(begin, size));
  const std::string_view data = npy.substr(begin + size);
  const DType type = DType::parse(header.descr);
  if (type.kind == 'O') {
    const PickleObject* const array = Unpickler(data, objects).run();
    if (array->kind != PickleObject::Kind::kArray) fail(fmt::format("holds a {}, not an array", array->kind_name()));
    return const_cast<PickleObject*>(array);  // one of `objects`
  }
  auto bytes = std::make_shared<const PickleBytes>(data);
  PickleObject& object = objects.emplace_back();
  object.kind = PickleObject::Kind::kArray;
  object.value = std::make_unique<NdArray>(*header.shape, type, header.fortran, std::move(bytes));
  return &object;
}

PickleObject& add_dict(std::deque<PickleObject>& objects) {
  PickleObject& dict = objects.emplace_back();
  dict.kind = PickleObject::Kind::kDict;
  dict.value = PickleObject::Items{};
  return dict;
}

PickleObject* find_item(PickleObject& dict, std::string_view key) {
  auto& items = std::get<PickleObject::Items>(dict.value);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (std::get<std::string_view>(items[i]->value) == key) return items[i + 1];
  }
  return nullptr;
}

void add_item(PickleObject& dict, std::string_view key, PickleObject* value, std::deque<PickleObject>& objects) {
  PickleObject& name = objects.emplace_back();
  name.kind = PickleObject::Kind::kText;
  name.value = key;
  auto& items = std::get<PickleObject::Items>(dict.value);
  items.push_back(&name);
  items.push_back(value);
}

}  // namespace

const PickleObject* read_npz(std::string_view bytes, const NpzLimits& limits, std::deque<PickleObject>& objects,
                             std::deque<std::string>& inflated) {
  constexpr std::size_t kMostArrays = 1024;  // a lookup is linear
  PickleObject& root = add_dict(objects);
  std::size_t total = 0;
  const std::vector<ZipMember> members = read_zip(bytes);
  if (members.size() > kMostArrays) {
    fail(fmt::format("holds {} arrays; at most {} are read", members.size(), kMostArrays));
  }
  for (const ZipMember& member : members) {
    std::string_view name = member.name;
    const bool plain =
        is_utf8(name) && std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (!plain || name.size() > 256 || !name.ends_with(".npy")) fail("holds a file that is no .npy array");
    name.remove_suffix(4);
    in_context(fmt::format("array '{}'", name), [&] {
      std::string_view npy = member.stored;
      if (member.deflated) {
        if (member.size > limits.inflated_bytes - total) fail("inflates to more bytes than --memory allows");
        total += member.size;
        npy = inflated.emplace_back(inflate(member));
      }
      if (limits.checksums) check_crc(member, npy);
      PickleObject* const array = read_npy(npy, objects);
      PickleObject* dict = &root;
      std::string_view key = name;
      for (std::size_t slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/')) {
        PickleObject* inner = find_item(*dict, key.substr(0, slash));
        if (inner == nullptr) add_item(*dict, key.substr(0, slash), inner = &add_dict(objects), objects);
        if (inner->kind != PickleObject::Kind::kDict) fail("its name stands for an array and for a group of arrays");
        dict = inner;
        key.remove_prefix(slash + 1);
      }
      if (find_item(*dict, key) != nullptr) fail("there are two of this name");
      add_item(*dict, key, array, objects);
    });
  }
  return &root;
}

}  // namespace shakedown::datasets
