// Any program that takes the path of a WAV file and prints what it heard.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "recognise/open.h"
#include "shakedown/core/error.h"
#include "shakedown/core/process.h"
#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/encode.h"

namespace shakedown::perturb {
namespace {

constexpr std::string_view kWav = "{wav}";

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

// A folder of this process that no other user can look into.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::error_code code;
    std::string name = (std::filesystem::temp_directory_path(code) / "shakedown-XXXXXX").string();
    if (!code) name = std::filesystem::absolute(name, code).string();  // programs run in another folder
    if (code || ::mkdtemp(name.data()) == nullptr)
      throw Error(ErrorKind::kData, name + ": no temporary folder: " + std::generic_category().message(errno));
    path_ = name;
  }
  ~PrivateFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// One sound on disk while a program reads it.
class SoundFile {
 public:
  SoundFile(std::filesystem::path file, const std::vector<std::uint8_t>& bytes) : file_(std::move(file)) {
    std::ofstream stream(file_, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (stream) return;
    remove();
    throw Error(ErrorKind::kData, file_.string() + ": cannot be written");
  }
  ~SoundFile() { remove(); }
  SoundFile(const SoundFile&) = delete;
  SoundFile& operator=(const SoundFile&) = delete;

 private:
  void remove() const {
    std::error_code code;
    std::filesystem::remove(file_, code);
  }
  std::filesystem::path file_;
};

class CommandRecogniser final : public Recogniser {
 public:
  struct Settings {
    Command command;  ///< {wav} stands for the file
    std::vector<std::filesystem::path> files;
    int sample_rate_hz = 16000;
    bool floating = false;
  };

  explicit CommandRecogniser(Settings settings) : settings_(std::move(settings)) {}

  std::string recognise(const Utterance& utterance) const override {
    Waveform sound;
    sound.sample_rate_hz = settings_.sample_rate_hz;
    sound.pcm = media::mono_at(utterance.waveform, settings_.sample_rate_hz);
    const auto file = folder_.path() / fmt::format("{}.wav", count_.fetch_add(1));
    const SoundFile on_disk(file, settings_.floating ? media::encode_float_wav(sound) : media::encode_wav(sound));
    Command command = settings_.command;
    for (std::string& word : command.words) replace_all(word, kWav, file.string());
    Ended ended = run_command(command);
    replace_all(ended.error, file.string(), kWav);  // the same words in every run
    const std::string program = std::filesystem::path(command.words.front()).filename().string();
    if (!ended.well()) throw Error(ErrorKind::kData, program + " " + ended.describe(command));
    return in_context(program, [&] { return words_of(ended.out); });
  }

  std::vector<std::pair<std::string, std::filesystem::path>> files() const override {
    std::vector<std::pair<std::string, std::filesystem::path>> files{{"program", settings_.command.words.front()}};
    for (const auto& file : settings_.files) files.emplace_back("file", file);
    return files;
  }

 private:
  Settings settings_;
  PrivateFolder folder_;
  mutable std::atomic<std::uint64_t> count_ = 0;
};

double within(const Yaml& section, const char* key, double otherwise, double least, double most) {
  const auto value = section.get(key);
  if (!value) return otherwise;
  const double number = value.number();
  if (!(number >= least && number <= most)) {
    value.fail(fmt::format("{}: {} is outside [{}, {}]", key, format_number(number), format_number(least),
                           format_number(most)));
  }
  return number;
}

}  // namespace

std::unique_ptr<const Recogniser> open_command(const Yaml& section, const std::filesystem::path& folder) {
  section.only({"words", "files", "sample_rate", "encoding", "timeout_s", "most_output"});
  CommandRecogniser::Settings settings;
  settings.command.folder = folder.empty() ? "." : folder;
  const auto words = section.require("words");
  for (const auto& word : words.items()) settings.command.words.push_back(word.text());
  auto& given = settings.command.words;
  const auto names_wav = [](const std::string& word) { return word.find(kWav) != std::string::npos; };
  if (words.kind() != Yaml::Kind::kList || given.empty() || names_wav(given.front()) ||
      std::none_of(given.begin(), given.end(), names_wav)) {
    words.fail(
        "words: a list is expected, the program and its arguments, of which one holds {wav}: "
        "[whisper-cli, --no-timestamps, \"{wav}\"]");
  }
  const auto program = find_program(given.front(), folder);
  if (!program) {
    words.fail(fmt::format("words: '{}' is no program {}", given.front(),
                           given.front().find('/') == std::string::npos ? "in $PATH" : "that can be run"));
  }
  given.front() = program->string();
  if (const auto files = section.get("files"))
    for (const auto& file : files.items()) settings.files.push_back(existing(file, folder));
  // A script beside the manifest is named among the words: what it does is part of what the recogniser is.
  for (std::size_t i = 1; i < given.size(); ++i) {
    std::error_code code;
    const auto file = folder / given[i];
    if (!names_wav(given[i]) && std::filesystem::is_regular_file(file, code)) settings.files.push_back(file);
  }
  constexpr double kLowest = 1000, kHighest = 384000, kLongest = 86400, kMost = 1 << 30;
  settings.sample_rate_hz = static_cast<int>(within(section, "sample_rate", 16000, kLowest, kHighest));
  settings.command.timeout_s = within(section, "timeout_s", settings.command.timeout_s, 0.01, kLongest);
  settings.command.most_output = static_cast<std::size_t>(
      within(section, "most_output", static_cast<double>(settings.command.most_output), 1, kMost));
  if (const auto encoding = section.get("encoding")) {
    if (encoding.text() != "int16" && encoding.text() != "float32")
      encoding.fail("encoding: '" + encoding.text() + "': int16 and float32 are accepted");
    settings.floating = encoding.text() == "float32";
  }
  return std::make_unique<CommandRecogniser>(std::move(settings));
}

}  // namespace shakedown::perturb
