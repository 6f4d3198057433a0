// Words a second of the text perturbations on one thread, each with the tokenizer behind it as in a run:
//   text_ratio SENTENCES VOCAB [REPEATS]
// SENTENCES is a file of one English sentence a line, VOCAB a WordPiece vocab.txt. Processor time, medians of REPEATS
// (5) rounds; words are those of the sentences as they were. Exit status 1 when a kind misses its limit.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "nobody.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"
#include "shakedown/media/tokenizer.h"
#include "shakedown/perturb/registry.h"

namespace {

using namespace shakedown;

constexpr std::size_t kTokens = 50;  // of the models of MOSI
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

struct Kind {
  std::string name;
  perturb::ParamMap params;
  double at_least;  // words a second
};

const std::vector<Kind>& kinds() {
  constexpr double kSimple = 300'000, kModel = 100'000;
  static const std::vector<Kind> kAll = {
      {"text.typo", {{"fraction", "0.3"}}, kSimple},
      {"text.filler", {{"fraction", "0.3"}}, kSimple},
      {"text.word_drop", {{"fraction", "0.3"}}, kSimple},
      {"text.unpunctuate", {{"fraction", "1"}}, kSimple},
      {"text.homophone", {{"fraction", "1"}}, kSimple},
      {"text.sentiment_replace", {{"fraction", "1"}, {"with", "antonym"}}, kSimple},
      {"text.sentiment_replace", {{"fraction", "1"}, {"with", "synonym"}}, kSimple},
      {"text.sentiment_mask", {{"fraction", "1"}}, kSimple},
      {"text.sentiment_delete", {{"fraction", "1"}}, kSimple},
      {"text.negation", {{"fraction", "1"}}, kSimple},
      {"text.double_denial", {{"fraction", "1"}}, kSimple},
      {"text.asr_error", {{"rate", "0.3"}}, kModel},
  };
  return kAll;
}

double seconds_of(const std::function<void()>& work, int repeats) {
  std::vector<double> taken;
  for (int i = 0; i <= repeats; ++i) {  // the first warms up
    const std::clock_t start = std::clock();
    work();
    if (i > 0) taken.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::nth_element(taken.begin(), taken.begin() + repeats / 2, taken.end());
  return taken[static_cast<std::size_t>(repeats / 2)];
}

std::vector<Sample> samples_of(const std::string& text) {
  std::vector<Sample> samples;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty() || !is_utf8(line)) continue;
    Sample sample;
    sample.id = std::to_string(samples.size());
    sample.transcript = std::make_shared<const Transcript>(Transcript{line, {}, "en"});
    samples.push_back(std::move(sample));
  }
  if (samples.empty()) throw Error(ErrorKind::kUsage, "the file has no sentence");
  return samples;
}

int measure(int argc, char** argv) {
  const std::vector<Sample> samples = samples_of(read_text_file(argv[1], kMostBytes));
  const auto tokenizer = media::make_tokenizer(*media::find_tokenizer_family("bert"),
                                               {{argv[2], read_text_file(argv[2], kMostBytes)}, {}}, {});
  const int repeats = argc > 3 ? std::max(1, std::atoi(argv[3])) : 5;
  double words = 0;
  for (const Sample& sample : samples)
    words += static_cast<double>(media::segment_words(sample.transcript->text, "en").size());
  perturb::Registry registry;
  perturb::register_builtins(registry);
  const Nobody nobody;
  std::size_t tokens = 0;  // so that nothing is left out
  const auto tokenize = [&](const Sample& sample) {
    tokens += tokenizer->tokenize(sample.transcript->text, kTokens).length();
  };

  std::printf("%zu sentences, %.0f words; the tokenizer alone: %.0f words/s\n\n", samples.size(), words,
              words / seconds_of([&] { std::for_each(samples.begin(), samples.end(), tokenize); }, repeats));
  std::printf(
      "| perturbation | words/s | with the dose measured | at least | met |\n| --- | --- | --- | --- | --- |\n");
  bool all_met = true;
  for (const Kind& kind : kinds()) {
    const auto perturbation = registry.create(kind.name, kind.params);
    const auto run = [&](bool measured) {
      for (const Sample& sample : samples) {
        const Rng rng({.suite_seed = 1,
                       .perturbation = kind.name,
                       .version = 1,
                       .compose_index = 0,
                       .sample_id = sample.id,
                       .replicate = 0});
        Sample after = sample;
        const Effect effect = perturbation->apply(after, nobody, rng);
        tokenize(after);
        if (measured && effect.state == State::kApplied)
          tokens += perturbation->measure(sample, after, effect).taken > 0 ? 1 : 0;
      }
    };
    const double bare = words / seconds_of([&] { run(false); }, repeats);
    const double measured = words / seconds_of([&] { run(true); }, repeats);
    const bool met = bare >= kind.at_least;
    all_met = all_met && met;
    std::string name = kind.name;
    for (const auto& [parameter, value] : kind.params) name += " " + parameter + "=" + value;
    std::printf("| %s | %.0f | %.0f | %.0f | %s |\n", name.c_str(), bare, measured, kind.at_least, met ? "yes" : "NO");
    std::fflush(stdout);
  }
  return all_met && tokens > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: text_ratio SENTENCES VOCAB [REPEATS]\n");
    return 2;
  }
  try {
    return measure(argc, argv);
  } catch (const shakedown::Error& error) {
    std::fprintf(stderr, "text_ratio: %s\n", error.what());
    return shakedown::exit_code(error.kind());
  }
}
