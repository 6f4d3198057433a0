#include "missing/bit_table.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace shakedown::perturb {
namespace {

/// Null where there is no room.
void* map_file(std::size_t bytes) {
  std::FILE* const file = std::tmpfile();  // has no name any more
  if (file == nullptr) return nullptr;
  // Takes the room on the disk now: writing to a mapped hole of a full disk would be a SIGBUS.
  int status = 0;
  do {
    status = ::posix_fallocate(::fileno(file), 0, static_cast<off_t>(bytes));
  } while (status == EINTR);
  void* const address =
      status == 0 ? ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ::fileno(file), 0) : MAP_FAILED;
  std::fclose(file);
  return address == MAP_FAILED ? nullptr : address;
}

}  // namespace

BitTable::BitTable(std::size_t bits) : bytes_((bits + 63) / 64 * sizeof(std::uint64_t)) {
  if (bytes_ == 0) return;
  void* address = map_file(bytes_);
  if (address == nullptr) {
    address = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) throw std::bad_alloc();
  }
  words_ = static_cast<std::uint64_t*>(address);
}

BitTable::~BitTable() {
  if (words_ != nullptr) ::munmap(words_, bytes_);
}

BitTable::BitTable(BitTable&& other) noexcept
    : words_(std::exchange(other.words_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

BitTable& BitTable::operator=(BitTable&& other) noexcept {
  std::swap(words_, other.words_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace shakedown::perturb
