// Cells corrupted and re-extracted elsewhere: whoever trains on features extracts them again from corrupted
// media with their own extractor and hands the result over as a second data set. Each sample is replaced by the
// one of the same id there, form by form; its labels are not looked at. The dose is what the sidecar says. A
// directional cell states its direction by the polarity of the two transcripts.
#include <fmt/format.h>

#include "forms.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"
#include "text/polarity.h"

namespace shakedown::perturb {
namespace {

constexpr Forms kForms = {Form::kTranscript,    Form::kTokens, Form::kEmbedding,     Form::kWaveform,
                          Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures};

bool same(const Sequence& a, const Sequence& b) {
  return a.dims == b.dims && a.length == b.length && a.steps == b.steps && a.values == b.values;
}

// Whether two samples hold the same content in `form`; pictures are compared frame by frame.
bool same_content(const Sample& a, const Sample& b, Form form) {
  switch (form) {
    case Form::kTranscript: return a.transcript->text == b.transcript->text;
    case Form::kTokens:
      return a.tokens->ids == b.tokens->ids && a.tokens->mask == b.tokens->mask &&
             a.tokens->segments == b.tokens->segments;
    case Form::kWaveform:
      return a.waveform->pcm == b.waveform->pcm && a.waveform->channels == b.waveform->channels &&
             a.waveform->sample_rate_hz == b.waveform->sample_rate_hz;
    case Form::kFrames: {
      if (a.clip->frames.size() != b.clip->frames.size() || a.clip->fps != b.clip->fps) return false;
      for (std::size_t i = 0; i < a.clip->frames.size(); ++i) {
        const Image &x = *a.clip->frames[i], &y = *b.clip->frames[i];
        if (x.width != y.width || x.height != y.height || x.pixels != y.pixels) return false;
      }
      return true;
    }
    case Form::kEmbedding:
    case Form::kAudioFeatures:
    case Form::kVisionFeatures: return same(*sequence_of(a, form), *sequence_of(b, form));
  }
  return false;
}

class External final : public Perturbation {
 public:
  struct Config {
    std::string name, data, dose_name, dose_value, dose_unit;
    std::string label_effect = "diagnostic";
  };

  explicit External(Config config) : config_(std::move(config)) {
    if (config_.dose_name.empty() != config_.dose_value.empty()) {
      throw Error(ErrorKind::kUsage, "dose_name and dose_value: give both or neither");
    }
    if (config_.dose_value.empty()) return;
    const auto dose = parse_number(config_.dose_value);
    if (!dose) throw Error(ErrorKind::kUsage, fmt::format("dose_value: '{}' is no number", config_.dose_value));
    dose_ = *dose;
  }

  Effect apply(Sample& sample, const Corpus& corpus, const Rng&) const override {
    const auto other = corpus.external(config_.data, sample.id);
    if (!other) return Effect::skipped("the external data has no such id");
    const Shared<Transcript> transcript = sample.transcript;
    Forms changed;
    for (const Form form : other->present().list()) {
      if (sample.present().has(form) && same_content(sample, *other, form)) continue;  // stays shared
      take_form(sample, *other, form);
      changed.add(form);
    }
    if (changed.empty()) return Effect::unchanged("the external sample is the same");
    Effect effect;
    const bool words = changed.has(Form::kTranscript) && transcript && sample.transcript;
    if (words && config_.label_effect == "directional") {
      effect.direction = direction_of_change(text_polarity(*transcript), *sample.transcript);
    }
    // What the external data does not hold of a changed modality would show the clean clip.
    for (const Form form : (of_same_modalities(sample.present(), changed) - other->present()).list()) {
      sample.remove(form);
    }
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect& effect) const override {
    Dose dose;
    if (effect.state == State::kApplied) dose.realised = dose_;
    return dose;
  }

 private:
  Config config_;
  double dose_ = std::numeric_limits<double>::quiet_NaN();
};

PerturbationSpec spec() {
  using Config = External::Config;
  return Schema<External>("external", Modality::kCross,
                          "Replaces each sample by the one of the same id in data corrupted and extracted elsewhere.")
      .source("the user's own pipeline")
      .reads(kForms)
      .writes(kForms)
      .text("name", &Config::name, "What was done to the data, as the report shall call it.")
      .text("data", &Config::data, "The corrupted data set: a data.yaml, a feature pickle or a folder.")
      .text("dose_name", &Config::dose_name, "Name of the dose that was given elsewhere, such as snr_db.")
      .text("dose_value", &Config::dose_value, "The dose itself, a number.")
      .text("dose_unit", &Config::dose_unit, "Unit of the dose.")
      .choice("label_effect", &Config::label_effect, {"invariant", "unknowable", "directional", "diagnostic"},
              "Whether a person would still give the original label.")
      .label_effect([](const Config& config, const ModelReads&) { return label_effect_from_name(config.label_effect); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(external, shakedown::perturb::spec);
