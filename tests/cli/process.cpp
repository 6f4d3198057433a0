#include "process.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace shakedown::test {
namespace {

pid_t start(const std::vector<std::string>& words, const std::map<std::string, std::string>& environment,
            const std::filesystem::path& out, const std::filesystem::path& error) {
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
  dup2(open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments{const_cast<char*>(SHAKEDOWN_BINARY)};
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(SHAKEDOWN_BINARY, arguments.data());
  _exit(127);
}

int status_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::size_t Finished::error_lines() const {
  return static_cast<std::size_t>(std::count(error.begin(), error.end(), '\n'));
}

Finished shakedown(const std::vector<std::string>& words, const std::map<std::string, std::string>& environment) {
  const Scratch scratch;
  Finished finished;
  finished.code = status_of(start(words, environment, scratch / "out", scratch / "err"));
  finished.out = read(scratch / "out");
  finished.error = read(scratch / "err");
  return finished;
}

int shakedown_killed(const std::vector<std::string>& words, const std::function<bool()>& ready, int signal_number) {
  const Scratch scratch;
  const pid_t child = start(words, {}, scratch / "out", scratch / "err");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!ready() && std::chrono::steady_clock::now() < deadline && waitpid(child, nullptr, WNOHANG) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  kill(child, signal_number);
  return status_of(child);
}

Scratch::Scratch() {
  auto pattern = (std::filesystem::path(testing::TempDir()) / "shakedown-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
  folder_ = pattern;
}
Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::filesystem::path reference(const std::string& file) {
  return std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "models" / "reference" / file;
}

namespace {

/// The header and the first clips of the first speakers of the test split; their files go to `to`.
std::string first_clips(const std::filesystem::path& data, const std::filesystem::path& to) {
  constexpr std::size_t kSpeakers = 8, kClips = 5;
  std::istringstream table(read(data / "label.csv"));
  std::string line, kept;
  std::getline(table, line);
  kept = line + "\n";
  std::map<std::string, std::size_t> taken;
  while (std::getline(table, line)) {
    const auto comma = line.find(',');
    const auto speaker = line.substr(0, comma), clip = line.substr(comma + 1, line.find(',', comma + 1) - comma - 1);
    if (line.find(",test,") == std::string::npos || (taken.size() == kSpeakers && !taken.contains(speaker))) continue;
    if (taken[speaker]++ >= kClips) continue;
    const auto file = std::filesystem::path("Raw") / speaker / (clip + ".mp4");
    std::filesystem::create_directories((to / file).parent_path());
    std::filesystem::copy_file(data / file, to / file);
    kept += line + "\n";
  }
  return kept;
}

}  // namespace

const std::filesystem::path& clips() {
  static const Scratch scratch;
  static const std::filesystem::path folder = [] {
    const auto data = std::filesystem::path(SHAKEDOWN_SOURCE_DIR) / "examples" / "talking_heads";
    write(scratch / "clips/label.csv", first_clips(data, scratch / "clips"));
    return scratch / "clips";
  }();
  return folder;
}

std::vector<std::string> run_words(const std::filesystem::path& suite, const std::filesystem::path& out,
                                   const std::vector<std::string>& more) {
  std::vector<std::string> words{"run",          "--model",        reference("plain.pt").string(),
                                 "--data",       clips().string(), "--suite",
                                 suite.string(), "--out",          out.string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace shakedown::test
