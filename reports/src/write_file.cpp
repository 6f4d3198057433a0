#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/reports/report.h"

namespace shakedown::reports {
namespace {

std::string cause(int code) {
  return std::generic_category().message(code);
}

/// An open descriptor that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  /// 0, or errno: some file systems report a full disk only now.
  [[nodiscard]] int close() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result == 0 ? 0 : errno;
  }

 private:
  int fd_;
};

/// 0, or errno of the step that failed.
int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

void write_file(const std::filesystem::path& file, const std::string& content) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::kUsage, file.string() + ": the folder " + folder.string() + " does not exist");
  }
  if (std::filesystem::is_directory(file, ignored)) {
    throw Error(ErrorKind::kUsage, file.string() + ": is a folder; a file name is needed");
  }
  // A device or pipe (--out /dev/stdout) is written as it is: a rename would replace it by a file.
  const bool special = std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored);
  const std::string target =
      special ? file.string()
              : (folder / ("." + file.filename().string() + "." + std::to_string(::getpid()) + ".tmp")).string();
  Descriptor descriptor(::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (descriptor.get() < 0) {
    const int code = errno;
    throw Error(code == ENOSPC ? ErrorKind::kIncomplete : ErrorKind::kUsage,
                file.string() + ": cannot be written: " + cause(code));
  }
  int code = write_all(descriptor.get(), content);
  if (special && (code == EINVAL || code == ENOTSUP)) code = 0;  // pipes and terminals cannot be synced
  if (code == 0) code = descriptor.close();
  if (code == 0 && !special && ::rename(target.c_str(), file.c_str()) != 0) code = errno;
  if (code == 0) {
    if (!special) sync_folder(folder);
    return;
  }
  if (!special) ::unlink(target.c_str());
  throw Error(ErrorKind::kIncomplete, file.string() + ": not written: " + cause(code));
}

}  // namespace shakedown::reports
