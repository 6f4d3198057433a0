#pragma once

#include <mutex>
#include <optional>
#include <utility>

namespace shakedown::datasets {

/// A value that is made at the first call and shared by all threads from then on. When making it
/// throws, the next call tries again.
template <class Value>
class Lazy {
 public:
  template <class Make>
  const Value& get(Make&& make) const {
    std::call_once(once_, [&] { value_.emplace(std::forward<Make>(make)()); });
    return *value_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::optional<Value> value_;
};

}  // namespace shakedown::datasets
