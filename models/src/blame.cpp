#include "blame.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>

#include "binder.h"
#include "tensor.h"

namespace shakedown::models {
namespace {

constexpr int kMaxAttempts = 64;
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr std::int64_t kMaxExtent = 100000;

struct Leaf {
  std::string name;
  Value* value;
};

std::size_t count_elements(const HostTensor& tensor) {
  return tensor.bytes.size() / dtype_size(tensor.dtype);
}

void collect(const InputSpec& spec, Value& value, const std::string& argument, std::vector<Leaf>& leaves) {
  const std::string name = spec.argument.empty() ? argument : spec.argument;
  if (value.kind == Value::Kind::kTensor) leaves.push_back({"input '" + name + "' (" + spec.from + ")", &value});
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    collect(i < spec.tuple.size() ? spec.tuple[i] : spec, value.items[i], name, leaves);
  }
}

/// Whole numbers in a message, in order, each once.
std::vector<std::int64_t> numbers_in(const std::string& message) {
  std::vector<std::int64_t> numbers;
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (std::isdigit(static_cast<unsigned char>(message[i])) == 0) continue;
    std::int64_t number = 0;
    for (; i < message.size() && std::isdigit(static_cast<unsigned char>(message[i])) != 0; ++i) {
      number = std::min<std::int64_t>(number * 10 + (message[i] - '0'), kMaxExtent + 1);
    }
    if (number > 0 && number <= kMaxExtent && seen.insert(number).second) numbers.push_back(number);
  }
  return numbers;
}

/// `tensor` with `axis` of another extent: rows repeat (a batch), steps and dimensions are cut or filled with 0.
HostTensor resized(const HostTensor& tensor, std::size_t axis, std::int64_t extent, bool repeat) {
  HostTensor made = tensor;
  made.shape[axis] = extent;
  std::size_t inner = dtype_size(tensor.dtype), outer = 1;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    (i < axis ? outer : inner) *= i == axis ? 1 : static_cast<std::size_t>(tensor.shape[i]);
  }
  const auto before = static_cast<std::size_t>(tensor.shape[axis]), after = static_cast<std::size_t>(extent);
  made.bytes.assign(outer * after * inner, std::byte{0});
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < after; ++i) {
      if (before == 0 || (i >= before && !repeat)) break;
      std::memcpy(made.bytes.data() + (o * after + i) * inner, tensor.bytes.data() + (o * before + i % before) * inner,
                  inner);
    }
  }
  return made;
}

template <class From>
void cast_into(TensorWriter& writer, const HostTensor& tensor) {
  std::vector<From> values(count_elements(tensor));
  std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(From));
  std::vector<double> numbers(values.begin(), values.end());
  writer.write(std::array<std::size_t, 1>{0}, std::span<const double>(numbers));
}

HostTensor cast(const HostTensor& tensor, DType dtype) {
  const Grid one = utterance_grid(1);
  TensorWriter writer(dtype, "BT", {1, count_elements(tensor)}, "BT", one);
  switch (tensor.dtype) {
    case DType::kFloat32: cast_into<float>(writer, tensor); break;
    case DType::kFloat64: cast_into<double>(writer, tensor); break;
    case DType::kInt64: cast_into<std::int64_t>(writer, tensor); break;
    case DType::kInt32: cast_into<std::int32_t>(writer, tensor); break;
    case DType::kBool:
    case DType::kUint8: cast_into<std::uint8_t>(writer, tensor); break;
  }
  HostTensor made = std::move(writer).finish();
  made.shape = tensor.shape;
  return made;
}

class Search {
 public:
  Search(const std::vector<InputSpec>& inputs, std::vector<Value>& values, const Attempt& runs)
      : values_(values), runs_(runs) {
    for (std::size_t i = 0; i < std::min(inputs.size(), values.size()); ++i) {
      collect(inputs[i], values[i], inputs[i].from, leaves_);
    }
  }

  [[nodiscard]] std::size_t bytes() const {
    std::size_t total = 0;
    for (const Leaf& leaf : leaves_) total += leaf.value->tensor.bytes.size();
    return total;
  }

  std::optional<std::string> by_type() {
    for (Leaf& leaf : leaves_) {
      for (const DType dtype : {DType::kInt64, DType::kFloat32, DType::kBool, DType::kFloat64}) {
        const HostTensor& now = leaf.value->tensor;
        if (dtype == now.dtype || !finite(now) || !mends(leaf, cast(now, dtype))) continue;
        return leaf.name + " is " + std::string(dtype_name(now.dtype)) + " and forward() runs with " +
               std::string(dtype_name(dtype)) + ": set `dtype: " + std::string(dtype_name(dtype)) + "`";
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> by_place() {
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      for (std::size_t j = i + 1; j < leaves_.size(); ++j) {
        HostTensor &first = leaves_[i].value->tensor, &second = leaves_[j].value->tensor;
        if (first.shape == second.shape) continue;
        std::swap(first, second);
        const bool mended = attempt();
        std::swap(first, second);
        if (mended)
          return "it runs with " + leaves_[i].name + " and " + leaves_[j].name + " exchanged: change their order";
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> by_extent(const std::vector<std::int64_t>& numbers) {
    for (Leaf& leaf : leaves_) {
      for (std::size_t axis = leaf.value->tensor.shape.size(); axis-- > 1;) {
        const HostTensor& now = leaf.value->tensor;
        for (const std::int64_t number : numbers) {
          if (number == now.shape[axis] || !mends(leaf, resized(now, axis, number, false))) continue;
          return leaf.name + " is " + describe(*leaf.value) + " and forward() runs with " + std::to_string(number) +
                 " in place of " + std::to_string(now.shape[axis]) + " at axis " + std::to_string(axis);
        }
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> by_axes() {
    for (Leaf& leaf : leaves_) {
      HostTensor changed = leaf.value->tensor;
      const std::size_t axes = changed.shape.size();
      if (axes == 3) {
        changed = resized(changed, 1, 1, false);
        changed.shape.erase(changed.shape.begin() + 1);
      } else if (axes == 2) {
        changed.shape.insert(changed.shape.begin() + 1, 1);
      }
      if (changed.shape.size() == axes || !mends(leaf, changed)) continue;
      return leaf.name + " is " + describe(*leaf.value) + " and forward() runs with " +
             std::to_string(changed.shape.size()) + " axes: change `layout:`";
    }
    return std::nullopt;
  }

  std::optional<std::string> by_batch(const std::vector<std::int64_t>& numbers) {
    for (const std::int64_t number : numbers) {
      std::vector<Value> kept = values_;
      bool changed = false;
      for (Leaf& leaf : leaves_) {
        HostTensor& tensor = leaf.value->tensor;
        if (tensor.shape.empty() || tensor.shape[0] == number) continue;
        tensor = resized(tensor, 0, number, true);
        changed = true;
      }
      const bool mended = changed && attempt();
      restore(kept);
      if (mended) {
        return "it runs with batches of " + std::to_string(number) + ": add `batch: {fixed: " + std::to_string(number) +
               "}` to the manifest (tracing a packed LSTM bakes the batch size in)";
      }
    }
    return std::nullopt;
  }

 private:
  static bool finite(const HostTensor& tensor) {
    if (tensor.dtype != DType::kFloat32) return true;
    std::vector<float> values(count_elements(tensor));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    // Casting what no integer can hold is undefined.
    return std::ranges::all_of(values, [](float x) { return x > -1e9F && x < 1e9F; });
  }

  void restore(std::vector<Value>& kept) {
    // Leaves point into values_: what they point at is replaced, not moved.
    for (std::size_t i = 0; i < kept.size(); ++i) restore(values_[i], kept[i]);
  }
  static void restore(Value& value, Value& kept) {
    std::swap(value.tensor, kept.tensor);
    for (std::size_t i = 0; i < value.items.size(); ++i) restore(value.items[i], kept.items[i]);
  }

  bool attempt() { return ++attempts_ <= kMaxAttempts && runs_(values_); }

  bool mends(Leaf& leaf, HostTensor changed) {
    std::swap(leaf.value->tensor, changed);
    const bool mended = attempt();
    std::swap(leaf.value->tensor, changed);
    return mended;
  }

  std::vector<Value>& values_;
  const Attempt& runs_;
  std::vector<Leaf> leaves_;
  int attempts_ = 0;
};

}  // namespace

std::optional<std::string> find_fault(const std::vector<InputSpec>& inputs, std::vector<Value> values,
                                      const std::string& message, const Attempt& runs) {
  Search search(inputs, values, runs);
  if (search.bytes() > kMaxBytes) return std::nullopt;
  const std::vector<std::int64_t> numbers = numbers_in(message);
  if (auto fault = search.by_type()) return fault;
  if (auto fault = search.by_batch(numbers)) return fault;
  if (auto fault = search.by_place()) return fault;
  if (auto fault = search.by_extent(numbers)) return fault;
  return search.by_axes();
}

}  // namespace shakedown::models
