#include "shakedown/models/manifest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "input_yaml.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "source.h"

namespace shakedown::models {
namespace {

/// {rate=0.0: r00.pt, rate=0.1: r10.pt}: one checkpoint a level.
void parse_levels(const Yaml& yaml, const std::filesystem::path& folder, Manifest& manifest) {
  for (const auto& [key, file] : yaml.entries()) {
    const auto parts = split(key, '=');
    const double level = parse_number(trim(parts.back())).value_or(std::numeric_limits<double>::quiet_NaN());
    const std::string axis(trim(parts[0]));
    if (parts.size() != 2 || std::isnan(level) || axis.empty())
      file.fail("torchscript: '" + key + "': a level is accepted, rate=0.1");
    if (!manifest.level_axis.empty() && manifest.level_axis != axis)
      file.fail("torchscript: '" + key + "': one axis is accepted, and others are of " + manifest.level_axis);
    if (std::find(manifest.levels.begin(), manifest.levels.end(), level) != manifest.levels.end())
      file.fail("torchscript: '" + key + "' is there twice");
    manifest.level_axis = axis;
    manifest.levels.push_back(level);
    manifest.torchscript.push_back(folder / file.text());
  }
  if (std::find(manifest.levels.begin(), manifest.levels.end(), 0.0) == manifest.levels.end()) {
    yaml.fail("torchscript: the checkpoint of the clean cells is missing: " +
              (manifest.level_axis.empty() ? "rate" : manifest.level_axis) + "=0");
  }
}

void parse_files(const Yaml& yaml, const std::filesystem::path& folder, Manifest& manifest) {
  if (!yaml) return;
  if (yaml.kind() == Yaml::Kind::kMap) return parse_levels(yaml, folder, manifest);
  for (const Yaml& item : yaml.items()) manifest.torchscript.push_back(folder / item.text());
  if (manifest.torchscript.empty()) yaml.fail("torchscript: the list is empty");
}

/// `per: utterance` and `mask:` say again what `row: dialogue` and an input say; they are held to it.
void parse_dialogue_output(const Yaml& yaml, const Manifest& manifest, OutputSpec& output) {
  for (const char* key : {"per", "mask", "layout"}) {
    if (yaml.has(key) && !manifest.dialogues) {
      yaml.get(key).fail(std::string("output: ") + key +
                         " belongs to models whose rows are dialogues: add `row: dialogue`");
    }
  }
  if (const Yaml y = yaml.get("per"); y && y.text() != "utterance")
    y.fail("output: per: '" + y.text() + "': utterance is accepted, labels are per utterance");
  if (const Yaml y = yaml.get("mask")) {
    const auto flat = leaves(manifest.inputs);
    const bool known = std::any_of(flat.begin(), flat.end(), [&](const InputSpec* leaf) {
      return leaf->from == "dialogue.mask" && leaf->argument == y.text();
    });
    if (!known) {
      y.fail("output: mask: no input {from: dialogue.mask, argument: " + y.text() +
             "}: which utterances exist is what that input tells the model");
    }
  }
  if (const Yaml y = yaml.get("layout")) {
    using Layout = OutputSpec::Layout;
    const std::map<std::string, Layout> layouts{
        {"BU", Layout::kRows}, {"UB", Layout::kUtterances}, {"packed", Layout::kPacked}};
    const auto found = layouts.find(y.text());
    if (found == layouts.end()) y.fail("output: layout: '" + y.text() + "': accepted are BU, UB, packed");
    output.layout = found->second;
  }
}

OutputSpec parse_output(const Yaml& yaml, const Manifest& manifest) {
  OutputSpec output;
  if (!yaml) return output;
  yaml.only({"key", "index", "per", "mask", "layout"});
  parse_dialogue_output(yaml, manifest, output);
  if (const Yaml y = yaml.get("key")) output.key = y.text();
  if (const Yaml y = yaml.get("index")) {
    const std::int64_t index = y.integer();
    if (index < 0 || index > 1000) y.fail("index: " + y.text() + " is outside [0, 1000]");
    output.index = static_cast<std::size_t>(index);
  }
  return output;
}

std::optional<std::size_t> parse_batch(const Yaml& yaml) {
  if (!yaml) return std::nullopt;
  if (yaml.kind() == Yaml::Kind::kScalar) {
    if (yaml.text() != "any") yaml.fail("batch: '" + yaml.text() + "': accepted are any and {fixed: n}");
    return std::nullopt;
  }
  yaml.only({"fixed"});
  const Yaml fixed = yaml.require("fixed");
  const std::int64_t size = fixed.integer();
  if (size < 1 || size > 65536) fixed.fail("batch: fixed: " + fixed.text() + " is outside [1, 65536]");
  return static_cast<std::size_t>(size);
}

/// `row:` and `utterances:`.
void parse_rows(const Yaml& yaml, Manifest& manifest) {
  if (const Yaml y = yaml.get("row")) {
    if (y.text() != "utterance" && y.text() != "dialogue")
      y.fail("row: '" + y.text() + "': accepted are utterance and dialogue");
    manifest.dialogues = y.text() == "dialogue";
  }
  if (const Yaml y = yaml.get("utterances")) {
    const std::int64_t count = y.integer();
    if (!manifest.dialogues) y.fail("utterances: belongs to `row: dialogue`");
    if (count < 1 || count > 65536) y.fail("utterances: " + y.text() + " is outside [1, 65536]");
    manifest.utterances = static_cast<std::size_t>(count);
  }
}

/// Seconds of sound under `frames` frames of a spectrogram.
double mel_seconds(const media::LogMelOptions& mel, std::size_t frames) {
  const double window = mel.center ? mel.fft / 2.0 : mel.fft;
  return (static_cast<double>(frames - 1) * mel.hop + window) / mel.sample_rate_hz;
}

/// Collects what several inputs take of one form: the longest of them, nothing when one is unlimited.
template <class T>
class Limit {
 public:
  void add(std::optional<T> value) {
    if (!value) {
      open_ = true;
    } else {
      longest_ = std::max(longest_.value_or(*value), *value);
    }
  }
  [[nodiscard]] std::optional<T> result() const { return open_ ? std::nullopt : longest_; }

 private:
  bool open_ = false;
  std::optional<T> longest_;
};

std::optional<double> waveform_limit(const InputSpec& spec, const Source& source) {
  if (!spec.length) return std::nullopt;
  if (source.base != "audio.waveform") return mel_seconds(spec.mel, *spec.length);
  if (spec.sample_rate_hz == 0) return std::nullopt;  // native rate: seconds are not known
  return static_cast<double>(*spec.length) / spec.sample_rate_hz;
}

/// The values behind each input, derived ones followed to their source.
std::vector<InputSpec> values_read(const std::vector<InputSpec>& inputs) {
  std::vector<InputSpec> read;
  for (const InputSpec* leaf : leaves(inputs)) {
    const Source source = parse_source(leaf->from);
    if (source.derived == Derived::kValues) {
      read.push_back(*leaf);
    } else if (const InputSpec* values = referred(inputs, source)) {
      read.push_back(*values);
    } else if (const SourceInfo* info = find_source(source.base)) {
      read.push_back(default_input(*info));
    }
  }
  return read;
}

}  // namespace

std::unique_ptr<const media::Tokenizer> make_tokenizer(const InputSpec& input) {
  if (input.vocab.empty()) return nullptr;
  const auto text = [](const Vocabulary& vocabulary) -> media::VocabularyText {
    if (vocabulary.empty()) return {};
    return {vocabulary.file.string(),
            vocabulary.content ? *vocabulary.content : read_text_file(vocabulary.file, media::kMostVocabularyBytes)};
  };
  const auto* family = media::find_tokenizer_family(input.tokenizer);
  if (family == nullptr) throw Error(ErrorKind::kInternal, "tokenizer '" + input.tokenizer + "' is not known");
  return media::make_tokenizer(*family, {text(input.vocab), text(input.merges)}, input.tokenizer_options);
}

Manifest Manifest::parse(const Yaml& yaml, const std::filesystem::path& folder) {
  yaml.require_schema("shakedown.model/1");
  if (const Yaml y = yaml.get("scope")) y.fail("scope: belongs to the cells of a suite");
  yaml.only(
      {"schema", "torchscript", "name", "task", "row", "utterances", "inputs", "output", "batch", "trained_with"});
  Manifest manifest;
  parse_rows(yaml, manifest);
  parse_files(yaml.get("torchscript"), folder, manifest);
  if (const Yaml y = yaml.get("name")) manifest.name = y.text();
  if (const Yaml y = yaml.get("task")) manifest.task = parse_task(y);
  if (const Yaml y = yaml.get("inputs")) {
    if (y.kind() != Yaml::Kind::kList) y.fail("inputs: a list is needed, forward()'s arguments in order");
    for (const Yaml& item : y.items()) manifest.inputs.push_back(parse_input(item, folder, manifest.dialogues));
    check_references(manifest.inputs, y);
  } else if (manifest.dialogues) {
    yaml.get("row").fail("row: dialogue: `inputs:` is needed: argument names do not say where utterances are");
  }
  manifest.output = parse_output(yaml.get("output"), manifest);
  manifest.fixed_batch = parse_batch(yaml.get("batch"));
  if (const Yaml y = yaml.get("trained_with")) {
    for (const Yaml& item : y.items()) manifest.trained_with.push_back(item.text());
  }
  return manifest;
}

Forms Manifest::reads() const {
  Forms forms;
  for (const InputSpec& spec : values_read(inputs)) {
    const SourceInfo* info = find_source(parse_source(spec.from).base);
    if (info == nullptr) continue;
    for (const Form form : info->forms) forms.add(form);
    if (info->shape == Shape::kTokens && !spec.vocab.empty()) forms.add(Form::kTranscript);
  }
  return forms;
}

InputLimits Manifest::limits() const {
  Limit<std::size_t> tokens, embedding, audio_features, vision_features;
  Limit<double> waveform, frames;
  for (const InputSpec& spec : values_read(inputs)) {
    const Source source = parse_source(spec.from);
    const SourceInfo* info = find_source(source.base);
    if (info == nullptr || info->forms.empty()) continue;
    switch (info->forms.front()) {
      case Form::kTokens: tokens.add(spec.length); break;
      case Form::kEmbedding: embedding.add(spec.length); break;
      case Form::kAudioFeatures: audio_features.add(spec.length); break;
      case Form::kVisionFeatures: vision_features.add(spec.length); break;
      case Form::kWaveform: waveform.add(waveform_limit(spec, source)); break;
      case Form::kFrames:
        frames.add(spec.length && spec.fps > 0 ? std::optional(static_cast<double>(*spec.length) / spec.fps)
                                               : std::nullopt);
        break;
      case Form::kTranscript: break;
    }
  }
  return {tokens.result(),          embedding.result(), audio_features.result(),
          vision_features.result(), waveform.result(),  frames.result()};
}

}  // namespace shakedown::models
