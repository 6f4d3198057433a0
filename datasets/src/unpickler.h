#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pickle.h"

namespace shakedown::datasets {

/// The pickle machine of protocols 2 to 5 (CPython's pickletools.py is its specification), cut down to
/// data: it looks callables up in a list of ten and rebuilds what they would have built. Every step
/// consumes input, every object and reference is charged against Pickle::kMaxObjects, and bytes are
/// viewed, never copied, so that no file can take more than a fixed multiple of its own size.
class Unpickler {
 public:
  Unpickler(std::string_view bytes, std::deque<PickleObject>& objects) : bytes_(bytes), objects_(objects) {}

  /// Runs to STOP and gives the root. @throws Error(kData) "byte N: what is wrong"
  const PickleObject* run();
  /// Position behind STOP.
  [[nodiscard]] std::size_t end() const { return at_; }

 private:
  using Kind = PickleObject::Kind;
  using Items = PickleObject::Items;

  // unpickler.cpp: the machine
  void read_header();
  bool step();  ///< false at STOP
  bool push_scalar(std::uint8_t opcode);
  bool push_string(std::uint8_t opcode);
  bool change_container(std::uint8_t opcode);
  bool use_memo(std::uint8_t opcode);
  bool call(std::uint8_t opcode);

  std::string_view take(std::size_t count);
  template <class Number>
  Number take_little_endian();
  std::string_view take_sized(std::size_t width);  ///< a length of `width` bytes, then so many bytes
  std::string_view take_line();
  void push_integer(std::string_view little_endian);
  PickleObject& push(PickleObject::Kind kind);
  template <class Value>
  void push_value(PickleObject::Kind kind, Value value) {
    push(kind).value = std::move(value);
  }
  void push_reference(PickleObject* object);
  void push_container(Kind kind, std::size_t count);
  PickleObject& pop();
  PickleObject& top();
  Items pop_to_mark();
  void charge(std::size_t count);
  [[noreturn]] void fail(const std::string& message) const;

  // unpickler_calls.cpp: what the allowed callables build
  void push_callable(std::string_view module, std::string_view name);
  void reduce(const PickleObject& callable, const PickleObject& arguments);
  void reconstruct(const Items& arguments);
  void make_scalar(const Items& arguments);
  void array_from_buffer(const Items& arguments);
  void encode(const Items& arguments);
  void make_bytes(const Items& arguments);
  void make_container(Kind kind, const Items& arguments);
  void build(PickleObject& object, const PickleObject& state);
  void build_dtype(PickleObject& object, const Items& state);
  void build_array(PickleObject& object, const Items& state);
  void push_bytes(PickleBytes bytes);

  std::string_view bytes_;
  std::deque<PickleObject>& objects_;
  std::size_t at_ = 0;         ///< next byte
  std::size_t opcode_at_ = 0;  ///< position of the opcode being carried out
  std::size_t charged_ = 0;
  std::size_t encoded_ = 0;  ///< characters given to _codecs.encode so far
  std::vector<PickleObject*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, PickleObject*> memo_;
};

}  // namespace shakedown::datasets
