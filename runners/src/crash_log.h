#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "shakedown/datasets/dataset.h"

namespace shakedown::runners {

/// A clip on which a library dies (a decoder that writes through a null pointer) must cost one resume,
/// not the run. While a CrashLog lives, a fatal signal writes what its thread was working at to
/// `crash.log` in the run folder before the process dies; the next attempt reads it and marks that sample
/// failed: everywhere when it was being decoded, in one cell when it was being corrupted. SIGKILL leaves no entry: such
/// units are simply done again. One instance at a time: it also keeps a second run out of the folder, from its start
/// on and not only once run.db is there.
class CrashLog final : public datasets::DecodeWatch {
 public:
  /// @throws Error(kIncomplete) when the folder cannot be written, or another process runs in it
  explicit CrashLog(const std::filesystem::path& folder);
  ~CrashLog() override;
  CrashLog(const CrashLog&) = delete;
  CrashLog& operator=(const CrashLog&) = delete;

  /// Why `sample` is fatal, nothing when it is not. @param cell definition of the cell, "" for decoding
  [[nodiscard]] std::optional<std::string> fatal(std::size_t sample, const std::string& cell = "") const;

  /// A Scope. @throws Error(kData) for a fatal sample
  [[nodiscard]] std::shared_ptr<void> enter(std::size_t sample) const override;

  /// Names the sample (and cell) that this thread works at, for as long as it lives. Nests: a donor that is
  /// decoded for another sample is named itself. `cell` must outlive the scope.
  class Scope {
   public:
    explicit Scope(std::size_t sample, const std::string& cell = kDecoding);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    static const std::string kDecoding;
    long previous_sample_;
    const std::string* previous_cell_;
  };

 private:
  void read_earlier();

  std::filesystem::path file_;
  std::map<std::pair<std::size_t, std::string>, std::string> fatal_;  ///< (sample, cell) to reason
};

}  // namespace shakedown::runners
