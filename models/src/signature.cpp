#include "signature.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "source.h"

namespace shakedown::models {
namespace {

struct KnownName {
  std::string_view from, part;
  std::vector<std::string_view> names;  // lower case, without underscores
};

const std::vector<KnownName>& known_names() {
  static const std::vector<KnownName> kTable{
      {"text.bert", "", {"textbert", "berttext", "bert", "bertinput", "bertinputs"}},
      {"text.tokens", "ids", {"inputids", "ids", "tokenids", "tokens", "textids"}},
      {"text.tokens", "mask", {"attentionmask", "textmask", "inputmask", "idsmask"}},
      {"text.tokens", "segments", {"tokentypeids", "segmentids", "segments"}},
      {"text.embedding", "", {"text", "textfeatures", "textfeature", "textembedding", "textemb", "language", "words"}},
      {"audio.waveform", "", {"waveform", "wav", "wave", "pcm", "audiowaveform", "audiowav", "speech", "inputvalues"}},
      {"audio.logmel",
       "",
       {"logmel", "mel", "mels", "melspectrogram", "logmelspectrogram", "spectrogram", "inputfeatures"}},
      {"audio.mfcc", "", {"mfcc", "mfccs"}},
      {"audio.features", "", {"audio", "acoustic", "audiofeatures", "audiofeature", "acousticfeatures", "covarep"}},
      {"audio.lengths",
       "",
       {"audiolengths", "audiolength", "audiolens", "audiolen", "acousticlengths", "lengthsaudio"}},
      {"audio.mask", "", {"audiomask", "acousticmask"}},
      {"video.frames", "", {"frames", "videoframes", "pixelvalues"}},
      {"video.faces", "", {"faces", "face", "videofaces", "facecrops"}},
      {"vision.features",
       "",
       {"vision", "visual", "video", "visionfeatures", "visionfeature", "visualfeatures", "videofeatures", "facet"}},
      {"vision.lengths",
       "",
       {"visionlengths", "visionlength", "visionlens", "visionlen", "visuallengths", "videolengths"}},
      {"vision.mask", "", {"visionmask", "visualmask", "videomask"}},
  };
  return kTable;
}

std::string canonical(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c != '_') key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return key;
}

/// Recognised names need no settings beside these.
void complete(InputSpec& spec) {
  const Source source = parse_source(spec.from);
  const SourceInfo* base = find_source(source.base);
  const SourceInfo* info = source.derived == Derived::kValues ? base : &derived_info(source.derived);
  if (info == nullptr) return;
  spec.dtype = info->dtype;
  spec.layout = info->layout;
  if (source.base == "video.faces" || source.base == "video.frames") spec.side = 224;
}

std::string line_of(const Argument& argument) {
  const InputSpec spec = match_argument(argument);
  if (spec.from.empty()) {
    const bool tuple = argument.type.starts_with("Tuple") || argument.type.starts_with("List[Tensor");
    return (tuple ? "  - [{from: FILL_IN}, {from: FILL_IN}]" : "  - {from: FILL_IN}") + std::string("  # ") +
           argument.name + ": " + argument.type;
  }
  std::string line = "  - {from: " + spec.from;
  if (!spec.part.empty()) line += ", part: " + spec.part;
  if (spec.side > 0) line += ", side: " + std::to_string(spec.side);
  return line + "}  # " + argument.name + ": " + argument.type;
}

std::string output_line(const std::string& returns) {
  if (returns.starts_with("Dict")) return "output: {key: FILL_IN}  # of " + returns + "\n";
  if (returns.starts_with("Tuple") || returns.starts_with("List")) return "output: {index: 0}  # of " + returns + "\n";
  return "";
}

/// Elements of "Tuple[...]" at its top level; nothing for another type.
std::optional<std::size_t> tuple_size(std::string_view type) {
  if (type.starts_with("Optional[") && type.ends_with("]")) type = type.substr(9, type.size() - 10);
  if (!type.starts_with("Tuple[") || !type.ends_with("]")) return std::nullopt;
  std::size_t count = 1;
  int depth = 0;
  for (const char c : type.substr(6, type.size() - 7)) {
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == ',' && depth == 0) ++count;
  }
  return count;
}

/// Nothing when `spec` can be passed as `argument`; else why not.
std::optional<std::string> mismatch(const InputSpec& spec, const Argument& argument) {
  const bool wants_tuple = tuple_size(argument.type).has_value();
  const bool wants_list = argument.type.find("List[") != std::string::npos;
  if (!spec.tuple.empty()) {
    if (!wants_tuple && !wants_list && argument.type != "Any")
      return "a nested list where forward() takes " + argument.type;
    if (wants_tuple && *tuple_size(argument.type) != spec.tuple.size()) {
      return "a nested list of " + std::to_string(spec.tuple.size()) + " where forward() takes " + argument.type;
    }
    return std::nullopt;
  }
  const Source source = parse_source(spec.from);
  const SourceInfo* info = find_source(source.base);
  const bool strings = info != nullptr && info->shape == Shape::kStrings;
  const bool ids_tuple = source.base == "text.tokens" && source.derived == Derived::kValues && spec.part.empty();
  const bool wants_strings = argument.type.find("List[str]") != std::string::npos;
  if (strings != wants_strings && argument.type != "Any") {
    return "from: " + spec.from + " where forward() takes " + argument.type;
  }
  if (spec.from == "none" && argument.type == "Tensor") {
    return "from: none where forward() takes Tensor (not Optional[Tensor])";
  }
  const bool number = spec.from == "constant" || spec.from == "none";
  if (wants_tuple && !ids_tuple && !number)
    return "one tensor where forward() takes " + argument.type + ": nest the inputs in a list";
  if (ids_tuple && !wants_tuple && !wants_list) {
    return "from: text.tokens is a tuple (ids, mask, segments) where forward() takes " + argument.type +
           ": add `part:`";
  }
  return std::nullopt;
}

}  // namespace

InputSpec match_argument(const Argument& argument) {
  InputSpec spec;
  spec.argument = argument.name;
  if (argument.type.find("List[str]") != std::string::npos) {
    spec.from = "text.string";
    return spec;
  }
  if (argument.type != "Tensor" && argument.type != "Optional[Tensor]") return spec;
  const std::string key = canonical(argument.name);
  for (const KnownName& known : known_names()) {
    if (std::ranges::find(known.names, key) == known.names.end()) continue;
    spec.from = known.from;
    spec.part = known.part;
    complete(spec);
    break;
  }
  return spec;
}

Manifest match_arguments(const Signature& signature, const std::filesystem::path& file) {
  Manifest manifest;
  manifest.torchscript = {file};
  manifest.name = file.stem().string();
  for (const Argument& argument : signature.arguments) {
    InputSpec spec = match_argument(argument);
    if (spec.from.empty() && argument.has_default) break;  // the rest keep their defaults
    if (spec.from.empty()) {
      throw Error(ErrorKind::kUsage, "has no manifest, and forward()'s argument '" + argument.name + ": " +
                                         argument.type + "' is not recognised; write model.yaml, starting from\n" +
                                         propose_manifest(signature, file));
    }
    manifest.inputs.push_back(std::move(spec));
  }
  for (const InputSpec& spec : manifest.inputs) {
    const Source source = parse_source(spec.from);
    if (source.derived == Derived::kValues || referred(manifest.inputs, source) != nullptr) continue;
    throw Error(ErrorKind::kUsage, "has no manifest, and forward()'s argument '" + spec.argument +
                                       "' describes an input that is not there; write model.yaml, starting from\n" +
                                       propose_manifest(signature, file));
  }
  return manifest;
}

std::string propose_manifest(const Signature& signature, const std::filesystem::path& file) {
  std::string yaml = "schema: shakedown.model/1\ntorchscript: " + file.filename().string() +
                     "\nname: " + file.stem().string() + "\ntask: {kind: regression, convention: plain}\ninputs:\n";
  for (const Argument& argument : signature.arguments) yaml += line_of(argument) + "\n";
  return yaml + output_line(signature.returns) + "batch: any\n";
}

void name_arguments(std::vector<InputSpec>& inputs, const Signature& signature) {
  const auto& arguments = signature.arguments;
  const auto required = static_cast<std::size_t>(
      std::ranges::count_if(arguments, [](const Argument& argument) { return !argument.has_default; }));
  if (inputs.size() > arguments.size() || inputs.size() < required) {
    throw Error(ErrorKind::kUsage, "inputs: the manifest gives " + std::to_string(inputs.size()) +
                                       ", forward() takes " + std::to_string(arguments.size()) + " (" +
                                       describe(signature) + ")");
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].argument.empty() && inputs[i].argument != arguments[i].name) {
      throw Error(ErrorKind::kUsage, "inputs: argument " + std::to_string(i + 1) + " is '" + inputs[i].argument +
                                         "' in the manifest and '" + arguments[i].name +
                                         "' in forward(); they are given in order (" + describe(signature) + ")");
    }
    if (const auto fault = mismatch(inputs[i], arguments[i])) {
      throw Error(ErrorKind::kUsage, "inputs: '" + arguments[i].name + "': " + *fault);
    }
    inputs[i].argument = arguments[i].name;
  }
}

std::string describe(const Signature& signature) {
  std::vector<std::string> parts;
  for (const Argument& argument : signature.arguments) parts.push_back(argument.name + ": " + argument.type);
  return join(parts, ", ");
}

}  // namespace shakedown::models
