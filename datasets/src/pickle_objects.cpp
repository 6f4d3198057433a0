#include <optional>
#include <utility>

#include <fmt/format.h>

#include "pickle.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

std::string_view name_of(PickleObject::Kind kind) {
  using Kind = PickleObject::Kind;
  switch (kind) {
    case Kind::kNone: return "None";
    case Kind::kBool: return "bool";
    case Kind::kInteger: return "int";
    case Kind::kFloat: return "float";
    case Kind::kText: return "str";
    case Kind::kBytes: return "bytes";
    case Kind::kList: return "list";
    case Kind::kTuple: return "tuple";
    case Kind::kSet: return "set";
    case Kind::kDict: return "dict";
    case Kind::kDtype: return "NumPy type";
    case Kind::kArray: return "NumPy array";
    case Kind::kCallable: return "callable";
  }
  return "value";
}

constexpr std::size_t kMaxShownKey = 64;

/// Bytes of a str or bytes; nothing for others. A hostile dict may have one huge key a million times, so
/// that keys are looked at only where their length fits.
std::optional<std::size_t> length_of(const PickleObject& object) {
  if (const auto* const text = std::get_if<std::string_view>(&object.value)) return text->size();
  if (const auto* const bytes = std::get_if<std::shared_ptr<const PickleBytes>>(&object.value)) return (*bytes)->size();
  return std::nullopt;
}

[[noreturn]] void fail_kind(const PickleObject& object, std::string_view wanted) {
  throw Error(ErrorKind::kData, fmt::format("a {} stands where {} is needed", object.kind_name(), wanted));
}

}  // namespace

std::size_t Pickle::file_size() const {
  std::size_t size = file_ ? file_->bytes().size() : 0;
  for (const std::string& content : buffers_) size += content.size();
  for (const auto& part : parts_) size += part->file_size();
  return size;
}

PickleUnion::PickleUnion(std::vector<std::shared_ptr<const Pickle>> parts) : pickle_(new Pickle(nullptr)) {
  pickle_->parts_ = std::move(parts);
  dict_ = &make(PickleObject::Kind::kDict);
  dict_->value = PickleObject::Items{};
}

PickleObject& PickleUnion::make(PickleObject::Kind kind) {
  PickleObject& object = pickle_->objects_.emplace_back();
  object.kind = kind;
  return object;
}

PickleObject& PickleUnion::text(std::string_view text) {
  PickleObject& object = make(PickleObject::Kind::kText);
  object.value = std::string_view(pickle_->buffers_.emplace_back(text));
  return object;
}

void PickleUnion::add(std::string_view key, const PickleObject& value) {
  auto& items = std::get<PickleObject::Items>(dict_->value);
  items.push_back(&text(key));
  items.push_back(const_cast<PickleObject*>(&value));  // items are read only from here on
}

void PickleUnion::add(std::string_view key, const std::vector<std::int64_t>& list) {
  PickleObject::Items items;
  for (const std::int64_t number : list) {
    items.push_back(&make(PickleObject::Kind::kInteger));
    items.back()->value = number;
  }
  PickleObject& made = make(PickleObject::Kind::kList);
  made.value = std::move(items);
  add(key, made);
}

void PickleUnion::add(std::string_view key, const std::vector<std::string>& list) {
  PickleObject::Items items;
  for (const std::string& one : list) items.push_back(&text(one));
  PickleObject& made = make(PickleObject::Kind::kList);
  made.value = std::move(items);
  add(key, made);
}

std::shared_ptr<const Pickle> PickleUnion::finish(std::string_view split) {
  PickleObject& root = make(PickleObject::Kind::kDict);
  root.value = PickleObject::Items{&text(split), dict_};
  pickle_->root_ = &root;
  return pickle_;
}

std::string PickleObject::kind_name() const {
  return std::string(name_of(kind));
}

bool PickleObject::is_number() const {
  return kind == Kind::kBool || kind == Kind::kInteger || kind == Kind::kFloat;
}

const PickleObject::Items& PickleObject::items() const {
  if (const auto* const items = std::get_if<Items>(&value)) return *items;
  fail_kind(*this, "a list");
}

double PickleObject::number() const {
  if (kind == Kind::kFloat) return std::get<double>(value);
  if (kind == Kind::kBool || kind == Kind::kInteger) return static_cast<double>(std::get<std::int64_t>(value));
  // Arrays of one number are what NumPy users write for a scalar.
  if (kind == Kind::kArray && array().rows() == 1 && array().row_items() == 1) {
    if (array().type().kind == 'O') fail_kind(*this, "a number");  // may lead in circles
    double number = 0;
    array().read_row(0, std::span(&number, 1));
    return number;
  }
  fail_kind(*this, "a number");
}

std::int64_t PickleObject::integer() const {
  if (kind == Kind::kBool || kind == Kind::kInteger) return std::get<std::int64_t>(value);
  fail_kind(*this, "an integer");
}

std::string PickleObject::text() const {
  std::string text;
  if (kind == Kind::kText) {
    text = std::get<std::string_view>(value);
  } else if (kind == Kind::kBytes) {
    const auto& bytes = *std::get<std::shared_ptr<const PickleBytes>>(value);
    text.resize(bytes.size());
    bytes.read(0, std::as_writable_bytes(std::span(text)));
  } else if (kind == Kind::kArray && array().rows() == 1 && array().row_items() == 1 && array().type().kind != 'O') {
    return array().text(0, 0);
  } else {
    fail_kind(*this, "a string");
  }
  if (!is_utf8(text)) throw Error(ErrorKind::kData, "a string that is not UTF-8");
  return text;
}

const NdArray& PickleObject::array() const {
  if (kind == Kind::kArray) return *std::get<std::unique_ptr<NdArray>>(value);
  fail_kind(*this, "a NumPy array");
}

const DType& PickleObject::dtype() const {
  if (kind == Kind::kDtype) return std::get<DType>(value);
  fail_kind(*this, "a NumPy type");
}

const PickleObject* PickleObject::find(std::string_view key) const {
  if (kind != Kind::kDict) fail_kind(*this, "a dict");
  const Items& entries = items();
  const PickleObject* found = nullptr;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    if (length_of(*entries[i]) == key.size() && entries[i]->text() == key) found = entries[i + 1];
  }
  return found;
}

std::vector<std::string> PickleObject::keys() const {
  if (kind != Kind::kDict) fail_kind(*this, "a dict");
  const Items& entries = items();
  std::vector<std::string> keys;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const std::optional<std::size_t> length = length_of(*entries[i]);
    if (length && *length <= kMaxShownKey) keys.push_back(entries[i]->text());
  }
  return keys;
}

}  // namespace shakedown::datasets
