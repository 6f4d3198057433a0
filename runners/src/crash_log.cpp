#include "crash_log.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include "shakedown/core/error.h"

namespace shakedown::runners {
namespace {

// A signal handler can reach nothing but statics.
constexpr long kNone = -1;
constexpr std::size_t kLongestCell = 64;
thread_local volatile long current_sample = kNone;
thread_local const std::string* volatile current_cell = nullptr;
std::atomic<int> log_descriptor{-1};
constexpr std::array kFatal{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, kFatal.size()> previous_actions;

/// Appends the decimal digits of `value`; snprintf is not async-signal-safe.
char* append(char* out, long value) {
  std::array<char, 24> digits{};
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (count > 0) *out++ = digits[--count];
  return out;
}

void on_fatal_signal(int signal_number) {
  const long sample = current_sample;
  const int descriptor = log_descriptor.load();
  if (sample != kNone && descriptor >= 0) {
    std::array<char, 128> line{};
    char* end = append(line.data(), sample);
    *end++ = ' ';
    end = append(end, signal_number);
    *end++ = ' ';
    // A definition is a hash of 32 digits; "-" stands for none.
    const std::string* cell = current_cell;
    const bool decoding = cell == nullptr || cell->empty() || cell->size() > kLongestCell;
    const char* name = decoding ? "-" : cell->data();
    const std::size_t length = decoding ? 1 : cell->size();
    for (std::size_t i = 0; i < length; ++i) *end++ = name[i];
    *end++ = '\n';
    (void)!write(descriptor, line.data(), static_cast<std::size_t>(end - line.data()));
    (void)fsync(descriptor);
    constexpr char kAdvice[] =
        "\nshakedown: a library died on one clip; go on with --resume: the clip will be marked failed there\n";
    (void)!write(STDERR_FILENO, kAdvice, sizeof kAdvice - 1);
  }
  for (std::size_t i = 0; i < kFatal.size(); ++i)
    if (kFatal[i] == signal_number) (void)sigaction(signal_number, &previous_actions[i], nullptr);
  (void)raise(signal_number);
}

}  // namespace

void CrashLog::read_earlier() {
  std::ifstream stream(file_);
  std::size_t sample = 0;
  int signal_number = 0;
  std::string cell;
  while (stream >> sample >> signal_number >> cell) {
    fatal_[{sample, cell == "-" ? "" : cell}] =
        std::string("a library died on it in an earlier attempt (") + strsignal(signal_number) + ")";
  }
}

CrashLog::CrashLog(const std::filesystem::path& folder) : file_(folder / "crash.log") {
  read_earlier();  // before the lock, which goes when the process closes the file anywhere
  const int descriptor = open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0)
    throw Error(ErrorKind::kIncomplete, file_.string() + ": cannot be written: " + std::strerror(errno));
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  // Where a file system has no locks, run.db's decide.
  if (fcntl(descriptor, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN)) {
    close(descriptor);
    throw Error(ErrorKind::kIncomplete,
                folder.string() + ": the run folder is in use by another process: wait until it ends");
  }
  int expected = -1;
  if (!log_descriptor.compare_exchange_strong(expected, descriptor)) {
    close(descriptor);
    throw Error(ErrorKind::kInternal, "two runs in one process");
  }
  struct sigaction action {};
  action.sa_handler = on_fatal_signal;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &action, &previous_actions[i]);
}

CrashLog::~CrashLog() {
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &previous_actions[i], nullptr);
  close(log_descriptor.exchange(-1));
  std::error_code ignored;
  if (std::filesystem::file_size(file_, ignored) == 0) std::filesystem::remove(file_, ignored);
}

std::shared_ptr<void> CrashLog::enter(std::size_t sample) const {
  if (const auto why = fatal(sample)) throw Error(ErrorKind::kData, *why);
  return std::make_shared<Scope>(sample);
}

std::optional<std::string> CrashLog::fatal(std::size_t sample, const std::string& cell) const {
  const auto known = fatal_.find({sample, cell});
  return known == fatal_.end() ? std::nullopt : std::optional(known->second);
}

const std::string CrashLog::Scope::kDecoding;

CrashLog::Scope::Scope(std::size_t sample, const std::string& cell)
    : previous_sample_(current_sample), previous_cell_(current_cell) {
  current_sample = kNone;  // between the two writes below, nobody is blamed
  current_cell = &cell;
  current_sample = static_cast<long>(sample);
}
CrashLog::Scope::~Scope() {
  current_sample = kNone;
  current_cell = previous_cell_;
  current_sample = previous_sample_;
}

}  // namespace shakedown::runners
