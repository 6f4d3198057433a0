#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "shakedown/datasets/dataset.h"

namespace shakedown::runners {

/// A clip on which a library dies (a decoder that writes through a null pointer) must cost one resume,
/// not the run. While a CrashLog lives, a fatal signal writes what each thread was working at to
/// `crash.log` in the run folder before the process dies; the next attempt reads it and marks those
/// samples failed. SIGKILL leaves no entry: such units are simply done again. One instance at a time.
class CrashLog final : public datasets::DecodeWatch {
 public:
  /// @throws Error(kIncomplete) when the folder cannot be written
  explicit CrashLog(const std::filesystem::path& folder);
  ~CrashLog() override;
  CrashLog(const CrashLog&) = delete;
  CrashLog& operator=(const CrashLog&) = delete;

  /// Sample index -> reason, for samples whose decoding killed an earlier attempt.
  [[nodiscard]] const std::map<std::size_t, std::string>& fatal() const { return fatal_; }

  /// A Scope. @throws Error(kData) for a fatal sample
  [[nodiscard]] std::shared_ptr<void> enter(std::size_t sample) const override;

  /// Names the sample that this thread works at, for as long as it lives. Nests: a donor that is decoded for
  /// another sample is named itself.
  class Scope {
   public:
    explicit Scope(std::size_t sample);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    long previous_;
  };

 private:
  std::filesystem::path file_;
  std::map<std::size_t, std::string> fatal_;
};

}  // namespace shakedown::runners
