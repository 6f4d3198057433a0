#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/core/effect.h"
#include "shakedown/core/rng.h"
#include "shakedown/core/sample.h"

namespace shakedown::perturb {

/// Parameter values as text; each is parsed and range-checked when the perturbation is made.
using ParamMap = std::map<std::string, std::string>;

/// One corruption with its parameters fixed. Immutable once made; draws all randomness from the Rng it
/// is given; may run on many threads at once; never does nothing in silence.
class Perturbation {
 public:
  virtual ~Perturbation() = default;

  /// Replaces the parts of `sample` that it changes by new ones. The forms written are those of
  /// PerturbationSpec::writes that the sample has; the caller removes what this makes stale.
  /// @throws Error(kData) when a donor cannot be read; nothing else on valid input
  virtual Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const = 0;

  /// The dose really given, measured on the samples before and after, both cut to what the model takes.
  [[nodiscard]] virtual Dose measure(const Sample& before, const Sample& after, const Effect& effect) const = 0;
};

/// One parameter: declared once, read by validation, help, cell ids, docs and tests.
struct ParamSpec {
  std::string name;
  std::string type;  ///< "number", "integer", "boolean", "text"
  std::string unit;  ///< "" when it has none
  std::string doc;
  std::string default_value;  ///< canonical text
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices;  ///< text parameters; empty: any
};

/// The dose of a perturbation. `parameter` names the number parameter that carries it.
struct DoseSpec {
  enum class Scale { kLinear, kLog, kAmplitude };  ///< amplitude: 10^(-x/20) of a dB value, identity at amplitude 0
  std::string parameter;                           ///< "" for dose: none
  std::string unit;
  Scale scale = Scale::kLinear;
  double identity = 0;              ///< the value that leaves the input as it was; inf for snr_db
  std::vector<double> ladder = {};  ///< severities 1..5; empty for dose: none
  bool fraction = false;            ///< corpus-level share of eligible units
  bool lower_is_harsher = false;
  bool integer = false;    ///< at_severity() rounds, halves to even; set by Schema from the parameter's type
  bool displaces = false;  ///< moves the sound in time: its damage is the displacement, which differences do not tell
  double tolerance = 0;    ///< deterministic doses: largest |realised - requested|, in the unit
  std::optional<double> valid_to = {};  ///< invariant only up to here
  bool warps = false;  ///< moves the axis of time or frequency: signals before and after cannot be subtracted

  /// The dose at a continuous severity in [0, 5]: identity at 0, ladder[k-1] at k, interpolated on
  /// `scale` between. @throws Error(kUsage) outside [0, 5] or without a ladder
  [[nodiscard]] double at_severity(double severity) const;
  [[nodiscard]] bool is_valid(double dose) const;  ///< not beyond valid_to
};

/// What the scoring of a cell may depend on beside its parameters.
struct ModelReads {
  Forms forms;  ///< forms that the model reads, directly or through a front end
};

class Registry;

/// What a perturbation wants beside the sample.
struct Needs {
  bool faces = false;                          ///< Sample::faces
  bool donors = false;                         ///< clips of other speakers
  std::vector<std::string> columns = {};       ///< one block of these names in a form that it reads (Corpus::columns)
  std::optional<std::string> recogniser = {};  ///< as Corpus::recogniser() takes it
  /// Files and folders of this machine that decide what comes out, by what they are ("dictionary"): inputs of a run.
  /// Those that are not there are left out.
  std::map<std::string, std::filesystem::path> data = {};
};

/// Everything that is known of a perturbation without making one.
struct PerturbationSpec {
  std::string name;                      ///< "audio.background_noise"
  int version = 1;                       ///< rises when equal parameters stop giving equal output
  Modality modality = Modality::kCross;  ///< family; by what it writes
  std::string doc;                       ///< what it models, in plain words
  std::string source;                    ///< literature
  Forms reads;                           ///< at least one of these must be present ...
  bool reads_all = false;                ///< ... or all of them
  Forms writes;                          ///< forms that it may write
  bool brings_clips = false;             ///< may put another clip, with its face track, in the place of this one
  bool whole_samples = false;            ///< decides for the split at once, or hears the whole clip: refuses `at:`
  /// Not "": it stands for another way of making what the model reads ("text=asr"). Compositions with it refer to the
  /// clean sample sent through it, `clean[text=asr]#0`.
  std::string front_end;
  DoseSpec dose;  ///< at the defaults
  /// Another dose where a choice asks for one: another ladder, or another parameter to carry it.
  struct DoseOption {
    std::string parameter, value;
    DoseSpec dose;
  };
  std::vector<DoseOption> dose_options;
  std::vector<ParamSpec> params;
  std::function<std::unique_ptr<Perturbation>(const ParamMap&)> create;  ///< @throws Error(kUsage)
  /// Label effect at these (complete) parameters for a model that reads these forms.
  std::function<LabelEffect(const ParamMap&, const ModelReads&)> label_effect;
  std::function<Needs(const ParamMap&)> needs;  ///< at these (complete) parameters
  /// The modality written at these parameters, for missing.* whose `modality:` selects one.
  std::function<Modality(const ParamMap&)> modality_at;

  /// Of `reads` and `writes`, the forms meant at these parameters, for missing.* whose `on:` selects features or
  /// media; all of them where it is not set.
  std::function<Forms(const ParamMap&)> forms_at;

  [[nodiscard]] Forms reads_at(const ParamMap& given) const { return forms_at ? reads & forms_at(given) : reads; }
  [[nodiscard]] Forms writes_at(const ParamMap& given) const { return forms_at ? writes & forms_at(given) : writes; }
  /// The dose at these parameters; those not given are at their defaults.
  [[nodiscard]] const DoseSpec& dose_at(const ParamMap& given) const;
  [[nodiscard]] const ParamSpec* find_param(const std::string& param) const;
  /// `given` with every default filled in, numbers in canonical form, ranges and choices checked.
  /// @throws Error(kUsage) naming parameter, value and what is accepted
  [[nodiscard]] ParamMap complete(const ParamMap& given) const;
};

}  // namespace shakedown::perturb
