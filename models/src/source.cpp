#include "source.h"

#include <algorithm>
#include <utility>

namespace shakedown::models {
namespace {

bool strip_suffix(std::string& text, std::string_view suffix) {
  if (text.size() <= suffix.size() || !text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

using Names = std::vector<std::string_view>;

std::vector<SourceInfo> make_sources() {
  const Names floats{"float32", "float64"};
  const Names ids{"float32", "float64", "int64", "int32"};
  const Names token_dtypes{"int64", "int32", "float32", "float64", "bool"};
  const Names mask_dtypes{"float32", "float64", "int64", "int32", "bool", "uint8"};
  const Names sequence_keys{"length", "pool_mean", "mean", "standard_deviation"};
  Names mel_keys = sequence_keys;
  mel_keys.insert(mel_keys.end(),
                  {"sample_rate", "fft", "hop", "mels", "low_hz", "high_hz", "mel_scale", "center", "floor", "log"});
  Names mfcc_keys = mel_keys;
  mfcc_keys.emplace_back("coefficients");
  const Names frame_keys{"length", "mean", "standard_deviation", "side", "fps"};
  Names face_keys = frame_keys;
  face_keys.emplace_back("margin");
  const auto text = Modality::kText;
  const auto audio = Modality::kAudio;
  const auto video = Modality::kVideo;
  const auto cross = Modality::kCross;
  return {
      {"text.bert",
       text,
       Shape::kTokens,
       "B3T",
       "B3T",
       "float32",
       ids,
       {"length", "vocab", "tokenizer", "merges", "lower_case", "prefix_space"},
       {Form::kTokens}},
      {"text.tokens",
       text,
       Shape::kTokens,
       "BT",
       "BT",
       "int64",
       token_dtypes,
       {"length", "vocab", "tokenizer", "merges", "lower_case", "prefix_space", "part"},
       {Form::kTokens}},
      {"text.embedding", text, Shape::kSequence, "BTC", "BTC", "float32", floats, sequence_keys, {Form::kEmbedding}},
      {"text.string", text, Shape::kStrings, "", "", "", {}, {}, {Form::kTranscript}},
      {"audio.waveform",
       audio,
       Shape::kWaveform,
       "BT",
       "BT",
       "float32",
       floats,
       {"length", "mean", "standard_deviation", "sample_rate"},
       {Form::kWaveform}},
      {"audio.logmel", audio, Shape::kSequence, "BTC", "BTC", "float32", floats, mel_keys, {Form::kWaveform}},
      {"audio.mfcc", audio, Shape::kSequence, "BTC", "BTC", "float32", floats, mfcc_keys, {Form::kWaveform}},
      {"audio.features",
       audio,
       Shape::kSequence,
       "BTC",
       "BTC",
       "float32",
       floats,
       sequence_keys,
       {Form::kAudioFeatures}},
      {"video.frames",
       video,
       Shape::kFrames,
       "BTCHW",
       "BTCHW",
       "float32",
       {"float32", "float64", "uint8"},
       frame_keys,
       {Form::kFrames}},
      {"video.faces",
       video,
       Shape::kFrames,
       "BTCHW",
       "BTCHW",
       "float32",
       {"float32", "float64", "uint8"},
       face_keys,
       {Form::kFrames}},
      {"vision.features",
       video,
       Shape::kSequence,
       "BTC",
       "BTC",
       "float32",
       floats,
       sequence_keys,
       {Form::kVisionFeatures}},
      {"dialogue.lengths",
       cross,
       Shape::kDialogue,
       "B",
       "B",
       "int64",
       {"int64", "int32", "float32", "float64"},
       {},
       {}},
      {"dialogue.mask", cross, Shape::kDialogue, "BU", "BU", "float32", mask_dtypes, {"inverted"}, {}},
      {"dialogue.speakers", cross, Shape::kDialogue, "BUS", "BUS", "float32", mask_dtypes, {"speakers", "count"}, {}},
      {"constant",
       Modality::kCross,
       Shape::kNumber,
       "",
       "",
       "float32",
       {"float32", "float64", "int64", "int32", "bool"},
       {"value"},
       {}},
      {"none", Modality::kCross, Shape::kNone, "", "", "", {}, {}, {}},
  };
}

}  // namespace

Source parse_source(std::string_view from) {
  Source source{std::string(from), Derived::kValues, false};
  if (find_source(from) != nullptr) return source;
  source.complete = strip_suffix(source.base, ".complete");
  if (strip_suffix(source.base, ".lengths")) {
    source.derived = Derived::kLengths;
  } else if (strip_suffix(source.base, ".missing_mask")) {
    source.derived = Derived::kMissingMask;
  } else if (strip_suffix(source.base, ".mask")) {
    source.derived = Derived::kMask;
  }
  return source;
}

const std::vector<SourceInfo>& sources() {
  static const std::vector<SourceInfo> kTable = make_sources();
  return kTable;
}

const SourceInfo* find_source(std::string_view base) {
  const auto found = std::ranges::find(sources(), base, &SourceInfo::name);
  return found == sources().end() ? nullptr : &*found;
}

const SourceInfo& derived_info(Derived derived) {
  static const SourceInfo kLengths{
      "lengths", Modality::kCross, Shape::kNumber, "B", "B", "int64", {"int64", "int32", "float32", "float64"}, {}, {}};
  static const SourceInfo kMask{"mask",
                                Modality::kCross,
                                Shape::kSequence,
                                "BT",
                                "BT",
                                "float32",
                                {"float32", "float64", "int64", "int32", "bool", "uint8"},
                                {"inverted"},
                                {}};
  return derived == Derived::kLengths ? kLengths : kMask;
}

std::string with_utterances(std::string_view axes) {
  std::string both(axes);
  if (!both.empty()) both.insert(1, 1, 'U');
  return both;
}

std::optional<Modality> modality_named(std::string_view name) {
  if (name == "text") return Modality::kText;
  if (name == "audio") return Modality::kAudio;
  if (name == "video" || name == "vision") return Modality::kVideo;
  return std::nullopt;
}

std::optional<std::string> layout_fault(std::string_view layout, std::string_view axes) {
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const char axis = layout[i];
    if (axis == '1') continue;
    if (axes.find(axis) == std::string_view::npos) return std::string("has no axis '") + axis + "'";
    if (layout.find(axis, i + 1) != std::string_view::npos) return std::string("names axis '") + axis + "' twice";
  }
  for (const char axis : axes) {
    if (axis != 'T' && layout.find(axis) == std::string_view::npos) return std::string("lacks axis '") + axis + "'";
  }
  return std::nullopt;
}

std::optional<DType> dtype_named(std::string_view name) {
  static constexpr std::pair<std::string_view, DType> kNames[] = {
      {"float32", DType::kFloat32}, {"float64", DType::kFloat64}, {"int64", DType::kInt64},
      {"int32", DType::kInt32},     {"bool", DType::kBool},       {"uint8", DType::kUint8}};
  for (const auto& [known, dtype] : kNames) {
    if (known == name) return dtype;
  }
  return std::nullopt;
}

std::vector<const InputSpec*> leaves(const std::vector<InputSpec>& inputs) {
  std::vector<const InputSpec*> flat;
  for (const InputSpec& input : inputs) {
    if (input.tuple.empty()) {
      flat.push_back(&input);
      continue;
    }
    const auto inner = leaves(input.tuple);
    flat.insert(flat.end(), inner.begin(), inner.end());
  }
  return flat;
}

const InputSpec* referred(const std::vector<InputSpec>& inputs, const Source& source) {
  const auto modality = modality_named(source.base);
  for (const InputSpec* leaf : leaves(inputs)) {
    const Source candidate = parse_source(leaf->from);
    if (candidate.derived != Derived::kValues) continue;
    const SourceInfo* info = find_source(candidate.base);
    if (info == nullptr || info->axes.find('T') == std::string_view::npos) continue;
    if (modality ? info->modality == *modality : candidate.base == source.base) return leaf;
  }
  return nullptr;
}

InputSpec default_input(const SourceInfo& info) {
  InputSpec spec;
  spec.from = info.name;
  spec.layout = info.layout;
  spec.dtype = info.dtype;
  return spec;
}

}  // namespace shakedown::models
