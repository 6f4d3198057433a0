#include "translate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include "shakedown/core/text.h"

namespace shakedown::models {
namespace {

constexpr std::string_view kHowToExport =
    "export it with torch.jit.trace or torch.jit.script and save() (docs/export.md)";

enum class Magic { kZip, kPickle, kOther, kEmpty };

Magic magic_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  char head[4] = {};
  in.read(head, sizeof head);
  const std::string_view bytes(head, static_cast<std::size_t>(in.gcount()));
  if (bytes.empty()) return Magic::kEmpty;
  if (bytes == std::string_view("PK\x03\x04", 4)) return Magic::kZip;
  // A pickle of protocol 2 to 5: what torch.save wrote before PyTorch 1.6.
  if (bytes.size() > 1 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) return Magic::kPickle;
  return Magic::kOther;
}

/// The word after `lead` in `text`, up to the first character that is not in a name.
std::optional<std::string> word_after(std::string_view text, std::string_view lead) {
  const auto at = text.find(lead);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + lead.size());
  std::size_t length = 0;
  while (length < text.size() && (std::isalnum(static_cast<unsigned char>(text[length])) != 0 ||
                                  std::string_view("_:.").find(text[length]) != std::string_view::npos)) {
    ++length;
  }
  std::string word(text.substr(0, length));
  while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.pop_back();
  return word.empty() ? std::nullopt : std::optional(word);
}

/// The reason in a message of many lines: what follows the last "...Error: ", else the first line that says anything.
std::string reason(const std::string& message) {
  const std::vector<std::string> lines = split(message, '\n');
  std::optional<std::string> found;
  for (const std::string& line : lines) {
    const auto at = line.find("Error: ");
    const bool word = at != std::string::npos && line.find(' ') > at;
    if (word) found = line.substr(at + 7);
  }
  for (std::size_t i = 0; !found && i < lines.size(); ++i) {
    if (!trim(lines[i]).empty()) found = std::string(trim(lines[i]));
  }
  std::string text = found.value_or("LibTorch gave no reason");
  if (text.starts_with("[enforce fail at ")) {
    const auto end = text.find("] ");
    if (end != std::string::npos) text = text.substr(end + 2);
    for (const std::string_view condition : {"err == 0", ". "})
      if (text.starts_with(condition)) text = text.substr(condition.size());
  }
  return text;
}

std::string no_zip(Magic magic) {
  switch (magic) {
    case Magic::kZip: return "is a truncated or damaged zip archive: copy or export it again";
    case Magic::kPickle:
      return "is a pickle written by torch.save of an old PyTorch (a state_dict or a whole module), not TorchScript: " +
             std::string(kHowToExport);
    case Magic::kEmpty: return "is empty";
    case Magic::kOther: break;
  }
  return "is not a TorchScript file: " + std::string(kHowToExport);
}

}  // namespace

std::string translate_load_error(const std::filesystem::path& file, const std::string& message,
                                 const std::string& version) {
  const auto says = [&message](std::string_view phrase) { return message.find(phrase) != std::string::npos; };
  const Magic magic = magic_of(file);
  if (magic != Magic::kZip) return no_zip(magic);
  if (says("locating file constants.pkl") || says("locating file code/")) {
    return "holds a state_dict or a module saved with torch.save (or torch.export), not TorchScript: " +
           std::string(kHowToExport);
  }
  const std::string newer = "it was exported by a newer PyTorch than LibTorch " + version +
                            ", which is used here: export with PyTorch " + version.substr(0, version.rfind('.')) +
                            " or older, or build shakedown with a newer LibTorch (CMAKE_PREFIX_PATH)";
  if (says("maximum supported version")) {
    const auto format = word_after(message, "with version ");
    return "has file format version " + format.value_or("unknown") + ": " + newer;
  }
  if (const auto op = word_after(message, "Unknown builtin op: ")) return "uses the operator " + *op + ": " + newer;
  if (says("variants are available") || says("Arguments for call are not valid")) {
    const auto op = word_after(message, "aten::");
    return "calls the operator " + (op ? "aten::" + *op : "of a name unknown") + " in a form that is unknown: " + newer;
  }
  if (const auto type = word_after(message, "Unknown type name '")) {
    return "uses the type " + *type + ", which LibTorch " + version +
           " does not know: a custom class, or exported by a newer PyTorch";
  }
  if (says("central directory") || says("PytorchStreamReader failed") || says("invalid header or archive")) {
    return no_zip(magic);
  }
  return "cannot be loaded: " + reason(message);
}

ForwardFault translate_forward_error(const std::string& message) {
  const std::string text = reason(message);
  // TorchScript's interpreter turns whatever an operator throws into text: there is no type left to tell by.
  constexpr std::array kNoMemory{"DefaultCPUAllocator: ", "std::bad_alloc", "out of memory", "STATUS_ALLOC_FAILED"};
  const auto says = [&text](const char* phrase) { return text.find(phrase) != std::string::npos; };
  if (std::any_of(kNoMemory.begin(), kNoMemory.end(), says)) return {text, true, true};
  if (text.find("index out of range in self") != std::string::npos) {
    return {text + " (an id is beyond an embedding table: another vocabulary, or ids where features belong?)", true};
  }
  if (text.find("Length of all samples has to be greater than 0") != std::string::npos) {
    return {text + " (a sample has no valid step left)", true};
  }
  return {text, false};
}

}  // namespace shakedown::models
