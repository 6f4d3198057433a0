#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mapped_file.h"
#include "ndarray.h"
#include "pickle_bytes.h"

namespace shakedown::datasets {

/// The only things that a pickle may name. Each is rebuilt by code of ours; nothing is ever called.
enum class PickleCallable : std::uint8_t {
  kReconstruct,
  kNdarray,
  kDtype,
  kScalar,
  kFromBuffer,
  kEncode,
  kOrderedDict,
  kBytes,
  kByteArray,
  kSet
};

/// One Python value. Containers point at other values of the same pickle, possibly in circles, so that
/// whoever walks them bounds his depth.
struct PickleObject {
  enum class Kind : std::uint8_t {
    kNone,
    kBool,
    kInteger,
    kFloat,
    kText,
    kBytes,
    kList,
    kTuple,
    kSet,
    kDict,
    kDtype,
    kArray,
    kCallable
  };
  using Items = std::vector<PickleObject*>;  ///< of a dict: key, value, key, value, ...

  Kind kind = Kind::kNone;
  std::variant<std::monostate, std::int64_t, double, std::string_view, Items, DType, PickleCallable,
               std::shared_ptr<const PickleBytes>, std::unique_ptr<NdArray>>
      value;

  [[nodiscard]] std::string kind_name() const;  ///< "int", "str", "NumPy array", ...
  [[nodiscard]] bool is_sequence() const { return kind == Kind::kList || kind == Kind::kTuple; }
  [[nodiscard]] bool is_number() const;

  // Accessors. @throws Error(kData) naming both kinds when the value is another one
  [[nodiscard]] const Items& items() const;
  [[nodiscard]] double number() const;  ///< of bool, int, float, an array of one number
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] std::string text() const;  ///< of str, bytes, an array of one string; UTF-8 is checked
  [[nodiscard]] const NdArray& array() const;
  [[nodiscard]] const DType& dtype() const;
  /// Value of a dict's last entry under `key` (str or bytes); null when absent.
  [[nodiscard]] const PickleObject* find(std::string_view key) const;
  /// The keys of a dict that are short strings, in file order, for messages.
  [[nodiscard]] std::vector<std::string> keys() const;
};

/// A pickle of protocol 2 to 5 that holds only numbers, strings, containers and NumPy arrays, mapped from
/// its file. Time and memory to open it are bounded by the file's size and by kMaxObjects, whatever it says.
class Pickle {
 public:
  static constexpr std::size_t kMaxObjects = 4'000'000;

  /// @throws Error(kData) "file: byte N: what is wrong"
  static std::shared_ptr<const Pickle> open(const std::filesystem::path& file);

  [[nodiscard]] const PickleObject& root() const { return *root_; }
  [[nodiscard]] std::size_t file_size() const { return file_.bytes().size(); }
  /// Bytes of the file behind the end of the pickle, which are not read.
  [[nodiscard]] std::size_t trailing_bytes() const { return trailing_bytes_; }

 private:
  explicit Pickle(const std::filesystem::path& file) : file_(file) {}

  MappedFile file_;
  std::deque<PickleObject> objects_;
  const PickleObject* root_ = nullptr;
  std::size_t trailing_bytes_ = 0;
};

}  // namespace shakedown::datasets
