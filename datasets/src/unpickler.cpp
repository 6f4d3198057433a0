#include "unpickler.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "npz.h"
#include "shakedown/core/error.h"

namespace shakedown::datasets {
namespace {

// Names and numbers as in CPython's Lib/pickle.py.
enum Opcode : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kNone = 'N',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kBinFloat = 'G',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kBinBytes8 = 0x8e,
  kByteArray8 = 0x96,
  kBinUnicode = 'X',
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kEmptyTuple = ')',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kEmptyList = ']',
  kList = 'l',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyDict = '}',
  kDict = 'd',
  kSetItem = 's',
  kSetItems = 'u',
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kBinGet = 'h',
  kLongBinGet = 'j',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kMemoize = 0x94,
  kGlobal = 'c',
  kStackGlobal = 0x93,
  kReduce = 'R',
  kNewObj = 0x81,
  kBuild = 'b',
  kProto = 0x80,
  kFrame = 0x95,
  kInst = 'i',
  kObj = 'o',
  kNewObjEx = 0x92,
  kPersId = 'P',
  kBinPersId = 'Q',
  kExt1 = 0x82,
  kExt2 = 0x83,
  kExt4 = 0x84,
  kNextBuffer = 0x97,
  kReadOnlyBuffer = 0x98,
};

/// Why an opcode of the language is refused; empty for bytes that are no opcode at all.
std::string_view refusal(std::uint8_t opcode) {
  switch (opcode) {
    case kInst:
    case kObj:
      return "an instance of a class; a feature pickle may hold only numbers, strings, containers and NumPy arrays";
    case kNewObjEx: return "a call with keyword arguments, which no feature pickle needs";
    case kPersId:
    case kBinPersId: return "a persistent id, whose data lies outside the file (torch.save writes such files)";
    case kExt1:
    case kExt2:
    case kExt4: return "an extension code, whose class is known only to the program that wrote it";
    case kNextBuffer:
    case kReadOnlyBuffer:
      return "an out-of-band buffer, whose data lies outside the file; write it without buffer_callback";
    case 'I':
    case 'L':
    case 'F':
    case 'S':
    case 'V':
    case 'g':
    case 'p': return "a text opcode of protocol 0; write it with pickle.dump(data, file, protocol=4)";
    default: return {};
  }
}

}  // namespace

void Unpickler::fail(const std::string& message) const {
  throw Error(ErrorKind::kData, fmt::format("byte {}: {}", opcode_at_, message));
}

void Unpickler::charge(std::size_t count) {
  charged_ += count;
  if (charged_ > Pickle::kMaxObjects) {
    fail(fmt::format("holds more than {} Python objects; numbers belong into NumPy arrays, not into lists",
                     Pickle::kMaxObjects));
  }
}

std::string_view Unpickler::take(std::size_t count) {
  if (count > bytes_.size() - at_) {
    fail(fmt::format("the file ends {} bytes too early: it is truncated, or a size in it is wrong",
                     count - (bytes_.size() - at_)));
  }
  const std::string_view taken = bytes_.substr(at_, count);
  at_ += count;
  return taken;
}

template <class Number>
Number Unpickler::take_little_endian() {
  Number number = 0;
  const std::string_view taken = take(sizeof(Number));
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(
        number | static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(taken[i])) << (8 * i)));
  }
  return number;
}

std::string_view Unpickler::take_sized(std::size_t width) {
  if (width == 1) return take(take_little_endian<std::uint8_t>());
  if (width == 4) return take(take_little_endian<std::uint32_t>());
  return take(take_little_endian<std::uint64_t>());
}

std::string_view Unpickler::take_line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) fail("the file ends inside a name: it is truncated");
  const std::string_view line = bytes_.substr(at_, end - at_);
  at_ = end + 1;
  return line;
}

PickleObject& Unpickler::push(Kind kind) {
  charge(1);
  PickleObject& object = objects_.emplace_back();
  object.kind = kind;
  stack_.push_back(&object);
  return object;
}

void Unpickler::push_reference(PickleObject* object) {
  charge(1);
  stack_.push_back(object);
}

PickleObject& Unpickler::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("takes a value that is not there");
  return *stack_.back();
}

PickleObject& Unpickler::pop() {
  PickleObject& object = top();
  stack_.pop_back();
  return object;
}

PickleObject::Items Unpickler::pop_to_mark() {
  if (marks_.empty()) fail("ends a container that was not begun");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  Items items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

void Unpickler::push_container(Kind kind, std::size_t count) {
  Items items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = &pop();
  push_value(kind, std::move(items));
}

void Unpickler::push_integer(std::string_view little_endian) {
  const std::size_t width = little_endian.size();
  if (width > sizeof(std::int64_t)) fail(fmt::format("an integer of {} bytes; at most 64 bits are read", width));
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < width; ++i) {
    bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(little_endian[i])) << (8 * i);
  }
  const bool negative = width > 0 && (static_cast<unsigned char>(little_endian.back()) & 0x80U) != 0;
  if (negative && width < sizeof(bits)) bits |= ~std::uint64_t{0} << (8 * width);
  push_value(Kind::kInteger, std::bit_cast<std::int64_t>(bits));
}

bool Unpickler::push_scalar(std::uint8_t opcode) {
  switch (opcode) {
    case kNone: push(Kind::kNone); return true;
    case kNewTrue: push_value(Kind::kBool, std::int64_t{1}); return true;
    case kNewFalse: push_value(Kind::kBool, std::int64_t{0}); return true;
    case kBinInt: push_integer(take(4)); return true;
    case kBinInt1: push_value(Kind::kInteger, std::int64_t{take_little_endian<std::uint8_t>()}); return true;
    case kBinInt2: push_value(Kind::kInteger, std::int64_t{take_little_endian<std::uint16_t>()}); return true;
    case kLong1: push_integer(take_sized(1)); return true;
    case kLong4: push_integer(take_sized(4)); return true;
    case kBinFloat: {
      std::uint64_t bits = 0;  // the one big-endian number of the format
      for (const char byte : take(8)) bits = bits << 8U | static_cast<unsigned char>(byte);
      push_value(Kind::kFloat, std::bit_cast<double>(bits));
      return true;
    }
    default: return false;
  }
}

bool Unpickler::push_string(std::uint8_t opcode) {
  switch (opcode) {
    case kShortBinUnicode: push_value(Kind::kText, take_sized(1)); return true;
    case kBinUnicode: push_value(Kind::kText, take_sized(4)); return true;
    case kBinUnicode8: push_value(Kind::kText, take_sized(8)); return true;
    case kShortBinBytes:
    case kShortBinString: push_bytes(PickleBytes(take_sized(1))); return true;
    case kBinBytes:
    case kBinString: push_bytes(PickleBytes(take_sized(4))); return true;
    case kBinBytes8:
    case kByteArray8: push_bytes(PickleBytes(take_sized(8))); return true;
    default: return false;
  }
}

bool Unpickler::change_container(std::uint8_t opcode) {
  const auto extend = [&](Kind kind, Items added) {
    PickleObject& container = top();
    if (container.kind != kind) fail(fmt::format("adds items to a {}", container.kind_name()));
    auto& items = std::get<Items>(container.value);
    items.insert(items.end(), added.begin(), added.end());
  };
  const auto pairs = [&](Items items) {
    if (items.size() % 2 != 0) fail("a dict whose last key has no value");
    return items;
  };
  switch (opcode) {
    case kMark:
      charge(1);
      marks_.push_back(stack_.size());
      return true;
    case kPop:
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
      } else {
        pop();
      }
      return true;
    case kPopMark: pop_to_mark(); return true;
    case kDup: push_reference(&top()); return true;
    case kEmptyTuple: push_value(Kind::kTuple, Items{}); return true;
    case kTuple1: push_container(Kind::kTuple, 1); return true;
    case kTuple2: push_container(Kind::kTuple, 2); return true;
    case kTuple3: push_container(Kind::kTuple, 3); return true;
    case kTuple: push_value(Kind::kTuple, pop_to_mark()); return true;
    case kEmptyList: push_value(Kind::kList, Items{}); return true;
    case kList: push_value(Kind::kList, pop_to_mark()); return true;
    case kEmptyDict: push_value(Kind::kDict, Items{}); return true;
    case kDict: push_value(Kind::kDict, pairs(pop_to_mark())); return true;
    case kEmptySet: push_value(Kind::kSet, Items{}); return true;
    case kFrozenSet: push_value(Kind::kSet, pop_to_mark()); return true;
    case kAppend: {
      PickleObject& item = pop();
      extend(Kind::kList, {&item});
      return true;
    }
    case kAppends: extend(Kind::kList, pop_to_mark()); return true;
    case kAddItems: extend(Kind::kSet, pop_to_mark()); return true;
    case kSetItem: {
      PickleObject& item = pop();
      PickleObject& key = pop();
      extend(Kind::kDict, {&key, &item});
      return true;
    }
    case kSetItems: extend(Kind::kDict, pairs(pop_to_mark())); return true;
    default: return false;
  }
}

bool Unpickler::use_memo(std::uint8_t opcode) {
  const auto get = [&](std::uint32_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail(fmt::format("refers to value {}, which was never stored", index));
    push_reference(found->second);
  };
  const auto put = [&](std::uint32_t index) {
    charge(1);
    memo_[index] = &top();
  };
  switch (opcode) {
    case kBinGet: get(take_little_endian<std::uint8_t>()); return true;
    case kLongBinGet: get(take_little_endian<std::uint32_t>()); return true;
    case kBinPut: put(take_little_endian<std::uint8_t>()); return true;
    case kLongBinPut: put(take_little_endian<std::uint32_t>()); return true;
    case kMemoize: put(static_cast<std::uint32_t>(memo_.size())); return true;
    default: return false;
  }
}

bool Unpickler::call(std::uint8_t opcode) {
  switch (opcode) {
    case kGlobal: {
      const std::string_view module = take_line();
      push_callable(module, take_line());
      return true;
    }
    case kStackGlobal: {
      const std::string name = pop().text();
      push_callable(pop().text(), name);
      return true;
    }
    case kReduce:
    case kNewObj: {
      const PickleObject& arguments = pop();
      reduce(pop(), arguments);
      return true;
    }
    case kBuild: {
      const PickleObject& state = pop();
      build(top(), state);
      return true;
    }
    default: return false;
  }
}

void Unpickler::read_header() {
  if (bytes_.empty()) fail("the file is empty");
  if (bytes_.starts_with("PK\x03\x04")) fail("a zip file (torch.save or .npz), not a pickle");
  if (static_cast<std::uint8_t>(bytes_.front()) != kProto) {
    fail("not a pickle of protocol 2 to 5; write it with pickle.dump(data, file, protocol=4)");
  }
  at_ = 1;
  const auto protocol = take_little_endian<std::uint8_t>();
  if (protocol < 2 || protocol > 5) fail(fmt::format("pickle protocol {}; 2 to 5 are read", protocol));
}

bool Unpickler::step() {
  opcode_at_ = at_;
  const auto opcode = take_little_endian<std::uint8_t>();
  if (opcode == kStop) return false;
  if (opcode == kFrame) {  // a hint for buffering; only its claim is checked
    const auto length = take_little_endian<std::uint64_t>();
    if (length > bytes_.size() - at_) fail("the file ends inside a frame: it is truncated, or a size in it is wrong");
    return true;
  }
  if (push_scalar(opcode) || push_string(opcode) || change_container(opcode) || use_memo(opcode) || call(opcode)) {
    return true;
  }
  const std::string_view why = refusal(opcode);
  if (why.empty()) fail(fmt::format("{:#04x} is no pickle opcode: the file is damaged", opcode));
  fail(fmt::format("refuses {}", why));
}

const PickleObject* Unpickler::run() {
  read_header();
  try {
    while (step()) {
    }
  } catch (const Error& error) {
    // Facts found by the objects themselves carry no position yet.
    if (std::string_view(error.what()).starts_with("byte ")) throw;
    fail(error.what());
  }
  return &pop();
}

std::shared_ptr<const Pickle> Pickle::open(const std::filesystem::path& file) {
  return in_context(file.string(), [&] { return read(std::make_unique<MappedFile>(file)); });
}

std::shared_ptr<const Pickle> Pickle::read(std::unique_ptr<MappedFile> file) {
  std::shared_ptr<Pickle> pickle(new Pickle(std::move(file)));
  Unpickler machine(pickle->file_->bytes(), pickle->objects_);
  pickle->root_ = machine.run();
  pickle->trailing_bytes_ = pickle->file_->bytes().size() - machine.end();
  return pickle;
}

std::shared_ptr<const Pickle> Pickle::open_npz(const std::filesystem::path& file, std::size_t inflated_bytes) {
  return in_context(file.string(), [&] {
    std::shared_ptr<Pickle> pickle(new Pickle(std::make_unique<MappedFile>(file)));
    const NpzLimits limits{.inflated_bytes = inflated_bytes};
    pickle->root_ = read_npz(pickle->file_->bytes(), limits, pickle->objects_, pickle->buffers_);
    return pickle;
  });
}

}  // namespace shakedown::datasets
