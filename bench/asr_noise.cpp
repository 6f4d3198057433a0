// What noise in the sound does to the words that PocketSphinx hears, on all transcribed speech of the real data:
//   asr_noise DATA [NOISE] [JOBS]
// DATA is the folder of SHAKEDOWN_REAL_DATA, NOISE one of audio.background_noise (white), five seeds, SNR 40 30 20
// 15 10. Prints the word error rate by level and by source. Everything is recognised twice: on JOBS threads (2) in
// order, and on one thread in reverse order. Exit status 1 when a transcript differs between the two, or when the word
// error rate falls by more than two points from one SNR to the next lower one.
#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nobody.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/decode.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/recognisers.h"
#include "shakedown/perturb/registry.h"
#include "text/recognition.h"

namespace {

using namespace shakedown;
using namespace shakedown::perturb;

struct Spoken {
  std::string source, id, text;
  Shared<Waveform> sound;
};

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorKind::kData, file.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string digit(char c) {
  static const std::vector<std::string> kWords = {"zero", "one", "two",   "three", "four",
                                                  "five", "six", "seven", "eight", "nine"};
  return kWords.at(static_cast<std::size_t>(c - '0'));
}

// "bbaf2n" of the GRID corpus: a letter a word, but for the letter and the digit that are said.
std::string grid_sentence(const std::string& code) {
  static const std::map<char, std::string> kCommand = {{'b', "bin"}, {'l', "lay"}, {'p', "place"}, {'s', "set"}},
                                           kColour = {{'b', "blue"}, {'g', "green"}, {'r', "red"}, {'w', "white"}},
                                           kPlace = {{'a', "at"}, {'b', "by"}, {'i', "in"}, {'w', "with"}},
                                           kAdverb = {{'a', "again"}, {'n', "now"}, {'p', "please"}, {'s', "soon"}};
  const std::string number = code.at(4) == 'z' ? "zero" : digit(code.at(4));
  return join({kCommand.at(code[0]), kColour.at(code[1]), kPlace.at(code[2]), std::string(1, code.at(3)), number,
               kAdverb.at(code.at(5))},
              " ");
}

std::vector<Spoken> transcribed_speech(const std::filesystem::path& data) {
  std::vector<Spoken> all;
  const auto add = [&](const std::string& source, const std::filesystem::path& file, std::string text) {
    all.push_back({source, source + "/" + file.filename().string(), std::move(text),
                   std::make_shared<const Waveform>(media::decode_audio(file))});
  };
  const auto librivox = read(data / "speech/librivox/transcription");
  for (const std::string& line : split(librivox, '\n')) {
    static const std::regex kLine(R"(<s> (.*) </s> \((.*)\))");
    std::smatch found;
    if (std::regex_search(line, found, kLine))
      add("librivox", data / "speech/librivox" / (found[2].str() + ".wav"), found[1]);
  }
  for (const char* list : {"ASR_train.json", "ASR_dev.json"}) {
    const auto json = read(data / "speech/speechbrain-asr" / list);
    const std::string id = "\"wav\": \"{data_root}/", words = "\"wrd\": \"";
    for (auto at = json.find(id); at != std::string::npos; at = json.find(id, at + 1)) {
      const auto name = at + id.size(), text = json.find(words, name) + words.size();
      add("speechbrain", data / "speech/speechbrain-asr" / json.substr(name, json.find('"', name) - name),
          json.substr(text, json.find('"', text) - text));
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(data / "speech/fsdd"))
    if (entry.path().extension() == ".wav") add("fsdd", entry.path(), digit(entry.path().filename().string().front()));
  for (const auto& entry : std::filesystem::directory_iterator(data / "video-grid"))
    if (entry.path().extension() == ".mpg") add("grid", entry.path(), grid_sentence(entry.path().stem().string()));
  std::sort(all.begin(), all.end(), [](const Spoken& a, const Spoken& b) { return a.id < b.id; });
  return all;
}

struct Level {
  std::string name;
  std::optional<Part> noise;
};

struct Task {
  std::size_t utterance = 0, level = 0;
  std::uint64_t seed = 0;
};

struct Count {
  double said = 0, substituted = 0, deleted = 0, inserted = 0;
  void add(const Recognition& found) {
    said += static_cast<double>(found.reference.size());
    substituted += static_cast<double>(found.alignment.substitutions);
    deleted += static_cast<double>(found.alignment.deletions);
    inserted += static_cast<double>(found.alignment.insertions);
  }
  [[nodiscard]] double rate() const { return 100 * (substituted + deleted + inserted) / said; }
};

std::string hear(const Spoken& spoken, const Level& level, std::uint64_t seed, const Recogniser& recogniser) {
  Sample sample;
  sample.id = spoken.id;
  sample.waveform = spoken.sound;
  if (level.noise) sample = apply_parts(sample, {*level.noise}, Nobody(), seed, 0).sample;
  return recogniser.recognise({*sample.waveform, spoken.id, level.name});
}

std::vector<std::string> hear_all(const std::vector<Spoken>& speech, const std::vector<Level>& levels,
                                  const std::vector<Task>& tasks, std::size_t jobs, bool backwards) {
  const auto recogniser = make_pocketsphinx(PocketSphinxModel::installed());
  std::vector<std::string> heard(tasks.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (std::size_t job = 0; job < jobs; ++job) {
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < tasks.size(); i = next++) {
        const std::size_t at = backwards ? tasks.size() - 1 - i : i;
        heard[at] = hear(speech[tasks[at].utterance], levels[tasks[at].level], tasks[at].seed, *recogniser);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return heard;
}

int run(const std::filesystem::path& data, const std::string& noise, std::size_t jobs, std::uint64_t seeds) {
  const auto speech = transcribed_speech(data);
  Registry registry;
  register_builtins(registry);
  std::vector<Level> levels{{"clean", std::nullopt}};
  for (const char* snr : {"40", "30", "20", "15", "10"}) {
    Part part;
    part.spec = &registry.find("audio.background_noise");
    part.params = part.spec->complete({{"noise", noise}, {"snr_db", snr}});
    part.perturbation = part.spec->create(part.params);
    levels.push_back({std::string(snr) + " dB", part});
  }
  std::vector<Task> tasks;
  for (std::size_t level = 0; level < levels.size(); ++level)
    for (std::uint64_t seed = 1; seed <= (level == 0 ? 1 : seeds); ++seed)
      for (std::size_t i = 0; i < speech.size(); ++i) tasks.push_back({i, level, seed});

  const auto heard = hear_all(speech, levels, tasks, jobs, false);
  std::map<std::pair<std::size_t, std::string>, Count> counts;  // level, source
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const Spoken& spoken = speech[tasks[t].utterance];
    const auto found = compare(scored_units({spoken.text, {}, "en"}), {heard[t], {}, "en"});
    for (const std::string& source : {std::string("all"), spoken.source}) counts[{tasks[t].level, source}].add(found);
  }
  std::vector<std::string> sources{"all"};
  for (const auto& [key, count] : counts)
    if (key.first == 0 && key.second != "all") sources.push_back(key.second);
  std::printf(
      "%zu utterances, %s noise, %d seeds; word error rate in per cent (substitutions / deletions / insertions)\n",
      speech.size(), noise.c_str(), static_cast<int>(seeds));
  std::printf("| SNR | all | S / D / I |");
  for (std::size_t s = 1; s < sources.size(); ++s) std::printf(" %s |", sources[s].c_str());
  std::printf("\n");
  bool falls = false;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const Count& all = counts.at({level, "all"});
    std::printf("| %s | %.1f | %.1f / %.1f / %.1f |", levels[level].name.c_str(), all.rate(),
                100 * all.substituted / all.said, 100 * all.deleted / all.said, 100 * all.inserted / all.said);
    for (std::size_t s = 1; s < sources.size(); ++s) std::printf(" %.1f |", counts.at({level, sources[s]}).rate());
    std::printf("\n");
    falls = falls || (level > 1 && all.rate() < counts.at({level - 1, "all"}).rate() - 2);
  }
  std::fflush(stdout);
  const bool same = hear_all(speech, levels, tasks, 1, true) == heard;
  std::printf("falls by more than two points to a lower SNR: %s\n", falls ? "YES" : "no");
  std::printf("%zu transcripts on %zu threads and backwards on one: %s\n", heard.size(), jobs,
              same ? "the same" : "DIFFERENT");
  return falls || !same ? 1 : 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2 || count > 5) {
    std::fprintf(stderr, "asr_noise DATA [NOISE] [JOBS] [SEEDS]\n");
    return 2;
  }
  try {
    const int jobs = count > 3 ? std::atoi(words[3]) : 2, seeds = count > 4 ? std::atoi(words[4]) : 5;
    return run(words[1], count > 2 ? words[2] : "white", static_cast<std::size_t>(std::max(1, jobs)),
               static_cast<std::uint64_t>(std::max(1, seeds)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "asr_noise: %s\n", error.what());
    return 2;
  }
}
