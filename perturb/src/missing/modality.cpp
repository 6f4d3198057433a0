// Whole modalities are taken away and only those in `keep` stay, in every form in which they are present:
// tokens become [UNK] between CLS and SEP, features zero, sound silence, frames black, a transcript empty; all
// keep their lengths. It asks what a model uses, so it is diagnostic: all eight subsets, the empty one included.
#include <algorithm>
#include <map>
#include <utility>

#include "forms.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

constexpr Modality kModalities[] = {Modality::kText, Modality::kAudio, Modality::kVideo};
constexpr Forms kForms = {Form::kTranscript,    Form::kTokens, Form::kEmbedding,     Form::kWaveform,
                          Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures};

std::vector<Modality> dropped_by(const std::string& keep) {
  const std::vector<std::string> kept = split(keep, '+');
  std::vector<Modality> dropped;
  for (const Modality modality : kModalities) {
    if (std::find(kept.begin(), kept.end(), modality_name(modality)) == kept.end()) dropped.push_back(modality);
  }
  return dropped;
}

Shared<Tokens> unknown(const Tokens& whole, int unk_id) {
  auto tokens = std::make_shared<Tokens>(whole);
  const std::size_t length = tokens->length();
  const std::size_t edge = tokens->has_specials ? 1 : 0;
  for (std::size_t i = edge; i + edge < length; ++i) tokens->ids[i] = unk_id;
  return tokens;
}

Shared<Sequence> zeros(const Sequence& whole) {
  auto sequence = std::make_shared<Sequence>(whole);
  std::fill(sequence->values.begin(), sequence->values.end(), 0.0F);
  return sequence;
}

Shared<Clip> black(const Clip& whole) {
  auto clip = std::make_shared<Clip>(whole);
  std::map<std::pair<int, int>, Shared<Image>> by_size;  // one black picture serves all frames of its size
  for (Shared<Image>& frame : clip->frames) {
    Shared<Image>& image = by_size[{frame->width, frame->height}];
    if (!image) {
      image = std::make_shared<Image>(
          Image{frame->width, frame->height, std::vector<std::uint8_t>(frame->pixels.size(), 0)});
    }
    frame = image;
  }
  return clip;
}

class MissingModality final : public Perturbation {
 public:
  struct Config {
    std::string keep = "text+audio+video";
    int unk_id = 100;
  };

  explicit MissingModality(Config config) : config_(std::move(config)), dropped_(dropped_by(config_.keep)) {}

  Effect apply(Sample& sample, const Corpus&, const Rng&) const override {
    if (dropped_.empty()) return Effect::unchanged("every modality is kept");
    Effect effect;
    for (const Modality modality : dropped_) {
      bool present = false;
      for (const Form form : sample.present().list()) {
        if (modality_of(form) != modality) continue;
        remove(sample, form);
        present = true;
      }
      if (present) effect.decisions.push_back(static_cast<std::int64_t>(modality));
    }
    if (effect.decisions.empty()) return Effect::ineligible("the sample has nothing of the modalities to be removed");
    return effect;
  }

  Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }

 private:
  void remove(Sample& sample, Form form) const {
    switch (form) {
      case Form::kTranscript:
        sample.transcript = std::make_shared<Transcript>(Transcript{"", {}, sample.transcript->language});
        break;
      case Form::kTokens: sample.tokens = unknown(*sample.tokens, config_.unk_id); break;
      case Form::kWaveform: {
        auto silence = std::make_shared<Waveform>(*sample.waveform);
        std::fill(silence->pcm.begin(), silence->pcm.end(), 0.0F);
        sample.waveform = std::move(silence);
        break;
      }
      case Form::kFrames: sample.clip = black(*sample.clip); break;
      case Form::kEmbedding:
      case Form::kAudioFeatures:
      case Form::kVisionFeatures: set_sequence(sample, form, zeros(*sequence_of(sample, form))); break;
    }
  }

  Config config_;
  std::vector<Modality> dropped_;
};

PerturbationSpec spec() {
  using Config = MissingModality::Config;
  return Schema<MissingModality>("missing.modality", Modality::kCross,
                                 "Takes whole modalities away and keeps the others as they are.")
      .source("Ma et al., SMIL, AAAI 2021; Huan et al., UniMF, IEEE TMM 2024 (all subsets)")
      .reads(kForms)
      .writes(kForms)
      .choice("keep", &Config::keep,
              {"none", "text", "audio", "video", "text+audio", "text+video", "audio+video", "text+audio+video"},
              "The modalities that stay.")
      .number("unk_id", &Config::unk_id, "", {.min = 0, .max = 2147483647},
              "Token id in the place of each token; [UNK] is 100 in BERT's vocabularies.")
      .label_effect(LabelEffect::kDiagnostic)
      .modality_at([](const Config& config) { return only_or_cross(dropped_by(config.keep)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(missing_modality, shakedown::perturb::spec);
