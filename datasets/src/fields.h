#pragma once

#include <cstddef>
#include <string>

#include "pickle.h"
#include "shakedown/core/sample.h"

namespace shakedown::datasets {

/// One value, or a few, a sample under one key of a pickle: a list of values or of short lists, or an array
/// [N], [N,1], [N,1,K] of numbers, text or objects. `item` counts within a sample and is below width().
class Column {
 public:
  /// @throws Error(kData) naming the key when the object holds no values a sample
  Column(std::string key, const PickleObject& object);

  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t width() const { return width_; }  ///< values a sample, by the first sample
  /// @throws Error(kData) naming key and row when the value is no number
  [[nodiscard]] double number(std::size_t row, std::size_t item = 0) const;
  /// Strings as they are, numbers as format_number() prints them. @throws Error(kData) as number()
  [[nodiscard]] std::string text(std::size_t row, std::size_t item = 0) const;
  [[nodiscard]] bool is_text(std::size_t row, std::size_t item = 0) const;

 private:
  [[nodiscard]] const PickleObject* object(std::size_t row, std::size_t item) const;  ///< null: an array of one type
  template <class Read>
  auto at(std::size_t row, Read&& read) const;

  std::string key_;
  const PickleObject* object_;
  std::size_t width_ = 1;
};

/// One sequence a sample under one key: an array [N,T,D], an array [N,D] of sequences of one step, or a
/// list of arrays [T,D] or [D] of any length T.
class SequenceColumn {
 public:
  /// @throws Error(kData) naming the key when the object is none of these, or D differs between samples
  SequenceColumn(std::string key, const PickleObject& object, std::size_t file_size);

  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t dims() const { return dims_; }
  [[nodiscard]] std::size_t steps(std::size_t row) const;
  [[nodiscard]] bool has_time() const { return has_time_; }
  [[nodiscard]] std::string describe() const;  ///< "[658, 768] float32"
  /// Values as stored, non-finite ones included; length == steps. @throws Error(kData) naming key and row
  [[nodiscard]] Sequence read(std::size_t row) const;

 private:
  [[nodiscard]] const NdArray* whole() const;  ///< null: one array a sample
  [[nodiscard]] const NdArray& part(std::size_t row) const;

  std::string key_;
  const PickleObject* object_;
  std::size_t dims_ = 0;
  bool has_time_ = true;
};

}  // namespace shakedown::datasets
