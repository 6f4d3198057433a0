#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace shakedown::test {

/// What a finished program left.
struct Finished {
  int code = -1;  ///< exit status; 128 + signal when it was killed
  std::string out, error;
  [[nodiscard]] std::size_t error_lines() const;
};

/// Runs the built shakedown and waits.
Finished shakedown(const std::vector<std::string>& words, const std::map<std::string, std::string>& environment = {});

/// Starts it and kills it with SIGKILL (or `signal_number`) once `ready` says so; gives up after a minute.
/// Its exit status, as Finished::code.
int shakedown_killed(const std::vector<std::string>& words, const std::function<bool()>& ready, int signal_number);

/// A folder of this test's own, removed at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

void write(const std::filesystem::path& file, const std::string& text);
std::string read(const std::filesystem::path& file);

/// A file of models/reference.
std::filesystem::path reference(const std::string& file);
/// 40 clips of 8 speakers of the test split of examples/talking_heads, in a folder of this process's own.
const std::filesystem::path& clips();

/// The words of `shakedown run` for the reference model `plain` on clips(), with `more` behind them.
std::vector<std::string> run_words(const std::filesystem::path& suite, const std::filesystem::path& out,
                                   const std::vector<std::string>& more = {});

/// A suite of a few cheap cells over all three modalities.
inline constexpr const char* kSmallSuite = R"(schema: shakedown.suite/1
name: small
seed: 7
cells:
  - {perturb: text.word_drop, protect: none, severity: [5]}
  - {perturb: audio.background_noise, noise: babble, levels: {snr_db: [0]}}
  - {perturb: video.low_light, severity: [3]}
  - {perturb: missing.modality, keep: text+audio}
)";

}  // namespace shakedown::test
