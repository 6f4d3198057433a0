#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

namespace shakedown::runners {

/// A clip on which a library dies (a decoder that writes through a null pointer) must cost one resume,
/// not the run. While a CrashLog lives, a fatal signal writes what each thread was working at to
/// `crash.log` in the run folder before the process dies; the next attempt reads it and marks those
/// samples failed. SIGKILL leaves no entry: such units are simply done again. One instance at a time.
class CrashLog {
 public:
  explicit CrashLog(const std::filesystem::path& folder);
  ~CrashLog();
  CrashLog(const CrashLog&) = delete;
  CrashLog& operator=(const CrashLog&) = delete;

  /// Sample index -> reason, for samples whose decoding killed an earlier attempt.
  [[nodiscard]] const std::map<std::size_t, std::string>& fatal() const { return fatal_; }

  /// Names the sample that this thread works at, for as long as it lives.
  class Scope {
   public:
    explicit Scope(std::size_t sample);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

 private:
  std::map<std::size_t, std::string> fatal_;
};

}  // namespace shakedown::runners
