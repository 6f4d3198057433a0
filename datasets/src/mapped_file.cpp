#include "mapped_file.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "shakedown/core/error.h"

namespace shakedown::datasets {
namespace {

[[noreturn]] void fail_with_errno(const char* what) {
  throw Error(ErrorKind::kData, std::string(what) + ": " + std::generic_category().message(errno));
}

struct Descriptor {
  int number = -1;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& file) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (descriptor.number < 0) fail_with_errno("cannot be opened");
  struct stat status {};
  if (::fstat(descriptor.number, &status) != 0) fail_with_errno("cannot be read");
  if (!S_ISREG(status.st_mode)) throw Error(ErrorKind::kData, "is not a regular file");
  if (status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.number, 0);
  if (address == MAP_FAILED) fail_with_errno("cannot be mapped");
  bytes_ = {static_cast<const char*>(address), size};
}

MappedFile::~MappedFile() {
  // munmap takes a mutable pointer although the mapping is read-only.
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace shakedown::datasets
