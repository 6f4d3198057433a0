#include "isolated.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "shakedown/core/error.h"

namespace shakedown::datasets {
namespace {

constexpr int kRefused = 3, kNoMemory = 4;  // exit codes of the child

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

struct Descriptor {
  int number = -1;
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

void limit(int resource, std::size_t most) {
  const rlimit both{most, most};
  (void)::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// `more` bytes beside the address space that this process has now.
void limit_memory(std::size_t more) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  (void)more;  // their shadow memory is larger than any limit
#else
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  limit(RLIMIT_AS, pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + more);
#endif
}

[[noreturn]] void child(const ChildLimits& limits, int messages, const std::string& out,
                        const std::function<void(const std::string& out)>& work) {
  // Handlers of this process (crash log, interrupt) are not the child's, nor is its stderr.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGTERM, SIGINT}) {
    (void)std::signal(signal, SIG_DFL);
  }
  limit(RLIMIT_CORE, 0);
  limit_memory(limits.memory_bytes);
  limit(RLIMIT_FSIZE, limits.memory_bytes);
  ::alarm(limits.seconds);
  int code = 0;
  std::string message;
  try {
    work(out);
  } catch (const std::bad_alloc&) {
    code = kNoMemory;
  } catch (const std::length_error&) {  // a vector longer than any memory
    code = kNoMemory;
  } catch (const std::exception& error) {
    code = kRefused;
    message = error.what();
  }
  (void)!::write(messages, message.data(), std::min<std::size_t>(message.size(), 4096));
  ::_exit(code);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::unique_ptr<MappedFile> run_isolated(const std::string& library, const ChildLimits& limits,
                                         const std::function<void(const std::string& out)>& work) {
  const Descriptor result{::memfd_create("shakedown", MFD_CLOEXEC)};
  std::array<int, 2> ends{};
  if (result.number < 0 || ::pipe(ends.data()) != 0)
    fail("no child process: " + std::generic_category().message(errno));
  const Descriptor incoming{ends[0]};
  Descriptor outgoing{ends[1]};
  const std::string out = fmt::format("/proc/self/fd/{}", result.number);
  const pid_t pid = ::fork();
  if (pid < 0) fail("no child process: " + std::generic_category().message(errno));
  if (pid == 0) child(limits, outgoing.number, out, work);
  outgoing.close();
  const std::string message = read_all(incoming.number);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGALRM) fail(fmt::format("{} took longer than {} s on it", library, limits.seconds));
    if (signal == SIGXFSZ) fail("holds more data than --memory allows");
    fail(fmt::format("{} died on it ({}): the file is damaged", library, ::strsignal(signal)));
  }
  if (WEXITSTATUS(status) == kNoMemory) fail(library + " took more memory on it than --memory allows");
  if (WEXITSTATUS(status) != 0) fail(message.empty() ? library + " ended on it without a word" : message);
  return std::make_unique<MappedFile>(out);
}

}  // namespace shakedown::datasets
