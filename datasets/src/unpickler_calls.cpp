#include <array>
#include <utility>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "unpickler.h"

namespace shakedown::datasets {
namespace {

struct AllowedName {
  std::string_view module, name;
  PickleCallable callable;
};

// Module names as NumPy 1 and Python 3 write them; see canonical_module().
constexpr std::array kAllowed{
    AllowedName{"numpy.core.multiarray", "_reconstruct", PickleCallable::kReconstruct},
    AllowedName{"numpy.core.multiarray", "scalar", PickleCallable::kScalar},
    AllowedName{"numpy.core.numeric", "_frombuffer", PickleCallable::kFromBuffer},
    AllowedName{"numpy", "ndarray", PickleCallable::kNdarray},
    AllowedName{"numpy", "dtype", PickleCallable::kDtype},
    AllowedName{"_codecs", "encode", PickleCallable::kEncode},
    AllowedName{"collections", "OrderedDict", PickleCallable::kOrderedDict},
    AllowedName{"builtins", "bytes", PickleCallable::kBytes},
    AllowedName{"builtins", "bytearray", PickleCallable::kByteArray},
    AllowedName{"builtins", "set", PickleCallable::kSet},
    AllowedName{"builtins", "frozenset", PickleCallable::kSet},
};

/// NumPy 2 renamed numpy.core to numpy._core; protocol 2 writes Python 2's name of builtins.
std::string canonical_module(std::string_view module) {
  constexpr std::string_view kNumPy2 = "numpy._core.";
  if (module.starts_with(kNumPy2)) return "numpy.core." + std::string(module.substr(kNumPy2.size()));
  return module == "__builtin__" ? "builtins" : std::string(module);
}

std::vector<std::size_t> shape_of(const PickleObject& tuple) {
  std::vector<std::size_t> shape;
  const auto& axes = tuple.items();
  if (axes.size() > 64) throw Error(ErrorKind::kData, fmt::format("array with {} axes", axes.size()));
  for (const PickleObject* const axis : axes) {
    const std::int64_t length = axis->integer();
    if (length < 0) throw Error(ErrorKind::kData, fmt::format("array axis of {}", length));
    shape.push_back(static_cast<std::size_t>(length));
  }
  return shape;
}

const std::shared_ptr<const PickleBytes>& bytes_of(const PickleObject& object) {
  if (const auto* const bytes = std::get_if<std::shared_ptr<const PickleBytes>>(&object.value)) return *bytes;
  throw Error(ErrorKind::kData, fmt::format("a {} stands where bytes are needed", object.kind_name()));
}

}  // namespace

void Unpickler::push_callable(std::string_view module, std::string_view name) {
  const std::string canonical = canonical_module(module);
  for (const AllowedName& allowed : kAllowed) {
    if (allowed.module == canonical && allowed.name == name) return push_value(Kind::kCallable, allowed.callable);
  }
  // A hostile name may be long or hold control characters: keep the error one readable line.
  std::string shown = fmt::format("{}.{}", module.substr(0, 80), name.substr(0, 80));
  for (char& letter : shown) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
  }
  fail(fmt::format(
      "refuses to build '{}'; a feature pickle may hold only numbers, strings, containers and NumPy arrays", shown));
}

void Unpickler::push_bytes(PickleBytes bytes) {
  push_value(Kind::kBytes, std::make_shared<const PickleBytes>(std::move(bytes)));
}

void Unpickler::reduce(const PickleObject& callable, const PickleObject& arguments) {
  if (callable.kind != Kind::kCallable) fail(fmt::format("calls a {}", callable.kind_name()));
  if (arguments.kind != Kind::kTuple) fail(fmt::format("calls with a {} for arguments", arguments.kind_name()));
  const Items& given = arguments.items();
  switch (std::get<PickleCallable>(callable.value)) {
    case PickleCallable::kReconstruct: return reconstruct(given);
    case PickleCallable::kDtype:
      if (given.empty()) fail("numpy.dtype without a type code");
      return push_value(Kind::kDtype, DType::parse(given[0]->text()));
    case PickleCallable::kScalar: return make_scalar(given);
    case PickleCallable::kFromBuffer: return array_from_buffer(given);
    case PickleCallable::kEncode: return encode(given);
    case PickleCallable::kOrderedDict: return make_container(Kind::kDict, given);
    case PickleCallable::kSet: return make_container(Kind::kSet, given);
    case PickleCallable::kBytes:
    case PickleCallable::kByteArray: return make_bytes(given);
    case PickleCallable::kNdarray: fail("numpy.ndarray called by itself, not through _reconstruct");
  }
}

void Unpickler::reconstruct(const Items& arguments) {
  const auto is_ndarray = [](const PickleObject& object) {
    return object.kind == Kind::kCallable && std::get<PickleCallable>(object.value) == PickleCallable::kNdarray;
  };
  if (arguments.size() != 3 || !is_ndarray(*arguments[0])) fail("_reconstruct of something else than numpy.ndarray");
  push_value(Kind::kArray, std::make_unique<NdArray>());  // empty until BUILD gives its state
}

void Unpickler::make_scalar(const Items& arguments) {
  if (arguments.size() != 2) fail("numpy scalar without its two arguments");
  const DType& type = arguments[0]->dtype();
  if (type.kind == 'O') return push_reference(arguments[1]);
  const NdArray one({1}, type, false, bytes_of(*arguments[1]));
  if (!type.numeric()) {
    // Text scalars stand beside arrays of the same content: keep them as an array of one.
    return push_value(Kind::kArray, std::make_unique<NdArray>(one));
  }
  double number = 0;
  one.read_row(0, std::span(&number, 1));
  push_value(Kind::kFloat, number);
}

void Unpickler::array_from_buffer(const Items& arguments) {
  if (arguments.size() != 4) fail("_frombuffer without its four arguments");
  const std::string order = arguments[3]->text();
  if (order != "C" && order != "F") fail("_frombuffer with an order that is neither C nor F");
  push_value(Kind::kArray, std::make_unique<NdArray>(shape_of(*arguments[2]), arguments[1]->dtype(), order == "F",
                                                     bytes_of(*arguments[0])));
}

void Unpickler::encode(const Items& arguments) {
  if (arguments.size() != 2 || arguments[0]->kind != Kind::kText || arguments[1]->text() != "latin1") {
    fail("_codecs.encode other than of str to latin1");
  }
  const auto text = std::get<std::string_view>(arguments[0]->value);
  // Each stored string is encoded once; without a bound a few bytes could ask for one string a million times.
  encoded_ += text.size();
  if (encoded_ > bytes_.size()) fail("_codecs.encode of the same text again and again");
  push_bytes(PickleBytes::from_latin1(text));
}

void Unpickler::make_bytes(const Items& arguments) {
  if (arguments.empty()) return push_bytes(PickleBytes());
  if (arguments.size() == 1) {
    return push_value(Kind::kBytes, bytes_of(*arguments[0]));
  }
  return encode(arguments);
}

void Unpickler::make_container(Kind kind, const Items& arguments) {
  Items items;
  if (arguments.size() > 1)
    fail(fmt::format("a {} from {} arguments", kind == Kind::kDict ? "dict" : "set", arguments.size()));
  if (arguments.size() == 1) {
    charge(arguments[0]->items().size());
    if (kind == Kind::kSet) {
      items = arguments[0]->items();
    } else {
      charge(arguments[0]->items().size());
      for (const PickleObject* const pair : arguments[0]->items()) {
        if (pair->items().size() != 2) fail("an OrderedDict of something else than pairs");
        items.push_back(pair->items()[0]);
        items.push_back(pair->items()[1]);
      }
    }
  }
  push_value(kind, std::move(items));
}

void Unpickler::build(PickleObject& object, const PickleObject& state) {
  if (object.kind == Kind::kDtype) return build_dtype(object, state.items());
  if (object.kind == Kind::kArray) return build_array(object, state.items());
  fail(fmt::format("refuses to set the state of a {}", object.kind_name()));
}

void Unpickler::build_dtype(PickleObject& object, const Items& state) {
  // (version, byte order, subdescr, names, fields, elsize, alignment, flags[, metadata])
  if (state.size() < 7) fail("NumPy type with an incomplete state");
  for (std::size_t i = 2; i < 5; ++i) {
    if (state[i]->kind != Kind::kNone) fail("refuses a structured NumPy type; plain numbers and strings are read");
  }
  auto& type = std::get<DType>(object.value);
  type.set_byte_order(state[1]->text());
  const std::int64_t size = state[5]->integer();
  if ((type.kind == 'U' || type.kind == 'S') && size >= 0) {
    if (type.kind == 'U' && size % 4 != 0) fail("NumPy text type whose size is no multiple of 4");
    type.size = static_cast<std::size_t>(size);
  }
}

void Unpickler::build_array(PickleObject& object, const Items& state) {
  // (version, shape, dtype, is Fortran, bytes or list)
  if (state.size() != 5) fail("NumPy array with an incomplete state");
  const DType& type = state[2]->dtype();
  const bool fortran = state[3]->number() != 0;
  if (type.kind == 'O') {
    if (!state[4]->is_sequence()) fail("object array without a list of its objects");
    object.value = std::make_unique<NdArray>(shape_of(*state[1]), fortran, *state[4]);
  } else {
    object.value = std::make_unique<NdArray>(shape_of(*state[1]), type, fortran, bytes_of(*state[4]));
  }
}

}  // namespace shakedown::datasets
