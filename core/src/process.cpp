#include "shakedown/core/process.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostError = 4096;
constexpr int kTickMs = 20;  // how long an ended child may go unnoticed while others hold its pipes open
constexpr int kNotStarted = 127;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  void take(int number) {
    close();
    number_ = number;
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw Error(ErrorKind::kData, "no pipe: " + std::generic_category().message(errno));
    read.take(ends[0]);
    write.take(ends[1]);
  }
};

// Between fork and exec of a process with threads: system calls only.
[[noreturn]] void become(const char* folder, char* const* words, int out, int error, int failure) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // not left behind where this process is killed
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) (void)std::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  int why = 0;
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 ||
      ::dup2(error, STDERR_FILENO) < 0 || ::chdir(folder) != 0) {
    why = errno;
  } else {
    const int kept = STDERR_FILENO + 1;
    if (failure != kept) ::dup3(failure, kept, O_CLOEXEC);
    ::close_range(kept + 1, ~0U, 0);
    ::execv(words[0], words);
    why = errno;
    failure = kept;
  }
  (void)!::write(failure, &why, sizeof why);
  ::_exit(kNotStarted);
}

// Reads what is there; false at the end of the file.
bool drain(Descriptor& from, std::string& text, std::size_t most, bool keep_end) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(from.number(), buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  if (keep_end && text.size() > most) text.erase(0, text.size() - most);
  return true;
}

void no_wait(const Descriptor& descriptor) {
  ::fcntl(descriptor.number(), F_SETFL, ::fcntl(descriptor.number(), F_GETFL) | O_NONBLOCK);
}

std::string last_line(std::string_view text) {
  text = trim(text);
  const auto line = text.rfind('\n');
  std::string last(trim(line == std::string_view::npos ? text : text.substr(line + 1)));
  for (char& c : last)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  constexpr std::size_t kMost = 200;
  if (last.size() > kMost) last.resize(kMost);
  return is_utf8(last) ? last : "";
}

}  // namespace

std::string Ended::describe(const Command& command) const {
  const std::string said = last_line(error);
  switch (how) {
    case How::kExited:
      return "ended with exit code " + std::to_string(code) + (said.empty() ? " and said nothing" : ": " + said);
    case How::kSignalled: return "was ended by signal " + std::to_string(code) + " (" + ::strsignal(code) + ")";
    case How::kTimedOut: return "took longer than " + format_number(command.timeout_s) + " s";
    case How::kTooMuchOutput: return "printed more than " + std::to_string(command.most_output) + " bytes";
  }
  return "";
}

Ended run_command(const Command& command) {
  const auto refuse = [&](int why) {
    return Error(ErrorKind::kData,
                 command.words.front() + " cannot be started: " + std::generic_category().message(why));
  };
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  Pipe out, error, failure;
  const pid_t child = ::fork();
  if (child < 0) throw refuse(errno);
  if (child == 0)
    become(command.folder.c_str(), words.data(), out.write.number(), error.write.number(), failure.write.number());
  ::setpgid(child, child);  // as the child does: whichever comes first
  for (Pipe* pipe : {&out, &error, &failure}) pipe->write.close();
  for (Pipe* pipe : {&out, &error}) no_wait(pipe->read);

  Ended ended;
  const auto deadline = Clock::now() + std::chrono::duration<double>(command.timeout_s);
  int status = 0;
  bool gone = false, killed = false;
  const auto stop = [&](Ended::How how) {
    ended.how = how;
    killed = true;
    ::kill(-child, SIGKILL);
  };
  while (!gone) {
    std::array<pollfd, 2> watched{{{out.read.number(), POLLIN, 0}, {error.read.number(), POLLIN, 0}}};
    (void)::poll(watched.data(), watched.size(), kTickMs);
    if (watched[0].revents != 0 && !drain(out.read, ended.out, command.most_output, false)) out.read.close();
    if (watched[1].revents != 0 && !drain(error.read, ended.error, kMostError, true)) error.read.close();
    if (!killed && ended.out.size() > command.most_output) stop(Ended::How::kTooMuchOutput);
    if (!killed && Clock::now() > deadline) stop(Ended::How::kTimedOut);
    if (killed) out.read.close();
    const pid_t waited = ::waitpid(child, &status, WNOHANG);
    gone = waited == child || (waited < 0 && errno != EINTR);
  }
  // What it had written before it ended; others that hold its pipes open are not waited for.
  for (std::size_t before = ~std::size_t{0}; out.read.number() >= 0 && ended.out.size() != before;) {
    before = ended.out.size();
    if (before > command.most_output) stop(Ended::How::kTooMuchOutput);
    if (killed || !drain(out.read, ended.out, command.most_output, false)) break;
  }
  if (error.read.number() >= 0) (void)drain(error.read, ended.error, kMostError, true);
  ::kill(-child, SIGKILL);
  int why = 0;
  if (::read(failure.read.number(), &why, sizeof why) == static_cast<ssize_t>(sizeof why)) throw refuse(why);
  if (ended.out.size() > command.most_output) ended.out.resize(command.most_output);
  if (killed) return ended;
  ended.how = WIFSIGNALED(status) ? Ended::How::kSignalled : Ended::How::kExited;
  ended.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return ended;
}

std::optional<std::filesystem::path> find_program(const std::string& name, const std::filesystem::path& folder) {
  const auto runs = [](const std::filesystem::path& file) {
    std::error_code code;
    return std::filesystem::is_regular_file(file, code) && ::access(file.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) {
    auto file = std::filesystem::absolute(folder / name).lexically_normal();
    return runs(file) ? std::optional(std::move(file)) : std::nullopt;
  }
  const char* path = std::getenv("PATH");
  for (const std::string& place : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    auto file = std::filesystem::absolute(std::filesystem::path(place.empty() ? "." : place) / name);
    if (!name.empty() && runs(file)) return file;
  }
  return std::nullopt;
}

}  // namespace shakedown
