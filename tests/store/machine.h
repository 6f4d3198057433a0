#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace shakedown::store {

/// A machine under SQLite whose power may be cut and whose disk may fill up. While it exists it is SQLite's default
/// VFS: it hands everything to the default one before it and keeps, for each file, what a disk surely holds (what was
/// synced) apart from what it may hold (what was written since). The same for names: a new or a deleted file is sure
/// once its folder was synced, which is seen at the system call and not assumed. It has no shared memory, as network
/// file systems have none. One at a time; not thread-safe.
///
/// The model of a disk is that of SQLite ("Atomic Commit In SQLite" 2.0 and "Powersafe Overwrite"): a sector is written
/// or not, in any order between two syncs; bytes beside those that are written stay; what is behind the old end of a
/// file may be garbage.
class Machine {
 public:
  explicit Machine(std::uint64_t seed);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Operations that change the disk so far: creations, writes, cuts, syncs, deletions.
  [[nodiscard]] std::size_t operations() const { return operations_; }
  /// Syncs of a file so far.
  [[nodiscard]] std::size_t syncs() const { return syncs_; }

  /// The power goes with the `operation`-th from here (0: the next one, which is lost or torn with the others): it and
  /// every later one fail.
  void cut_power_after(std::size_t operation) { cut_at_ = operations_ + operation; }
  [[nodiscard]] bool off() const { return off_; }

  enum class Loss {
    kEverything,  ///< nothing that was not synced is there
    kTail,        ///< the disk has worked in order; the write at which it stopped is torn
    kAnything     ///< any sectors of any writes are there, any names, garbage behind the ends of files
  };
  /// Brings the files to what the disk holds after the cut, torn at sectors of `sector` bytes. Call it when all
  /// connections are closed.
  void start_again(Loss loss, std::size_t sector);

  /// From the `operation`-th on, writes that make a file longer fail as on a full disk, having written a part.
  void fill_disk_after(std::size_t operation) { full_at_ = operations_ + operation; }
  void free_disk() { full_at_.reset(); }
  /// The `operation`-th from here and every later one fails as on a folder that became read-only, or a broken disk.
  void break_disk_after(std::size_t operation) { broken_at_ = operations_ + operation; }
  void mend_disk() { broken_at_.reset(); }

 private:
  friend struct MachineFile;
  friend struct Calls;

  struct Change {
    bool cut;  ///< to `offset` bytes
    std::size_t offset;
    std::string bytes;
  };
  struct Content {
    std::string sure;
    std::vector<Change> pending;
  };
  using Shared = std::shared_ptr<Content>;
  struct Naming {
    std::string name;
    Shared content;  ///< null: deleted
  };

  /// Counts an operation; an SQLite code when it must fail.
  int operate(bool grows);
  Shared find(const std::string& name);
  void sync_names();
  [[nodiscard]] std::string survivor(const Content& content, Loss loss, std::size_t sector);
  void write_piece(std::string& bytes, std::size_t offset, const char* from, std::size_t count, bool garbage);
  [[nodiscard]] bool chance(double probability) {
    return std::uniform_real_distribution<>(0, 1)(random_) < probability;
  }

  std::mt19937_64 random_;
  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_;
  std::size_t operations_ = 0, syncs_ = 0;
  std::optional<std::size_t> cut_at_, full_at_, broken_at_;
  bool off_ = false;
  std::map<std::string, Shared> names_, sure_names_;
  std::vector<Naming> pending_names_;
};

}  // namespace shakedown::store
