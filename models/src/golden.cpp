#include "golden.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"
#include "source.h"

namespace shakedown::models {
namespace {

constexpr double kVerified = 1e-5, kRefused = 1e-3;              // of the label unit
constexpr std::size_t kMostRows = 64, kMostNumbers = 1U << 27U;  // of all rows of a source: 512 MiB
constexpr std::uint64_t kLost = 8;  // added to the modality: the stream that decides which steps are lost

std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

/// 1 text, 2 audio, 3 video.
std::uint64_t stream_of(const SourceInfo& info) {
  return info.modality == Modality::kText ? 1 : info.modality == Modality::kAudio ? 2 : 3;
}

/// A multiple of 1/16384 in [-2, 2): exact in float32.
float number(std::uint64_t drawn) {
  return static_cast<float>(static_cast<std::int64_t>(drawn >> 48U) - 32768) / 16384.0F;
}

std::size_t extent_in(const Yaml& yaml, const char* key) {
  const Yaml y = yaml.get(key);
  if (!y) return 0;
  const std::int64_t extent = y.integer();
  if (extent < 1 || extent > std::int64_t{kMostNumbers})
    y.fail(std::string(key) + ": " + y.text() + ": 1 to 134217728 is accepted");
  return static_cast<std::size_t>(extent);
}

Golden::Source parse_source_sizes(const Yaml& yaml, const std::string& base, std::size_t rows) {
  const SourceInfo* info = find_source(base);
  if (info == nullptr || info->forms.empty()) yaml.fail("sources: '" + base + "' is no source of values");
  yaml.only({"steps", "columns", "vocabulary", "height", "width"});
  const Golden::Source source{extent_in(yaml, "steps"), extent_in(yaml, "columns"), extent_in(yaml, "vocabulary"),
                              extent_in(yaml, "height"), extent_in(yaml, "width")};
  (void)yaml.require("steps");
  double numbers = static_cast<double>(rows) * static_cast<double>(source.steps);  // of 32 bits
  switch (info->shape) {
    case Shape::kTokens:
      (void)yaml.require("vocabulary");
      numbers *= 6;
      break;
    case Shape::kStrings: numbers *= 16; break;
    case Shape::kSequence:
      (void)yaml.require("columns");
      numbers *= static_cast<double>(source.columns);
      break;
    case Shape::kFrames:
      (void)yaml.require("height");
      (void)yaml.require("width");
      numbers *= 3 * static_cast<double>(source.height) * static_cast<double>(source.width);
      break;
    default: break;
  }
  if (numbers > static_cast<double>(kMostNumbers)) {
    yaml.fail("sources: " + base + ": " + format_number(numbers) +
              " numbers in all rows: at most 134217728 are accepted");
  }
  return source;
}

std::vector<std::vector<double>> parse_outputs(const Yaml& yaml) {
  std::vector<std::vector<double>> outputs;
  if (yaml.kind() != Yaml::Kind::kList || yaml.size() == 0 || yaml.size() > kMostRows)
    yaml.fail("outputs: a list of 1 to " + std::to_string(kMostRows) + " rows is needed");
  for (const Yaml& line : yaml.items()) {
    std::vector<double> row;
    for (const Yaml& value : line.items()) {
      if (!std::isfinite(value.number())) value.fail("outputs: '" + value.text() + "': finite numbers are accepted");
      row.push_back(value.number());
    }
    if (row.empty() || (!outputs.empty() && row.size() != outputs.front().size()))
      line.fail("outputs: rows of one number of outputs are needed");
    outputs.push_back(std::move(row));
  }
  return outputs;
}

std::string several(const std::map<std::string, Golden::Source>& sources,
                    const std::function<std::size_t(const Golden::Source&)>& steps) {
  std::vector<std::string> parts;
  for (const auto& [base, source] : sources) parts.push_back(base + " of " + std::to_string(steps(source)) + " steps");
  return join(parts, ", ");
}

}  // namespace

std::uint64_t golden_draw(std::uint64_t seed, std::initializer_list<std::uint64_t> keys) {
  std::uint64_t drawn = mix(seed);
  for (const std::uint64_t key : keys) drawn = mix(drawn + key);
  return drawn;
}

Golden Golden::parse(const std::string& text, const std::string& name) {
  try {
    if (text.size() > kMostYamlBytes) throw Error(ErrorKind::kModel, name + ": is larger than 16 MiB");
    const Yaml yaml = Yaml::parse(text, name);
    yaml.require_schema("shakedown.golden/1");
    yaml.only({"schema", "seed", "sources", "outputs"});
    Golden golden;
    golden.seed = static_cast<std::uint64_t>(yaml.require("seed").integer());
    golden.outputs = parse_outputs(yaml.require("outputs"));
    for (const auto& [base, sizes] : yaml.get("sources").entries())
      golden.sources[base] = parse_source_sizes(sizes, base, golden.outputs.size());
    return golden;
  } catch (const Error& error) {  // the file is the model's, not one that the user wrote
    throw Error(ErrorKind::kModel, error.what());
  }
}

const Golden::Source& Golden::source(const std::string& base) const {
  const auto found = sources.find(base);
  if (found != sources.end()) return found->second;
  throw Error(ErrorKind::kModel,
              "shakedown/golden.yaml: sources: " + base + " is missing, and the manifest inside the file reads it");
}

std::size_t Golden::valid(std::size_t row, std::size_t steps) const {
  if (row == 0) return steps;
  const std::size_t least = std::min<std::size_t>(2, steps);
  return least + static_cast<std::size_t>(((steps - least) * (golden_draw(seed, {0, row}) >> 48U)) >> 16U);
}

Row Golden::row(const std::string& base, std::size_t row, bool complete) const {
  const Source& size = source(base);
  const SourceInfo& info = *find_source(base);
  const std::uint64_t stream = stream_of(info);
  const std::size_t steps = size.steps, length = valid(row, steps);
  const auto lost = [&](std::size_t t) {
    return !complete && t > 0 && t + 1 < length && golden_draw(seed, {stream + kLost, row, t}) >> 62U == 0;
  };
  const auto drawn = [&](std::size_t t) { return golden_draw(seed, {stream, row, t}); };
  Row made;
  switch (info.shape) {
    case Shape::kTokens: {
      Tokens tokens;
      for (auto* part : {&tokens.ids, &tokens.mask, &tokens.segments}) part->assign(steps, 0);
      const bool specials = size.vocabulary > 102;  // [CLS], [SEP] and [UNK] of BERT
      for (std::size_t t = 0; t < length; ++t) {
        tokens.mask[t] = 1;
        tokens.ids[t] = static_cast<std::int64_t>((drawn(t) >> 33U) % size.vocabulary);
        if (specials && t + 1 == length) tokens.ids[t] = 102;
        if (specials && t == 0) tokens.ids[t] = 101;
        if (lost(t)) tokens.ids[t] = specials ? 100 : 0;
      }
      made.tokens = std::make_shared<const Tokens>(std::move(tokens));
      break;
    }
    case Shape::kWaveform: {
      std::vector<float> samples(length, 0.0F);  // sound and frames are stored without padding
      for (std::size_t t = 0; t < length; ++t) samples[t] = lost(t) ? 0.0F : number(drawn(t));
      made.samples = std::make_shared<const std::vector<float>>(std::move(samples));
      break;
    }
    case Shape::kFrames: {
      std::vector<Shared<Image>> frames;
      for (std::size_t t = 0; t < length; ++t) {
        Image image{static_cast<int>(size.width), static_cast<int>(size.height),
                    std::vector<std::uint8_t>(size.height * size.width * 3, 0)};
        for (std::size_t i = 0; i < image.pixels.size() && !lost(t); ++i) {
          // Drawn as R G B, stored as B G R.
          image.pixels[i - i % 3 + (2 - i % 3)] =
              static_cast<std::uint8_t>(golden_draw(seed, {stream, row, t, i}) >> 56U);
        }
        frames.push_back(std::make_shared<const Image>(std::move(image)));
      }
      made.frames = std::make_shared<const std::vector<Shared<Image>>>(std::move(frames));
      break;
    }
    default: {
      Sequence sequence{steps, size.columns, length, std::vector<float>(steps * size.columns, 0.0F)};
      for (std::size_t t = 0; t < length; ++t) {
        for (std::size_t d = 0; d < size.columns && !lost(t); ++d)
          sequence.row(t)[d] = number(golden_draw(seed, {stream, row, t, d}));
      }
      made.sequence = std::make_shared<const Sequence>(std::move(sequence));
    }
  }
  return made;
}

std::string Golden::text(std::size_t row) const {
  const auto found = sources.find("text.string");
  if (found == sources.end()) return {};
  std::vector<std::string> words;
  for (std::size_t t = 0; t < valid(row, found->second.steps); ++t)
    words.push_back("w" + std::to_string((golden_draw(seed, {1, row, t}) >> 33U) % 1000));
  return join(words, " ");
}

std::string Golden::describe_row(std::size_t row) const {
  return "golden row " + std::to_string(row) + " (seed " + std::to_string(seed) + "; " +
         several(sources, [&](const Source& source) { return valid(row, source.steps); }) + ")";
}

ExportCheck Golden::compare(const Predictions& predictions) const {
  const std::size_t columns = outputs.front().size();
  if (predictions.rows != outputs.size() || predictions.columns != columns) {
    throw Error(ErrorKind::kModel, "golden rows: " + std::to_string(predictions.columns) +
                                       " outputs a row, and shakedown/golden.yaml has " + std::to_string(columns));
  }
  ExportCheck check;
  check.rows = outputs.size();
  std::string worst;
  for (std::size_t r = 0; r < outputs.size(); ++r) {
    double most = 0;
    for (std::size_t c = 0; c < columns; ++c) {
      const double given = predictions.values[r * columns + c], wanted = outputs[r][c];
      const double difference =
          std::isfinite(given) ? std::abs(given - wanted) : std::numeric_limits<double>::infinity();
      most = std::max(most, difference);
      if (difference <= check.largest) continue;
      check.largest = difference;
      worst = describe_row(r) + (columns > 1 ? ", output " + std::to_string(c) : "") + ": " + format_number(given) +
              " where PyTorch gave " + format_number(wanted);
    }
    if (most <= kVerified) ++check.within;
  }
  if (check.largest > kRefused) {
    throw Error(ErrorKind::kModel, "the export is not verified: " + worst +
                                       "; at most 0.001 of the label unit is accepted: export it again");
  }
  if (check.largest > kVerified) {
    check.warnings.push_back({"export_differs",
                              worst + ": predictions differ by up to " + format_number(check.largest) +
                                  " from those of the PyTorch that exported it, more than 1e-5 of the label unit",
                              {}});
  }
  return check;
}

std::string describe(const ExportCheck& check) {
  const std::string count = std::to_string(check.within) + "/" + std::to_string(check.rows) + " within 1e-5";
  if (check.within == check.rows) return "export verified: " + count;
  return "export differs: " + count + ", greatest difference " + format_number(check.largest);
}

}  // namespace shakedown::models
