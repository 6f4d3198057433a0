#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace shakedown {

/// What went wrong, by who can mend it. Each kind maps to one exit code (see exit_code()).
enum class ErrorKind {
  kUsage,       ///< command line, YAML file, parameter value: the user can fix it (2)
  kData,        ///< an input file is absent, unreadable or not what its manifest says (2)
  kModel,       ///< the model failed to load or to run (3)
  kIncomplete,  ///< a run did not finish: interrupted, disk full, too many failures (4)
  kInternal     ///< a broken invariant: a bug in shakedown or in a plugin (70)
};

/// The one exception type that crosses modules. The thrower states the fact ("snr_db: 999 is outside
/// [-20, 60] dB"); each caller that knows more puts who and where in front with with_context().
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

  /// The same error with "who: " in front of its message.
  [[nodiscard]] Error with_context(std::string_view who) const { return {kind_, std::string(who) + ": " + what()}; }

 private:
  ErrorKind kind_;
};

/// Calls `function`; an Error leaving it gets "who: " in front.
template <class Function>
decltype(auto) in_context(std::string_view who, Function&& function) {
  try {
    return function();
  } catch (const Error& error) {
    throw error.with_context(who);
  }
}

/// The process exit code of an error kind.
[[nodiscard]] constexpr int exit_code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::kUsage:
    case ErrorKind::kData: return 2;
    case ErrorKind::kModel: return 3;
    case ErrorKind::kIncomplete: return 4;
    case ErrorKind::kInternal: break;
  }
  return 70;
}

}  // namespace shakedown
