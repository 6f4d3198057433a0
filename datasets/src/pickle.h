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
  /// The arrays of an .npz file as the dict that a pickle of them would hold (npz.h). @param inflated_bytes  at
  /// most so many of compressed arrays. @throws Error(kData) naming file and array
  static std::shared_ptr<const Pickle> open_npz(const std::filesystem::path& file, std::size_t inflated_bytes);
  /// The pickle in a file that is mapped already. @throws Error(kData) without the file's name
  static std::shared_ptr<const Pickle> read(std::unique_ptr<MappedFile> file);

  [[nodiscard]] const PickleObject& root() const { return *root_; }
  /// Bytes that the values were read from: no array is larger.
  [[nodiscard]] std::size_t file_size() const;
  /// Bytes of the file behind the end of the pickle, which are not read.
  [[nodiscard]] std::size_t trailing_bytes() const { return trailing_bytes_; }

 private:
  friend class PickleUnion;
  explicit Pickle(std::unique_ptr<MappedFile> file) : file_(std::move(file)) {}

  std::unique_ptr<const MappedFile> file_;            ///< null: of several parts
  std::vector<std::shared_ptr<const Pickle>> parts_;  ///< whose values are among those of this one
  std::deque<PickleObject> objects_;
  std::deque<std::string> buffers_;  ///< what values point at beside the file: inflated arrays of an .npz file
  const PickleObject* root_ = nullptr;
  std::size_t trailing_bytes_ = 0;
};

/// One dict put together from values of several pickles and from lists made here, for data that come in several files.
class PickleUnion {
 public:
  explicit PickleUnion(std::vector<std::shared_ptr<const Pickle>> parts);
  void add(std::string_view key, const PickleObject& value);  ///< a value of one of the parts
  void add(std::string_view key, const std::vector<std::int64_t>& list);
  void add(std::string_view key, const std::vector<std::string>& list);
  /// A pickle whose root is {split: the dict}. To be called once.
  [[nodiscard]] std::shared_ptr<const Pickle> finish(std::string_view split);

 private:
  PickleObject& make(PickleObject::Kind kind);
  PickleObject& text(std::string_view text);
  std::shared_ptr<Pickle> pickle_;
  PickleObject* dict_;
};

}  // namespace shakedown::datasets
