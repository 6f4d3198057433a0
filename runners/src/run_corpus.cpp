#include "run_corpus.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/yaml.h"
#include "shakedown/models/ctc.h"
#include "shakedown/perturb/recognisers.h"

namespace shakedown::runners {
namespace {

constexpr std::size_t kDonorCacheBytes = std::size_t{256} << 20U;
constexpr std::size_t kTranscriptBytes = std::size_t{64} << 20U;  // some 150,000 utterances

std::unique_ptr<const Recogniser> open(const std::string& manifest, const models::LoadOptions& models) {
  if (manifest.empty()) return perturb::make_pocketsphinx(perturb::PocketSphinxModel::installed());
  constexpr std::array kKinds = {"ctc", "command", "transcripts", "pocketsphinx"};
  const std::filesystem::path file(manifest);
  const Yaml yaml = Yaml::load(file);
  yaml.require_schema("shakedown.asr/1");
  yaml.only({"schema", "name", "ctc", "command", "transcripts", "pocketsphinx"});
  if (yaml.has("name")) static_cast<void>(yaml.get("name").text());
  std::string kind;
  for (const char* key : kKinds) {
    if (!yaml.has(key)) continue;
    if (!kind.empty()) yaml.get(key).fail("'" + kind + "' and '" + key + "' are given: a recogniser is one of them");
    kind = key;
  }
  if (kind.empty()) yaml.fail("a recogniser needs one of ctc:, command:, transcripts: or pocketsphinx:");
  if (kind == "ctc") return models::open_ctc(yaml.get(kind), file.parent_path(), models);
  return perturb::open_recogniser(kind, yaml.get(kind), file.parent_path());
}

/// One that cannot work at all, or hears the same sound in two ways, is found before any work.
void try_out(const Recogniser& recogniser) {
  Waveform noise;
  std::uint32_t state = 1;
  for (int i = 0; i < noise.sample_rate_hz; ++i) {
    state = state * 1664525U + 1013904223U;
    noise.pcm.push_back(0.1F * (static_cast<float>(state >> 8U) / 8388608.0F - 1.0F));
  }
  const std::string sample = "noise", cell = "clean#0";
  in_context("tried on a second of noise", [&] {
    const auto once = recogniser.recognise({noise, sample, cell}), again = recogniser.recognise({noise, sample, cell});
    if (once != again)
      throw Error(ErrorKind::kData,
                  "it heard '" + once + "' and then '" + again + "': results would not be repeatable");
  });
}

}  // namespace

RunCorpus::RunCorpus(const datasets::Dataset& dataset, datasets::OpenOptions external, models::LoadOptions models)
    : DatasetCorpus(dataset, kDonorCacheBytes, std::move(external)), models_(std::move(models)) {}

Shared<Recogniser> RunCorpus::recogniser(const std::string& manifest) const {
  const std::scoped_lock lock(mutex_);
  auto& known = recognisers_[manifest];
  if (known) return known;
  Shared<Recogniser> opened = open(manifest, models_);
  if (opened->hears()) try_out(*opened);
  known = opened->hears() ? perturb::make_cached(std::move(opened), kTranscriptBytes) : std::move(opened);
  return known;
}

}  // namespace shakedown::runners
