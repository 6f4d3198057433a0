#include "shakedown/models/ctc.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend.h"
#include "ctc_decoder.h"
#include "open_network.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/media/audio.h"
#include "shakedown/media/text.h"

namespace shakedown::models {
namespace {

constexpr double kShortest_s = 0.1;  // convolutions of acoustic models reach over 25 ms and more
constexpr std::size_t kMostLabels = 1U << 20U;
constexpr std::size_t kMostLabelBytes = std::size_t{64} << 20U;

struct CtcSpec {
  std::filesystem::path torchscript;
  std::filesystem::path label_file;  ///< "" where the manifest lists them
  std::vector<std::string> labels;
  std::size_t blank = 0;
  std::string word_delimiter = "|";
  std::set<std::string> drop;
  std::string gives = "logits", layout = "BTV";
  Selector output;
  int sample_rate_hz = 16000;
  bool normalise = false, lengths = false, lower_case = true;
  std::size_t beam = 0;  ///< 0: greedy
  double max_s = 60;
};

std::vector<std::string> labels_of_json(const Yaml& map) {
  if (map.kind() != Yaml::Kind::kMap) map.fail("labels: a map of labels to their numbers is expected");
  const auto entries = map.entries();
  std::vector<std::string> labels(entries.size());
  std::vector<bool> known(entries.size(), false);
  for (const auto& [label, number] : entries) {
    const auto at = number.integer();
    if (at < 0 || static_cast<std::size_t>(at) >= labels.size() || known[static_cast<std::size_t>(at)])
      number.fail("labels: numbers from 0 to " + std::to_string(labels.size() - 1) + ", each once, are expected");
    labels[static_cast<std::size_t>(at)] = label;
    known[static_cast<std::size_t>(at)] = true;
  }
  return labels;
}

std::vector<std::string> labels_of_lines(const std::string& text) {
  std::vector<std::string> labels;
  for (std::string& line : split(text, '\n')) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(std::move(line));
  }
  if (!labels.empty() && labels.back().empty()) labels.pop_back();
  return labels;
}

void read_labels(const Yaml& value, const std::filesystem::path& folder, CtcSpec& spec) {
  if (value.kind() == Yaml::Kind::kList) {
    for (const Yaml& item : value.items()) spec.labels.push_back(item.text());
  } else {
    spec.label_file = folder / value.text();
    const std::string text = read_text_file(spec.label_file, kMostLabelBytes);
    const bool json = spec.label_file.extension() == ".json";
    spec.labels = json ? labels_of_json(Yaml::parse(text, spec.label_file.string())) : labels_of_lines(text);
  }
  if (spec.labels.size() < 2 || spec.labels.size() > kMostLabels)
    value.fail("labels: " + std::to_string(spec.labels.size()) + " of them: two or more are expected");
  for (const std::string& label : spec.labels)
    if (!is_utf8(label)) value.fail("labels: one is not UTF-8");
}

void read_output(const Yaml& value, CtcSpec& spec) {
  if (!value) return;
  value.only({"key", "index"});
  if (value.has("key")) spec.output.key = value.get("key").text();
  if (const auto index = value.get("index")) {
    if (index.integer() < 0) index.fail("index: 0 or more is accepted");
    spec.output.index = static_cast<std::size_t>(index.integer());
  }
}

void read_decoding(const Yaml& value, CtcSpec& spec) {
  if (!value || (value.kind() == Yaml::Kind::kScalar && value.text() == "greedy")) return;
  if (value.kind() != Yaml::Kind::kMap) value.fail("decode: greedy or {beam: 32} is accepted");
  value.only({"beam"});
  constexpr std::int64_t kWidest = 10'000;
  const auto width = value.require("beam").integer();
  if (width < 1 || width > kWidest)
    value.get("beam").fail("beam: " + std::to_string(width) + " is outside [1, " + std::to_string(kWidest) + "]");
  spec.beam = static_cast<std::size_t>(width);
}

std::string one_of(const Yaml& section, const char* key, std::string otherwise,
                   const std::vector<std::string>& accepted) {
  const auto value = section.get(key);
  if (!value) return otherwise;
  if (std::find(accepted.begin(), accepted.end(), value.text()) == accepted.end())
    value.fail(std::string(key) + ": '" + value.text() + "': " + join(accepted, ", ") + " are accepted");
  return value.text();
}

CtcSpec read_spec(const Yaml& section, const std::filesystem::path& folder) {
  section.only({"torchscript", "sample_rate", "labels", "blank", "word_delimiter", "drop", "lower_case", "gives",
                "layout", "output", "normalise", "lengths", "decode", "max_s"});
  CtcSpec spec;
  spec.torchscript = folder / section.require("torchscript").text();
  const auto rate = section.require("sample_rate");
  constexpr std::int64_t kLowest = 1000, kHighest = 384'000;
  if (rate.integer() < kLowest || rate.integer() > kHighest)
    rate.fail("sample_rate: " + rate.text() + " is outside [1000, 384000] Hz");
  spec.sample_rate_hz = static_cast<int>(rate.integer());
  read_labels(section.require("labels"), folder, spec);
  const auto blank = section.require("blank");
  const auto found = std::find(spec.labels.begin(), spec.labels.end(), blank.text());
  if (found == spec.labels.end())
    blank.fail("blank: '" + blank.text() + "' is none of the labels" + suggestion(blank.text(), spec.labels));
  spec.blank = static_cast<std::size_t>(found - spec.labels.begin());
  if (const auto delimiter = section.get("word_delimiter")) spec.word_delimiter = delimiter.text();
  if (const auto drop = section.get("drop")) {
    for (const Yaml& label : drop.items()) {
      if (std::find(spec.labels.begin(), spec.labels.end(), label.text()) == spec.labels.end())
        label.fail("drop: '" + label.text() + "' is none of the labels");
      spec.drop.insert(label.text());
    }
  }
  if (const auto lower = section.get("lower_case")) spec.lower_case = lower.boolean();
  spec.gives = one_of(section, "gives", spec.gives, {"logits", "log_probs", "probs"});
  spec.layout = one_of(section, "layout", spec.layout, {"BTV", "BVT", "TBV"});
  read_output(section.get("output"), spec);
  if (const auto normalise = section.get("normalise")) spec.normalise = normalise.boolean();
  if (const auto lengths = section.get("lengths")) spec.lengths = lengths.boolean();
  read_decoding(section.get("decode"), spec);
  if (const auto longest = section.get("max_s")) {
    spec.max_s = longest.number();
    if (!(spec.max_s >= 1 && spec.max_s <= 86400)) longest.fail("max_s: a number of seconds in [1, 86400] is accepted");
  }
  return spec;
}

// Zero mean and unit variance, as wav2vec 2.0 was trained; 1e-7 is what its feature extractor adds to the variance.
void normalise(std::vector<float>& sound) {
  double sum = 0, squares = 0;
  const auto n = static_cast<double>(sound.size());
  for (const float value : sound) sum += value;
  const double mean = sum / n;
  for (const float value : sound) squares += (value - mean) * (value - mean);
  const double scale = 1 / std::sqrt(squares / n + 1e-7);
  for (float& value : sound) value = static_cast<float>((value - mean) * scale);
}

Value tensor(DType dtype, std::vector<std::int64_t> shape, const void* data, std::size_t bytes) {
  Value value;
  value.kind = Value::Kind::kTensor;
  value.tensor.dtype = dtype;
  value.tensor.shape = std::move(shape);
  value.tensor.bytes.resize(bytes);
  std::memcpy(value.tensor.bytes.data(), data, bytes);
  return value;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> parts;
  for (const auto extent : shape) parts.push_back(std::to_string(extent));
  return "[" + join(parts, ", ") + "]";
}

class CtcRecogniser final : public Recogniser {
 public:
  CtcRecogniser(CtcSpec spec, const LoadOptions& options)
      : spec_(std::move(spec)), network_(open_network(spec_.torchscript, options)) {
    in_context(spec_.torchscript.string(), [&] { probe(); });
  }

  std::string recognise(const Utterance& utterance) const override {
    if (utterance.waveform.frames() == 0) return "";
    if (utterance.waveform.seconds() > spec_.max_s) {
      throw Error(ErrorKind::kData,
                  "the sound is " + format_number(std::round(utterance.waveform.seconds() * 10) / 10) +
                      " s long, more than max_s: " + format_number(spec_.max_s) + " of the recogniser's manifest");
    }
    try {
      const auto scores = scores_of(media::mono_at(utterance.waveform, spec_.sample_rate_hz));
      return text_of(scores);
    } catch (const Error& error) {
      // The model itself answered the probe: what it cannot do is this sample.
      if (error.kind() == ErrorKind::kModel)
        throw Error(ErrorKind::kData, spec_.torchscript.filename().string() + ": " + error.what());
      throw;
    }
  }

  std::vector<std::pair<std::string, std::filesystem::path>> files() const override {
    std::vector<std::pair<std::string, std::filesystem::path>> files{{"torchscript", spec_.torchscript}};
    if (!spec_.label_file.empty()) files.emplace_back("labels", spec_.label_file);
    return files;
  }

 private:
  struct Scores {
    std::vector<double> log_probs;
    std::size_t steps = 0;
  };

  void probe() const {
    std::vector<float> noise(static_cast<std::size_t>(spec_.sample_rate_hz));
    std::uint32_t state = 1;
    for (float& value : noise) {
      state = state * 1664525U + 1013904223U;
      value = 0.1F * (static_cast<float>(state >> 8U) / 8388608.0F - 1.0F);
    }
    const auto once = scores_of(noise), again = scores_of(noise);
    if (once.steps == 0) throw Error(ErrorKind::kModel, "gives no frame for a second of noise");
    if (once.log_probs != again.log_probs)
      throw Error(ErrorKind::kModel,
                  "gives another answer to the same sound: is dropout left on (model.eval() before "
                  "torch.jit.trace)?");
  }

  // Log-probabilities, steps x labels.
  Scores scores_of(std::vector<float> sound) const {
    const auto shortest = static_cast<std::size_t>(std::ceil(kShortest_s * spec_.sample_rate_hz));
    if (spec_.normalise && !sound.empty()) normalise(sound);
    if (sound.size() < shortest) sound.resize(shortest, 0.0F);
    const auto samples = static_cast<std::int64_t>(sound.size());
    std::vector<Value> arguments;
    arguments.push_back(tensor(DType::kFloat32, {1, samples}, sound.data(), sound.size() * sizeof(float)));
    if (spec_.lengths) {
      arguments.push_back(tensor(DType::kInt64, {1}, &samples, sizeof samples));
      arguments.back().stays_on_host = true;
    }
    if (arguments.size() > network_->signature().arguments.size()) {
      throw Error(ErrorKind::kModel, "forward() takes " + std::to_string(network_->signature().arguments.size()) +
                                         " arguments: a waveform [1, N]" + (spec_.lengths ? " and lengths [1]" : "") +
                                         " are given");
    }
    return checked(network_->forward(arguments, spec_.output));
  }

  Scores checked(const HostTensor& answer) const {
    const auto& shape = answer.shape;
    const std::size_t batch_axis = spec_.layout.find('B'), time_axis = spec_.layout.find('T'),
                      label_axis = spec_.layout.find('V');
    const auto labels = spec_.labels.size();
    if (shape.size() != 3 || shape[batch_axis] != 1 || static_cast<std::size_t>(shape[label_axis]) != labels) {
      throw Error(ErrorKind::kModel, "gives scores of shape " + shape_text(shape) + ": " + spec_.layout +
                                         " with 1 sound and " + std::to_string(labels) +
                                         " labels is expected by the manifest");
    }
    const auto* values = reinterpret_cast<const double*>(answer.bytes.data());
    Scores scores;
    scores.steps = static_cast<std::size_t>(shape[time_axis]);
    scores.log_probs.resize(scores.steps * labels);
    const bool time_first = time_axis < label_axis;
    for (std::size_t t = 0; t < scores.steps; ++t) {
      double* row = scores.log_probs.data() + t * labels;
      for (std::size_t v = 0; v < labels; ++v) row[v] = values[time_first ? t * labels + v : v * scores.steps + t];
      to_log_probs(row, labels);
    }
    return scores;
  }

  void to_log_probs(double* row, std::size_t labels) const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    constexpr double kFar = 1e-2;  // half precision adds up to less
    if (spec_.gives == "probs")
      std::transform(row, row + labels, row, [](double p) { return p >= 0 ? std::log(p) : std::nan(""); });
    double highest = -kInfinity;
    for (std::size_t v = 0; v < labels; ++v) {
      if (std::isnan(row[v]) || row[v] == kInfinity) throw Error(ErrorKind::kModel, "gives NaN or infinite scores");
      highest = std::max(highest, row[v]);
    }
    if (highest == -kInfinity) throw Error(ErrorKind::kModel, "gives a frame in which no label is possible");
    double sum = 0;
    for (std::size_t v = 0; v < labels; ++v) sum += std::exp(row[v] - highest);
    const double all = highest + std::log(sum);
    if (spec_.gives != "logits" && std::abs(all) > kFar) {
      throw Error(ErrorKind::kModel, "gives frames whose probabilities add up to " + format_number(std::exp(all)) +
                                         ", and the manifest says gives: " + spec_.gives);
    }
    for (std::size_t v = 0; v < labels; ++v) row[v] -= all;
  }

  std::string text_of(const Scores& scores) const {
    const CtcFrames frames{scores.log_probs, scores.steps, spec_.labels.size()};
    const auto best =
        spec_.beam > 0 ? decode_beam(frames, spec_.blank, spec_.beam) : decode_greedy(frames, spec_.blank);
    std::string joined;
    for (const std::size_t label : best)
      if (!spec_.drop.contains(spec_.labels[label])) joined += spec_.labels[label];
    const std::string& delimiter = spec_.word_delimiter;
    for (auto at = joined.find(delimiter); !delimiter.empty() && at != std::string::npos;
         at = joined.find(delimiter, at))
      joined.replace(at, delimiter.size(), " ");
    return words_of(spec_.lower_case ? media::lower_case(joined) : joined);
  }

  CtcSpec spec_;
  std::unique_ptr<const Network> network_;
};

}  // namespace

std::unique_ptr<const Recogniser> open_ctc(const Yaml& section, const std::filesystem::path& folder,
                                           const LoadOptions& options) {
  return std::make_unique<CtcRecogniser>(read_spec(section, folder), options);
}

}  // namespace shakedown::models
