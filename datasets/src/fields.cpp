#include "fields.h"

#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

bool is_array(const PickleObject& object) {
  return object.kind == PickleObject::Kind::kArray;
}

/// Length of the first axis. The list may be an object array, which NumPy makes of ragged data.
std::size_t row_count(const PickleObject& object) {
  return is_array(object) ? object.array().rows() : object.items().size();
}

}  // namespace

Column::Column(std::string key, const PickleObject& object) : key_(std::move(key)), object_(&object) {
  in_context(key_, [&] {
    if (is_array(object)) {
      if (object.array().shape().empty()) fail("a single value where one a sample is needed");
      width_ = object.array().row_items();
    } else if (!object.is_sequence()) {
      fail(fmt::format("a {} where a list or an array with one value a sample is needed", object.kind_name()));
    } else if (!object.items().empty() && object.items().front()->is_sequence()) {
      width_ = object.items().front()->items().size();
    }
    if (width_ == 0) fail("holds no value for a sample");
  });
}

std::size_t Column::size() const {
  return row_count(*object_);
}

const PickleObject* Column::object(std::size_t row, std::size_t item) const {
  if (is_array(*object_)) {
    return object_->array().type().kind == 'O' ? &object_->array().object(row, item) : nullptr;
  }
  const PickleObject& value = *object_->items()[row];
  if (!value.is_sequence()) return &value;
  if (item >= value.items().size()) fail(fmt::format("only {} values", value.items().size()));
  return value.items()[item];
}

template <class Read>
auto Column::at(std::size_t row, Read&& read) const {
  return in_context(key_, [&] { return in_context(fmt::format("row {}", row), read); });
}

double Column::number(std::size_t row, std::size_t item) const {
  return at(row, [&] {
    if (const PickleObject* const value = object(row, item)) return value->number();
    std::vector<double> numbers(width_);
    object_->array().read_row(row, std::span(numbers));
    return numbers[item];
  });
}

bool Column::is_text(std::size_t row, std::size_t item) const {
  return at(row, [&] {
    if (const PickleObject* const value = object(row, item)) {
      return !value->is_number() && !(is_array(*value) && value->array().type().numeric());
    }
    return !object_->array().type().numeric();
  });
}

std::string Column::text(std::size_t row, std::size_t item) const {
  if (!is_text(row, item)) return format_number(number(row, item));
  return at(row, [&] {
    const PickleObject* const value = object(row, item);
    return value != nullptr ? value->text() : object_->array().text(row, item);
  });
}

SequenceColumn::SequenceColumn(std::string key, const PickleObject& object, std::size_t file_size)
    : key_(std::move(key)), object_(&object) {
  in_context(key_, [&] {
    if (const NdArray* const array = whole()) {
      const std::size_t axes = array->shape().size();
      if (axes != 2 && axes != 3) {
        fail(fmt::format("array {}: [N, T, D] or [N, D] is expected", array->shape_text()));
      }
      if (!array->type().numeric()) fail(fmt::format("array of {} where numbers are needed", array->type().name()));
      has_time_ = axes == 3;
      dims_ = array->shape().back();
      if (dims_ == 0) fail(fmt::format("array {} has no dimensions", array->shape_text()));
      return;
    }
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < size(); ++row) {
      const NdArray& array = part(row);
      const std::size_t axes = array.shape().size();
      if ((axes != 1 && axes != 2) || array.shape().back() == 0 || !array.type().numeric()) {
        fail(fmt::format("row {}: array {} of {}; [T, D] or [D] of numbers is expected", row, array.shape_text(),
                         array.type().name()));
      }
      if (row == 0) has_time_ = axes == 2;
      if (row == 0) dims_ = array.shape().back();
      if (array.shape().back() != dims_ || (axes == 2) != has_time_) {
        fail(fmt::format("row {}: array {} where row 0 has {} dimensions", row, array.shape_text(), dims_));
      }
      // One array named by many rows would make the data larger than its file.
      bytes += array.stored_bytes();
      if (bytes > file_size) fail("the same array stands for many samples");
    }
  });
}

const NdArray* SequenceColumn::whole() const {
  return is_array(*object_) && object_->array().type().kind != 'O' ? &object_->array() : nullptr;
}

const NdArray& SequenceColumn::part(std::size_t row) const {
  return (is_array(*object_) ? object_->array().object(row, 0) : *object_->items()[row]).array();
}

std::size_t SequenceColumn::size() const {
  return row_count(*object_);
}

std::size_t SequenceColumn::steps(std::size_t row) const {
  if (!has_time_) return 1;
  const NdArray* const array = whole();
  return array != nullptr ? array->shape()[1] : part(row).rows();
}

std::string SequenceColumn::describe() const {
  if (const NdArray* const array = whole()) return fmt::format("{} {}", array->shape_text(), array->type().name());
  return fmt::format("list of {} arrays of {} dimensions", size(), dims_);
}

Sequence SequenceColumn::read(std::size_t row) const {
  return in_context(key_, [&] {
    Sequence sequence;
    sequence.steps = sequence.length = steps(row);
    sequence.dims = dims_;
    sequence.values.resize(sequence.steps * dims_);
    const std::span<float> out(sequence.values);
    if (const NdArray* const array = whole()) {
      array->read_row(row, out);
      return sequence;
    }
    const NdArray& array = part(row);
    if (!has_time_) {
      for (std::size_t i = 0; i < dims_; ++i) array.read_row(i, out.subspan(i, 1));
      return sequence;
    }
    for (std::size_t step = 0; step < sequence.steps; ++step) {
      array.read_row(step, out.subspan(step * dims_, dims_));
    }
    return sequence;
  });
}

}  // namespace shakedown::datasets
