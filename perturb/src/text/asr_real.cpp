// The text as a speech recogniser hears it: noise in the sound reaches the words. Behind a perturbation of the sound in
// a composition it couples the two modalities as a deployed pipeline does; the same cell without it leaves the words as
// people wrote them, with the same noise bit for bit.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/recogniser.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/recognition.h"

namespace shakedown::perturb {
namespace {

class AsrReal final : public Perturbation {
 public:
  struct Config {
    std::string asr;
  };

  explicit AsrReal(Config config) : config_(std::move(config)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    const auto recogniser = corpus.recogniser(config_.asr);
    if (!recogniser) return Effect::skipped("there is no recogniser here");
    if (!sample.transcript) return Effect::skipped("the sample has no text.transcript to hold it against");
    if (recogniser->hears() && !sample.waveform) return Effect::skipped("the sample has no audio.waveform to be heard");
    static const Waveform kNothing;
    Transcript heard;
    heard.language = sample.transcript->language;
    heard.text = recogniser->recognise({sample.waveform ? *sample.waveform : kNothing, sample.id, rng.key().cell});
    const Recognition found = compare(scored_units(*sample.transcript), heard);
    heard.times = times_of(*sample.transcript, found);
    Effect effect =
        heard.text == sample.transcript->text ? Effect::unchanged("it was recognised as it is written") : Effect{};
    count_errors(effect, found);
    if (effect.state == State::kUnchanged) return effect;
    effect.touched = touched_in(found);
    sample.transcript = std::make_shared<const Transcript>(std::move(heard));
    return effect;
  }

  // The error rate by alignment: above 1 where more was heard than said.
  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect&) const override {
    if (!before.transcript || !after.transcript) return {};
    const Recognition found = compare(scored_units(*before.transcript), *after.transcript);
    Dose dose;
    dose.total = dose.eligible = static_cast<double>(found.reference.size());
    dose.taken = dose.changed = static_cast<double>(found.alignment.errors());
    return with_shares(dose);
  }

 private:
  // A word that was heard has the time of what was said in its place; one that nobody said has none.
  static std::vector<Transcript::Word> times_of(const Transcript& said, const Recognition& found) {
    std::vector<Transcript::Word> times;
    if (said.times.empty()) return times;
    std::size_t r = 0, h = 0, timed = 0;
    for (const char operation : found.alignment.operations) {
      if (operation == 'I') {
        ++h;
        continue;
      }
      while (timed < said.times.size() && said.times[timed].end <= found.reference.begin[r]) ++timed;
      const bool known = timed < said.times.size() && said.times[timed].begin < found.reference.end[r];
      if (operation != 'D') {
        if (known) {
          const auto& word = said.times[timed];
          times.push_back({found.hypothesis.begin[h], found.hypothesis.end[h], word.start_s, word.end_s});
        }
        ++h;
      }
      ++r;
    }
    return times;
  }

  // What was misheard or lost, as bytes of what was said.
  static std::vector<Span> touched_in(const Recognition& found) {
    std::vector<Span> spans;
    std::size_t r = 0;
    for (const char operation : found.alignment.operations) {
      if (operation == 'I') continue;
      const auto begin = static_cast<double>(found.reference.begin[r]),
                 end = static_cast<double>(found.reference.end[r]);
      ++r;
      if (operation != 'C') spans.push_back({begin, end});
    }
    return spans;
  }

  Config config_;
};

PerturbationSpec spec() {
  using Config = AsrReal::Config;
  return Schema<AsrReal>(
             "text.asr_real", Modality::kText,
             "Recognises the text again from the sound, as corrupted by the parts of a composition in front "
             "of it: noise in the sound reaches the words.")
      .source(
          "The recogniser's own errors; scored as NIST's sclite does, by Levenshtein alignment. Coupling of text and "
          "sound: Wu et al., SWRM, Findings of ACL 2022, on recognised CMU-MOSI; as a chain from noise to words: this "
          "project. PocketSphinx: Huggins-Daines et al., ICASSP 2006.")
      .reads({Form::kTranscript, Form::kWaveform})  // transcripts from a file need no sound
      .writes({Form::kTranscript})
      .whole_samples()
      .front_end("text=asr")
      .text("asr", &Config::asr,
            "Manifest of a recogniser: a TorchScript CTC model, a command, a file of transcripts, or PocketSphinx with "
            "other models. Empty: PocketSphinx with Debian's models of US English.")
      .dose({.parameter = "", .unit = "word", .identity = 0, .fraction = true})
      .needs([](const Config& config) {
        Needs needs;
        needs.recogniser = config.asr;
        return needs;
      })
      .label_effect([](const Config&, const ModelReads& reads) { return effect_of_misrecognition(reads); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(text_asr_real, shakedown::perturb::spec);
