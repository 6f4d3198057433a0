#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The seam between plain C++ and LibTorch: host memory in, host memory out, no LibTorch type.
namespace shakedown::models {

enum class DType { kFloat32, kFloat64, kInt64, kInt32, kBool, kUint8 };

/// Memory on the boundaries that LibTorch's own has, which resize() sets to nothing.
template <class T>
struct TensorAllocator {
  using value_type = T;
  static constexpr std::align_val_t kBoundary{64};
  TensorAllocator() = default;
  template <class Other>
  TensorAllocator(const TensorAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): as allocators are made
  [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kBoundary)); }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, kBoundary); }
  template <class Place>
  void construct(Place* place) {
    ::new (static_cast<void*>(place)) Place;
  }
  template <class Place, class... Given>
  void construct(Place* place, Given&&... given) {
    ::new (static_cast<void*>(place)) Place(std::forward<Given>(given)...);
  }
  friend bool operator==(const TensorAllocator&, const TensorAllocator&) { return true; }
};
using TensorBytes = std::vector<std::byte, TensorAllocator<std::byte>>;

/// A dense tensor in host memory, row-major.
struct HostTensor {
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;
  TensorBytes bytes;
  bool as_given = false;  ///< after forward(): the model has neither written into it nor kept it
};

/// One argument of forward(), or an element of a tuple.
struct Value {
  enum class Kind { kNone, kNumber, kTensor, kStrings, kTuple };
  Kind kind = Kind::kNone;
  double number = 0;              ///< becomes what forward() declares: float, int, bool or a 0-d tensor of `dtype`
  DType dtype = DType::kFloat32;  ///< of `number`
  HostTensor tensor;
  bool stays_on_host = false;  ///< lengths: packed sequences want them on the CPU whatever the device
  std::vector<std::string> strings;
  std::vector<Value> items;
};

struct Argument {
  std::string name, type;  ///< type as TorchScript prints it: "Tensor", "Tuple[Tensor, Tensor]", "Optional[Tensor]"
  bool has_default = false;
};

/// What a TorchScript file says about itself.
struct Signature {
  std::vector<Argument> arguments;  ///< of forward(), without self
  std::string returns;
  std::string embedded_manifest;                ///< extra file "shakedown/model.yaml"; "" where there is none
  std::map<std::string, std::string> embedded;  ///< other extra files below "shakedown/", by the rest of their names
};

/// Which part of forward()'s result is wanted: the element, then the key.
struct Selector {
  std::optional<std::size_t> index;
  std::optional<std::string> key;
};

/// A loaded TorchScript module in evaluation mode.
class Network {
 public:
  virtual ~Network() = default;
  [[nodiscard]] virtual const Signature& signature() const = 0;
  /// Thread-safe for arguments of one's own: they are lent to the model and come back as they were, but for what it
  /// wrote into them. The result is float64. @throws Error(kModel) with LibTorch's own message (see translate.h),
  /// Error(kUsage) when `selector` names what forward() does not return
  [[nodiscard]] virtual HostTensor forward(std::vector<Value>& arguments, const Selector& selector) const = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  /// `device` is "cpu", "cuda" or "cuda:n". Sets the threads of a call for the whole process.
  /// @throws Error(kModel) with LibTorch's own message, Error(kUsage) for a device that is not there
  [[nodiscard]] virtual std::unique_ptr<Network> load(const std::filesystem::path& file, const std::string& device,
                                                      int threads_per_call) = 0;
  [[nodiscard]] virtual std::map<std::string, std::string> environment() const = 0;
};

/// The one symbol of the shakedown_torch library. The number rises whenever this header changes.
inline constexpr const char* kBackendSymbol = "shakedown_torch_backend_4";
using BackendFactory = Backend* (*)();

/// Opens the shakedown_torch library, once for the process; `threads` is what its pools start with.
/// @throws Error(kModel) naming the places looked in
[[nodiscard]] Backend& backend(int threads = 1);

}  // namespace shakedown::models
