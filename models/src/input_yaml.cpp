#include "input_yaml.h"

#include <algorithm>
#include <string>
#include <vector>

#include "shakedown/core/text.h"
#include "source.h"

namespace shakedown::models {
namespace {

constexpr std::size_t kMaxLength = 1U << 26;  // steps; beyond any model, and a guard against typing errors

std::vector<std::string> strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

std::vector<std::string> source_names() {
  std::vector<std::string> names;
  for (const SourceInfo& info : sources()) names.emplace_back(info.name);
  return names;
}

double number_in(const Yaml& yaml, double low, double high, const std::string& what) {
  const double value = yaml.number();
  if (!(value >= low && value <= high)) {
    yaml.fail(what + ": " + yaml.text() + " is outside [" + format_number(low) + ", " + format_number(high) + "]");
  }
  return value;
}

int integer_in(const Yaml& yaml, int low, int high, const std::string& what) {
  const std::int64_t value = yaml.integer();
  if (value < low || value > high) {
    yaml.fail(what + ": " + yaml.text() + " is outside [" + std::to_string(low) + ", " + std::to_string(high) + "]");
  }
  return static_cast<int>(value);
}

std::string one_of(const Yaml& yaml, const std::vector<std::string>& accepted, const std::string& what) {
  std::string value = yaml.text();
  if (std::ranges::find(accepted, value) == accepted.end()) {
    yaml.fail(what + ": '" + value + "'" + suggestion(value, accepted) + ": accepted are " + join(accepted, ", "));
  }
  return value;
}

std::vector<double> numbers(const Yaml& yaml, bool positive, const std::string& what) {
  std::vector<double> values;
  for (const Yaml& item : yaml.items()) {
    values.push_back(number_in(item, positive ? 1e-12 : -1e12, 1e12, what));
  }
  if (values.empty()) yaml.fail(what + ": the list is empty");
  return values;
}

void parse_mel(const Yaml& yaml, InputSpec& spec) {
  media::LogMelOptions& mel = spec.mel;
  if (const Yaml y = yaml.get("sample_rate")) mel.sample_rate_hz = integer_in(y, 1000, 192000, "sample_rate");
  mel.high_hz = std::min(mel.high_hz, mel.sample_rate_hz / 2.0);
  if (const Yaml y = yaml.get("fft")) mel.fft = integer_in(y, 16, 1 << 16, "fft");
  if (const Yaml y = yaml.get("hop")) mel.hop = integer_in(y, 1, mel.fft, "hop");
  if (const Yaml y = yaml.get("mels")) mel.mels = integer_in(y, 1, 1024, "mels");
  if (const Yaml y = yaml.get("high_hz")) mel.high_hz = number_in(y, 1, mel.sample_rate_hz / 2.0, "high_hz");
  if (const Yaml y = yaml.get("low_hz")) mel.low_hz = number_in(y, 0, mel.high_hz - 1, "low_hz");
  if (const Yaml y = yaml.get("window_length")) mel.window_length = integer_in(y, 1, mel.fft, "window_length");
  if (const Yaml y = yaml.get("window")) {
    using Window = media::LogMelOptions::Window;
    mel.window = one_of(y, {"hann", "hamming"}, "window") == "hann" ? Window::kHann : Window::kHamming;
  }
  if (const Yaml y = yaml.get("power")) mel.power = number_in(y, 0.1, 4, "power");
  if (const Yaml y = yaml.get("mel_scale")) {
    mel.slaney = mel.area_norm = one_of(y, {"slaney", "htk"}, "mel_scale") == "slaney";
  }
  if (const Yaml y = yaml.get("mel_norm")) mel.area_norm = one_of(y, {"slaney", "none"}, "mel_norm") == "slaney";
  if (const Yaml y = yaml.get("center")) mel.center = y.boolean();
  if (const Yaml y = yaml.get("floor")) mel.floor = number_in(y, 1e-30, 1, "floor");
  if (const Yaml y = yaml.get("floor_mode")) mel.add_floor = one_of(y, {"clamp", "add"}, "floor_mode") == "add";
  if (const Yaml y = yaml.get("log")) {
    using Log = media::LogMelOptions::Log;
    const std::string log = one_of(y, {"10", "e", "db"}, "log");
    mel.log = log == "10" ? Log::kTen : log == "e" ? Log::kE : Log::kDecibel;
  }
  if (const Yaml y = yaml.get("top_db")) {
    mel.top_db = number_in(y, 0, 400, "top_db");
    if (mel.log != media::LogMelOptions::Log::kDecibel) y.fail("top_db: only used by 'log: db'");
  }
  if (const Yaml y = yaml.get("coefficients")) spec.coefficients = integer_in(y, 1, 1024, "coefficients");
  if (spec.from.starts_with("audio.mfcc") && spec.coefficients > mel.mels) {
    yaml.fail("coefficients: " + std::to_string(spec.coefficients) + " are more than the " + std::to_string(mel.mels) +
              " mels they are made from");
  }
}

/// The family that `tokenizer:` names; without it that of the vocabulary's kind of file.
const media::TokenizerFamily& tokenizer_family(const Yaml& yaml, const std::filesystem::path& vocab) {
  std::vector<std::string> names;
  for (const auto& family : media::tokenizer_families()) names.emplace_back(family.name);
  std::string name = vocab.extension() == ".json" ? "roberta" : "bert";
  if (const Yaml y = yaml.get("tokenizer")) {
    name = one_of(y, names, "tokenizer");
  } else if (vocab.extension() == ".model") {
    std::erase_if(names, [](const std::string& other) {
      return media::find_tokenizer_family(other)->kind != media::TokenizerFamily::Kind::kSentencePiece;
    });
    yaml.get("vocab").fail("vocab: a SentencePiece model does not say how its ids are used: add `tokenizer:`, one of " +
                           join(names, ", "));
  }
  return *media::find_tokenizer_family(name);
}

void parse_tokenizer(const Yaml& yaml, const std::filesystem::path& folder, InputSpec& spec) {
  const Yaml vocab = yaml.get("vocab");
  if (!vocab) {
    for (const char* key : {"tokenizer", "merges", "lower_case", "prefix_space"}) {
      if (yaml.has(key)) yaml.get(key).fail(std::string(key) + ": needs `vocab:`");
    }
    return;
  }
  spec.vocab.file = folder / vocab.text();
  const auto& family = tokenizer_family(yaml, spec.vocab.file);
  const bool byte_pair = family.kind == media::TokenizerFamily::Kind::kBytePair;
  const auto refuse_unless = [&](bool accepted, const char* key) {
    if (!accepted && yaml.has(key)) {
      yaml.get(key).fail(std::string(key) + ": tokenizer " + std::string(family.name) + " has none");
    }
  };
  refuse_unless(byte_pair, "merges");
  refuse_unless(byte_pair, "prefix_space");
  refuse_unless(family.has_case_option, "lower_case");
  spec.tokenizer = family.name;
  spec.tokenizer_options.lower_case = family.lower_case;
  if (const Yaml y = yaml.get("lower_case")) spec.tokenizer_options.lower_case = y.boolean();
  if (const Yaml y = yaml.get("prefix_space")) spec.tokenizer_options.prefix_space = y.boolean();
  if (!byte_pair) return;
  const Yaml merges = yaml.get("merges");
  spec.merges.file = merges ? folder / merges.text() : spec.vocab.file.parent_path() / "merges.txt";
}

void parse_text(const Yaml& yaml, const std::filesystem::path& folder, InputSpec& spec) {
  parse_tokenizer(yaml, folder, spec);
  if (const Yaml y = yaml.get("part")) spec.part = one_of(y, {"ids", "mask", "segments"}, "part");
}

void parse_normalisation(const Yaml& yaml, InputSpec& spec) {
  if (const Yaml y = yaml.get("mean")) spec.mean = numbers(y, false, "mean");
  if (const Yaml y = yaml.get("standard_deviation")) spec.standard_deviation = numbers(y, true, "standard_deviation");
  const auto fits = [&spec](std::size_t count) {
    return spec.from.starts_with("video.") ? count <= 1 || count == 3
                                           : !spec.from.starts_with("audio.waveform") || count <= 1;
  };
  if (!fits(spec.mean.size()) || !fits(spec.standard_deviation.size())) {
    yaml.fail("mean, standard_deviation: one number" +
              std::string(spec.from.starts_with("video.") ? ", or three (R, G, B)," : "") + " is needed for " +
              spec.from);
  }
  if (spec.dtype == "uint8" && !(spec.mean.empty() && spec.standard_deviation.empty())) {
    yaml.fail("mean, standard_deviation: frames of dtype uint8 are given as they are; use float32");
  }
}

/// The table entry for `source`; fails with what is accepted.
const SourceInfo& known_source(const Yaml& from, const Source& source) {
  const SourceInfo* info = find_source(source.base);
  if (source.derived == Derived::kValues) {
    if (info != nullptr && !(source.complete && info->forms.empty())) return *info;
  } else if (modality_named(source.base) || (info != nullptr && !info->forms.empty() && !info->axes.empty())) {
    return derived_info(source.derived);
  }
  const auto names = source_names();
  from.fail("from: '" + from.text() + "' is no source" + suggestion(source.base, names) + ": accepted are " +
            join(names, ", ") +
            ", <source>.complete, and .lengths, .mask, .missing_mask of text, audio, vision or a source");
}

void parse_dtype_and_layout(const Yaml& yaml, const SourceInfo& info, bool dialogues, InputSpec& spec) {
  const bool inserted = dialogues && info.shape != Shape::kDialogue;
  const std::string axes = inserted ? with_utterances(info.axes) : std::string(info.axes);
  const auto dtypes = strings(info.dtypes);
  spec.dtype = info.dtype;
  if (const Yaml y = yaml.get("dtype")) spec.dtype = one_of(y, dtypes, spec.from + ": dtype");
  spec.layout = inserted ? with_utterances(info.layout) : std::string(info.layout);
  if (const Yaml y = yaml.get("layout")) {
    spec.layout = y.text();
    if (const auto fault = layout_fault(spec.layout, axes)) {
      y.fail("layout: '" + spec.layout + "' " + *fault + ": it arranges " + axes + " (T may be left out, 1 added)");
    }
  }
}

/// What rows of dialogues lack, and what only they have.
void check_rows(const Yaml& from, const SourceInfo& info, bool dialogues) {
  if (info.shape == Shape::kDialogue && !dialogues) from.fail("from: " + from.text() + ": needs `row: dialogue`");
  if (info.shape == Shape::kStrings && dialogues)
    from.fail("from: text.string: rows that are dialogues take tensors; List[str] has one text a row");
}

void parse_speakers(const Yaml& yaml, InputSpec& spec) {
  const Yaml names = yaml.get("speakers"), count = yaml.get("count");
  if (static_cast<bool>(names) == static_cast<bool>(count)) {
    yaml.fail(
        "dialogue.speakers: `speakers:` (names in the model's order) or `count:` (places in order of appearance) "
        "is needed");
  }
  if (count) {
    spec.speaker_count = static_cast<std::size_t>(integer_in(count, 1, 4096, "count"));
    return;
  }
  for (const Yaml& item : names.items()) {
    const std::string name = item.text();
    if (std::ranges::find(spec.speakers, name) != spec.speakers.end())
      item.fail("speakers: '" + name + "' is there twice");
    spec.speakers.push_back(name);
  }
  if (spec.speakers.empty()) names.fail("speakers: the list is empty");
}

InputSpec parse_leaf(const Yaml& yaml, const std::filesystem::path& folder, bool dialogues) {
  InputSpec spec;
  const Yaml from = yaml.require("from");
  spec.from = from.text();
  const Source source = parse_source(spec.from);
  const SourceInfo& info = known_source(from, source);
  check_rows(from, info, dialogues);

  std::vector<std::string> keys{"from", "argument"};
  if (!info.dtypes.empty()) keys.emplace_back("dtype");
  if (!info.axes.empty()) keys.emplace_back("layout");
  const auto own = strings(info.keys);
  keys.insert(keys.end(), own.begin(), own.end());
  yaml.only(keys);

  if (const Yaml y = yaml.get("argument")) spec.argument = y.text();
  parse_dtype_and_layout(yaml, info, dialogues, spec);
  if (const Yaml y = yaml.get("length")) {
    const std::int64_t length = y.integer();
    if (length < 1 || static_cast<std::size_t>(length) > kMaxLength) {
      y.fail("length: " + y.text() + " is outside [1, " + std::to_string(kMaxLength) + "] steps");
    }
    spec.length = static_cast<std::size_t>(length);
  }
  if (const Yaml y = yaml.get("pool_mean")) spec.pool_mean = y.boolean();
  if (const Yaml y = yaml.get("inverted")) spec.inverted = y.boolean();
  if (const Yaml y = yaml.get("side")) spec.side = integer_in(y, 1, 4096, "side");
  if (const Yaml y = yaml.get("margin")) spec.margin = number_in(y, 0, 2, "margin");
  if (const Yaml y = yaml.get("fps")) spec.fps = number_in(y, 0.01, 1000, "fps");
  if (spec.from.starts_with("constant")) spec.constant = yaml.require("value").number();
  if (spec.from.starts_with("video.faces") && source.derived == Derived::kValues && spec.side == 0) {
    yaml.fail("video.faces: `side:` (pixels of the square crop) is missing");
  }
  if (spec.from == "dialogue.speakers") parse_speakers(yaml, spec);
  if (info.modality == Modality::kText) parse_text(yaml, folder, spec);
  if (spec.from.starts_with("audio.waveform")) {
    if (const Yaml y = yaml.get("sample_rate")) spec.sample_rate_hz = integer_in(y, 1000, 192000, "sample_rate");
  }
  if (spec.from.starts_with("audio.logmel") || spec.from.starts_with("audio.mfcc")) parse_mel(yaml, spec);
  if (source.derived == Derived::kValues && !info.forms.empty()) parse_normalisation(yaml, spec);
  return spec;
}

}  // namespace

InputSpec parse_input(const Yaml& yaml, const std::filesystem::path& folder, bool dialogues) {
  if (yaml.kind() == Yaml::Kind::kMap) return parse_leaf(yaml, folder, dialogues);
  if (yaml.kind() != Yaml::Kind::kList) {
    yaml.fail("inputs: each entry is {from: ...} or a list of them (a tuple)");
  }
  if (yaml.size() == 0) yaml.fail("inputs: a tuple needs at least one element");
  InputSpec spec;
  for (const Yaml& item : yaml.items()) spec.tuple.push_back(parse_input(item, folder, dialogues));
  return spec;
}

void check_references(const std::vector<InputSpec>& inputs, const Yaml& yaml) {
  for (const InputSpec* leaf : leaves(inputs)) {
    const Source source = parse_source(leaf->from);
    const bool whole = find_source(source.base) != nullptr;
    if (source.derived == Derived::kValues || whole || referred(inputs, source) != nullptr) continue;
    yaml.fail("from: " + leaf->from + ": no input reads " + source.base +
              " values; name the source whole, such as audio.features.lengths");
  }
}

Task parse_task(const Yaml& yaml) {
  yaml.only({"kind", "convention", "label", "labels", "primary", "polarity", "probabilities"});
  const Yaml kind = yaml.require("kind");
  if (kind.text() == "multilabel" || kind.text() == "multi_label") {
    kind.fail("kind: multi-label tasks are refused: one label a sample is scored; give one model.yaml a label");
  }
  Task task;
  if (one_of(kind, {"regression", "classification"}, "kind") == "regression") {
    for (const char* key : {"labels", "polarity", "probabilities"}) {
      if (yaml.has(key)) yaml.get(key).fail(std::string(key) + ": belongs to kind: classification");
    }
    if (const Yaml y = yaml.get("convention")) {
      task.convention = one_of(y, {"mosi", "mosei", "sims", "simsv2", "plain"}, "convention");
    }
    if (const Yaml y = yaml.get("label")) task.label = y.text();
  } else {
    task.kind = Task::Kind::kClassification;
    task.primary = "f1_weighted";
    if (yaml.has("convention")) yaml.get("convention").fail("convention: belongs to kind: regression");
    task.label = yaml.require("label").text();
    const Yaml labels = yaml.require("labels");
    for (const Yaml& item : labels.items()) {
      const std::string name = item.text();
      if (std::ranges::find(task.labels, name) != task.labels.end()) item.fail("labels: '" + name + "' is there twice");
      task.labels.push_back(name);
    }
    if (task.labels.size() < 2) labels.fail("labels: two or more class names are needed, in output order");
    if (const Yaml y = yaml.get("probabilities")) task.probabilities = y.boolean();
    for (const auto& [name, value] : yaml.get("polarity").entries()) {
      if (std::ranges::find(task.labels, name) == task.labels.end()) {
        value.fail("polarity: '" + name + "' is not among the labels" + suggestion(name, task.labels));
      }
      task.polarity[name] = number_in(value, -1, 1, "polarity of " + name);
    }
  }
  if (const Yaml y = yaml.get("primary")) task.primary = y.text();
  return task;
}

}  // namespace shakedown::models
