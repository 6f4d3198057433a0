#pragma once

#include <filesystem>
#include <string_view>

namespace shakedown::datasets {

/// A regular file mapped read-only into memory: pages are read when they are touched.
class MappedFile {
 public:
  /// @throws Error(kData) without the file's name when it is absent, not a regular file or cannot be read
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace shakedown::datasets
