#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <unistd.h>
#include <vector>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/schema.h"
#include "shakedown/suites/suite.h"

namespace shakedown::suites {

/// A perturbation that does nothing: suites only expand, they never apply.
class Nothing : public perturb::Perturbation {
 public:
  struct Config {
    double snr_db = 10, rate = 0.3, other = 1;
    int frames = 1;
    std::string noise = "white", folder, keep = "text+audio+video", modality = "all", name, data;
    std::string dose_name, dose_value, dose_unit, label_effect = "diagnostic";
    bool clip = false;
  };
  explicit Nothing(const Config&) {}
  Effect apply(Sample&, const Corpus&, const Rng&) const override { return Effect::unchanged(); }
  [[nodiscard]] Dose measure(const Sample&, const Sample&, const Effect&) const override { return {}; }
};

inline constexpr Forms kFeatures = {Form::kTokens, Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures};
inline constexpr Forms kAll = {Form::kTranscript,    Form::kTokens, Form::kEmbedding,     Form::kWaveform,
                               Form::kAudioFeatures, Form::kFrames, Form::kVisionFeatures};

/// Perturbations shaped like the real ones, so that these tests do not move when a catalogue entry does.
inline perturb::Registry fake_registry() {
  using Config = Nothing::Config;
  using perturb::Schema;
  const auto infinity = std::numeric_limits<double>::infinity();
  const auto modalities_but = [](const std::string& names, bool listed) {
    std::vector<Modality> left;
    for (const auto modality : {Modality::kText, Modality::kAudio, Modality::kVideo}) {
      bool found = false;
      for (const auto& name : split(names, '+')) found = found || name == modality_name(modality);
      if (found == listed) left.push_back(modality);
    }
    return left.size() == 1 ? left.front() : Modality::kCross;
  };

  perturb::Registry registry;
  registry.add(Schema<Nothing>("audio.hiss", Modality::kAudio, "Noise.")
                   .version(3)
                   .reads({Form::kWaveform})
                   .writes({Form::kWaveform})
                   .number("snr_db", &Config::snr_db, "dB", {.min = -30, .max = 100}, "SNR.")
                   .choice("noise", &Config::noise, {"white", "babble", "folder"}, "Kind.")
                   .text("folder", &Config::folder, "Folder.")
                   .number("other", &Config::other, "", {.min = 0, .max = 9}, "Another number.")
                   .flag("clip", &Config::clip, "Clip.")
                   .dose({.parameter = "snr_db",
                          .unit = "dB",
                          .scale = perturb::DoseSpec::Scale::kAmplitude,
                          .identity = infinity,
                          .ladder = {20, 15, 10, 5, 0},
                          .lower_is_harsher = true,
                          .valid_to = 5})
                   .build());
  registry.add(Schema<Nothing>("video.shift", Modality::kVideo, "Shifts frames.")
                   .reads({Form::kFrames})
                   .writes({Form::kFrames})
                   .number("frames", &Config::frames, "frames", {.min = 0, .max = 99}, "Frames.")
                   .dose({.parameter = "frames", .unit = "frames", .identity = 0, .ladder = {1, 2, 4, 8, 16}})
                   .build());
  registry.add(
      Schema<Nothing>("text.drop", Modality::kText, "Drops words.")
          .reads({Form::kTranscript})
          .writes({Form::kTranscript})
          .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Rate.")
          .dose({.parameter = "rate", .unit = "", .identity = 0, .ladder = {.1, .2, .3, .4, .5}, .fraction = true})
          .label_effect([](const Config&, const perturb::ModelReads& reads) {
            const bool audio = reads.forms.has(Form::kAudioFeatures) || reads.forms.has(Form::kWaveform);
            return audio ? LabelEffect::kInvariant : LabelEffect::kUnknowable;
          })
          .build());
  registry.add(
      Schema<Nothing>("missing.some", Modality::kCross, "Loses steps.")
          .reads(kFeatures)
          .writes(kFeatures)
          .number("rate", &Config::rate, "", {.min = 0, .max = 1}, "Rate.")
          .choice("modality", &Config::modality, {"all", "text", "audio", "video", "text+audio"}, "Which.")
          .dose({.parameter = "rate", .unit = "", .identity = 0, .ladder = {.1, .3, .5, .7, .9}, .fraction = true})
          .label_effect(LabelEffect::kUnknowable)
          .modality_at([=](const Config& config) { return modalities_but(config.modality, true); })
          .build());
  registry.add(
      Schema<Nothing>("missing.subset", Modality::kCross, "Keeps some modalities.")
          .reads(kAll)
          .writes(kAll)
          .choice("keep", &Config::keep, {"none", "text", "text+audio", "text+video", "text+audio+video"}, "K.")
          .label_effect(LabelEffect::kDiagnostic)
          .modality_at([=](const Config& config) { return modalities_but(config.keep, false); })
          .build());
  registry.add(Schema<Nothing>("feature.wobble", Modality::kAudio, "Needs donors.")
                   .reads({Form::kAudioFeatures})
                   .writes({Form::kAudioFeatures})
                   .needs({.donors = true})
                   .build());
  registry.add(Schema<Nothing>("text.heard", Modality::kText, "Makes the text from the sound.")
                   .version(2)
                   .reads_all({Form::kTranscript, Form::kWaveform})
                   .writes({Form::kTranscript})
                   .whole_samples()
                   .front_end("text=heard")
                   .text("folder", &Config::folder, "Folder.")
                   .dose({.parameter = "", .unit = "word", .identity = 0, .fraction = true})
                   .build());
  registry.add(Schema<Nothing>("external", Modality::kCross, "From elsewhere.")
                   .reads(kAll)
                   .writes(kAll)
                   .text("name", &Config::name, "Name.")
                   .text("data", &Config::data, "Data.")
                   .text("dose_name", &Config::dose_name, "Dose.")
                   .text("dose_value", &Config::dose_value, "Value.")
                   .text("dose_unit", &Config::dose_unit, "Unit.")
                   .choice("label_effect", &Config::label_effect, {"invariant", "unknowable", "diagnostic"}, "Effect.")
                   .label_effect([](const Config& config, const perturb::ModelReads&) {
                     return label_effect_from_name(config.label_effect);
                   })
                   .build());
  return registry;
}

/// A folder with one suite file, removed at the end.
class SuiteFile {
 public:
  explicit SuiteFile(const std::string& cells, const std::string& head = "") {
    auto name = (std::filesystem::temp_directory_path() / "shakedown-suite-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    std::ofstream(file()) << "schema: shakedown.suite/1\nname: mine\n" << head << "cells:\n" << cells;
  }
  ~SuiteFile() {
    std::error_code code;
    std::filesystem::remove_all(folder_, code);
  }
  SuiteFile(const SuiteFile&) = delete;
  SuiteFile& operator=(const SuiteFile&) = delete;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string file() const { return (folder_ / "mine.yaml").string(); }

 private:
  std::filesystem::path folder_;
};

inline std::vector<std::string> ids(const std::vector<Cell>& cells) {
  std::vector<std::string> ids;
  for (const auto& cell : cells) ids.push_back(cell.row.id);
  return ids;
}

/// The message of the Error that `action` throws.
inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : std::string("not a usage error: ") + error.what();
  }
  return "no error";
}

}  // namespace shakedown::suites
