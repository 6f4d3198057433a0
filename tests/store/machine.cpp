#include "machine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

namespace shakedown::store {

namespace {

Machine* running = nullptr;
// openDirectory of SQLite's unix VFS, which it calls only to sync a folder.
using OpenDirectory = int (*)(const char*, int*);
OpenDirectory open_directory = nullptr;
bool folder_synced = false;

int watched_open_directory(const char* path, int* descriptor) {
  folder_synced = true;
  return open_directory(path, descriptor);
}

std::string content_of(const std::string& name) {
  std::ifstream stream(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

/// A file of the VFS; the real one lies behind it in memory.
struct MachineFile {
  sqlite3_file base;
  Machine::Shared* content;  ///< null: a temporary file, which no start finds again
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

/// What SQLite calls.
struct Calls {
  static MachineFile& own(sqlite3_file* file) { return *reinterpret_cast<MachineFile*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return own(file).real(); }

  static int close(sqlite3_file* file) {
    delete own(file).content;
    return real(file)->pMethods->xClose(real(file));
  }
  static int read(sqlite3_file* file, void* to, int count, sqlite3_int64 offset) {
    if (running->off_) return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), to, count, offset);
  }
  static int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
    sqlite3_int64 size = 0;
    if (const int code = real(file)->pMethods->xFileSize(real(file), &size); code != SQLITE_OK) return code;
    const int refused = running->operate(offset + count > size);
    int written = count;
    if (refused == SQLITE_FULL) written = static_cast<int>(running->random_() % static_cast<std::uint64_t>(count));
    // With the power the write goes too; what had reached the disk of it is drawn at the start.
    if (refused == SQLITE_OK || refused == SQLITE_FULL || refused == SQLITE_IOERR) {
      if (own(file).content != nullptr && written > 0)
        (*own(file).content)
            ->pending.push_back({false,
                                 static_cast<std::size_t>(offset),
                                 {static_cast<const char*>(from), static_cast<std::size_t>(written)}});
    }
    if (refused != SQLITE_OK && refused != SQLITE_FULL) return SQLITE_IOERR_WRITE;
    const int code = written == 0 ? SQLITE_OK : real(file)->pMethods->xWrite(real(file), from, written, offset);
    return code == SQLITE_OK ? refused : code;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int refused = running->operate(false);
    if ((refused == SQLITE_OK || refused == SQLITE_IOERR) && own(file).content != nullptr)
      (*own(file).content)->pending.push_back({true, static_cast<std::size_t>(size), {}});
    if (refused != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    if (running->operate(false) != SQLITE_OK) return SQLITE_IOERR_FSYNC;
    folder_synced = false;
    const int code = real(file)->pMethods->xSync(real(file), flags);
    if (code != SQLITE_OK) return code;
    ++running->syncs_;
    if (own(file).content != nullptr) {
      auto& content = **own(file).content;
      content.sure = running->survivor(content, Machine::Loss::kTail, 0);
      content.pending.clear();
    }
    if (folder_synced) running->sync_names();
    return code;
  }
  static int size(sqlite3_file* file, sqlite3_int64* size) {
    if (running->off_) return SQLITE_IOERR_FSTAT;
    return real(file)->pMethods->xFileSize(real(file), size);
  }
  static int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
  static int reserved(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int what, void* value) {
    if (running->off_) return SQLITE_IOERR;
    return real(file)->pMethods->xFileControl(real(file), what, value);
  }
  static int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
  static int characteristics(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }

  /// Version 1: neither shared memory nor memory maps.
  static constexpr sqlite3_io_methods kMethods{
      1,           close,           read,    write,   truncate, sync,    size,    lock,   unlock, reserved, control,
      sector_size, characteristics, nullptr, nullptr, nullptr,  nullptr, nullptr, nullptr};

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& opened = own(file);
    opened.base.pMethods = nullptr;
    opened.content = nullptr;
    if (running->off_) return SQLITE_CANTOPEN;
    const bool kept = name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0;
    std::error_code ignored;
    const bool creates = kept && (flags & SQLITE_OPEN_CREATE) != 0 && !std::filesystem::exists(name, ignored);
    if (creates && running->operate(false) != SQLITE_OK) return SQLITE_CANTOPEN;
    const int code = running->real_->xOpen(running->real_, name, real(file), flags, out_flags);
    // A file that could not be opened may have methods all the same, and is then closed by SQLite.
    if (code != SQLITE_OK) {
      if (real(file)->pMethods != nullptr) real(file)->pMethods->xClose(real(file));
      return code;
    }
    opened.base.pMethods = &kMethods;
    static_cast<void>(vfs);
    if (creates) {
      running->names_[name] = std::make_shared<Machine::Content>();
      running->pending_names_.push_back({name, running->names_[name]});
    }
    if (kept) opened.content = new Machine::Shared(running->find(name));
    return code;
  }
  static int remove(sqlite3_vfs*, const char* name, int sync_folder) {
    std::error_code ignored;
    const bool exists = std::filesystem::exists(name, ignored);
    if (exists) static_cast<void>(running->find(name));  // known before it goes
    if (running->operate(false) != SQLITE_OK) return SQLITE_IOERR_DELETE;
    folder_synced = false;
    const int code = running->real_->xDelete(running->real_, name, sync_folder);
    if (code == SQLITE_OK && exists) {
      running->names_.erase(name);
      running->pending_names_.push_back({name, nullptr});
    }
    if (code == SQLITE_OK && folder_synced) running->sync_names();
    return code;
  }
  static int access(sqlite3_vfs*, const char* name, int flags, int* out) {
    if (running->off_) return SQLITE_IOERR_ACCESS;
    return running->real_->xAccess(running->real_, name, flags, out);
  }
  static int full_path(sqlite3_vfs*, const char* name, int count, char* out) {
    return running->real_->xFullPathname(running->real_, name, count, out);
  }
  static int randomness(sqlite3_vfs*, int count, char* out) {
    return running->real_->xRandomness(running->real_, count, out);
  }
  static int sleep(sqlite3_vfs*, int microseconds) { return running->real_->xSleep(running->real_, microseconds); }
  static int time(sqlite3_vfs*, double* out) { return running->real_->xCurrentTime(running->real_, out); }
  static int last_error(sqlite3_vfs*, int count, char* out) {
    return running->real_->xGetLastError(running->real_, count, out);
  }
};

Machine::Machine(std::uint64_t seed) : random_(seed), real_(sqlite3_vfs_find(nullptr)) {
  if (running != nullptr) std::abort();
  running = this;
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(MachineFile)) + real_->szOsFile;
  vfs_.mxPathname = real_->mxPathname;
  vfs_.zName = "machine";
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_path;
  vfs_.xRandomness = Calls::randomness;
  vfs_.xSleep = Calls::sleep;
  vfs_.xCurrentTime = Calls::time;
  vfs_.xGetLastError = Calls::last_error;
  open_directory = reinterpret_cast<OpenDirectory>(real_->xGetSystemCall(real_, "openDirectory"));
  real_->xSetSystemCall(real_, "openDirectory", reinterpret_cast<sqlite3_syscall_ptr>(watched_open_directory));
  sqlite3_vfs_register(&vfs_, 1);
}

Machine::~Machine() {
  sqlite3_vfs_unregister(&vfs_);
  real_->xSetSystemCall(real_, "openDirectory", nullptr);
  running = nullptr;
}

int Machine::operate(bool grows) {
  if (off_) return SQLITE_IOERR_BLOCKED;
  const std::size_t number = operations_++;
  if (cut_at_ && number >= *cut_at_) {
    off_ = true;
    return SQLITE_IOERR;  // this one may still have reached the disk
  }
  if (broken_at_ && number >= *broken_at_) return SQLITE_IOERR_BLOCKED;
  if (full_at_ && number >= *full_at_ && grows) return SQLITE_FULL;
  return SQLITE_OK;
}

Machine::Shared Machine::find(const std::string& name) {
  auto& known = names_[name];
  if (!known) {  // there before this machine was: sure
    known = std::make_shared<Content>(Content{content_of(name), {}});
    sure_names_[name] = known;
  }
  return known;
}

void Machine::sync_names() {
  for (const auto& [name, content] : pending_names_) {
    if (content) {
      sure_names_[name] = content;
    } else {
      sure_names_.erase(name);
    }
  }
  pending_names_.clear();
}

void Machine::write_piece(std::string& bytes, std::size_t offset, const char* from, std::size_t count, bool garbage) {
  while (bytes.size() < offset) bytes += garbage ? static_cast<char>(random_()) : '\0';
  if (bytes.size() < offset + count) bytes.resize(offset + count);
  std::copy_n(from, count, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// What the disk holds of a file; `sector` 0: all of it.
std::string Machine::survivor(const Content& content, Loss loss, std::size_t sector) {
  std::string bytes = content.sure;
  if (loss == Loss::kEverything) return bytes;
  const bool all = sector == 0;
  const bool garbage = loss == Loss::kAnything && chance(0.5);
  const double share = std::uniform_real_distribution<>(0, 1)(random_);
  const std::size_t whole = all ? content.pending.size() : random_() % (content.pending.size() + 1);
  for (std::size_t i = 0; i < content.pending.size(); ++i) {
    const auto& [cut, offset, written] = content.pending[i];
    if (loss == Loss::kTail && i > whole) break;
    if (cut) {
      if (loss == Loss::kTail || chance(share)) bytes.resize(std::min(offset, bytes.size()));
      continue;
    }
    for (std::size_t at = 0; at < written.size();) {
      const std::size_t count = all ? written.size() : std::min(written.size() - at, sector - (offset + at) % sector);
      if (loss == Loss::kTail ? i < whole || chance(0.5) : chance(share))
        write_piece(bytes, offset + at, written.data() + at, count, garbage);
      at += count;
    }
  }
  return bytes;
}

void Machine::start_again(Loss loss, std::size_t sector) {
  std::size_t whole = 0;
  if (loss == Loss::kTail) whole = random_() % (pending_names_.size() + 1);
  for (std::size_t i = 0; i < pending_names_.size(); ++i) {
    if (loss == Loss::kTail ? i >= whole : loss == Loss::kEverything || chance(0.5)) continue;
    const auto& [name, content] = pending_names_[i];
    if (content) {
      sure_names_[name] = content;
    } else {
      sure_names_.erase(name);
    }
  }
  for (const auto& [name, content] : names_) std::filesystem::remove(name);
  for (const auto& [name, content] : sure_names_) {
    const auto bytes = survivor(*content, loss, sector);
    std::ofstream(name, std::ios::binary | std::ios::trunc) << bytes;
  }
  names_.clear();
  sure_names_.clear();
  pending_names_.clear();
  cut_at_.reset();
  off_ = false;
}

}  // namespace shakedown::store
