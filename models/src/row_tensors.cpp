#include "row_tensors.h"

#include <algorithm>
#include <array>

#include "shakedown/core/error.h"
#include "tensor.h"

namespace shakedown::models {
namespace {

Value tensor_value(TensorWriter&& writer) {
  Value value;
  value.kind = Value::Kind::kTensor;
  value.tensor = std::move(writer).finish();
  return value;
}

/// (x - mean) / standard deviation of one dimension.
class Normaliser {
 public:
  Normaliser(const InputSpec& spec, std::size_t dims) : spec_(spec) {
    for (const auto* constants : {&spec.mean, &spec.standard_deviation}) {
      if (constants->size() > 1 && constants->size() != dims) {
        throw Error(ErrorKind::kUsage, "mean, standard_deviation: " + std::to_string(constants->size()) +
                                           " numbers for " + std::to_string(dims) + " dimensions");
      }
    }
  }
  [[nodiscard]] bool identity() const { return spec_.mean.empty() && spec_.standard_deviation.empty(); }
  [[nodiscard]] double operator()(double x, std::size_t dim) const {
    return (x - constant(spec_.mean, dim, 0)) / constant(spec_.standard_deviation, dim, 1);
  }

 private:
  static double constant(const std::vector<double>& values, std::size_t dim, double fallback) {
    if (values.empty()) return fallback;
    return values.size() == 1 ? values.front() : values[dim];
  }
  const InputSpec& spec_;
};

/// The first `steps` steps normalised; padding is left alone.
std::vector<float> normalised(const Sequence& sequence, std::size_t steps, const Normaliser& normalise) {
  std::vector<float> values(sequence.values.begin(),
                            sequence.values.begin() + static_cast<std::ptrdiff_t>(steps * sequence.dims));
  const std::size_t valid = std::min(steps, sequence.length);
  for (std::size_t i = 0; i < valid * sequence.dims; ++i) {
    values[i] = static_cast<float>(normalise(values[i], i % sequence.dims));
  }
  return values;
}

std::vector<double> mean_over(std::span<const float> values, std::size_t dims, std::size_t steps) {
  std::vector<double> mean(dims, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) mean[i % dims] += values[i];
  for (double& x : mean) x /= static_cast<double>(steps);
  return mean;
}

/// What a cell set to zero goes in from the original and the list of its rows.
void write_as_they_are(TensorWriter& writer, std::size_t b, const FeatureValues& values, std::size_t steps,
                       std::size_t dims) {
  const FeatureValues* whole = values.original();
  const std::span<const float> rows = std::span(whole == nullptr ? values.all() : whole->all()).first(steps * dims);
  writer.write_rows(b, 0, rows, dims, whole == nullptr ? std::span<const std::uint8_t>() : values.zero_rows());
}

/// As write_as_they_are() over what `held` says is there.
void write_again(TensorWriter& writer, std::size_t b, const HeldRow& held, const HeldRow& wanted) {
  const std::size_t dims = wanted.sequence->dims;
  const FeatureValues& values = wanted.sequence->values;
  if (held.steps > wanted.steps) writer.clear_rows(b, wanted.steps, held.steps - wanted.steps, dims);
  if (held.content() != wanted.content()) return write_as_they_are(writer, b, values, wanted.steps, dims);
  // One content, and so as many steps.
  if (held.zero_rows() == nullptr && wanted.zero_rows() == nullptr) return;
  const std::vector<std::uint8_t> none(wanted.steps, 0);
  const auto zero_rows = [&](const HeldRow& row) {
    return std::span(row.zero_rows() == nullptr ? none.data() : row.zero_rows(), wanted.steps);
  };
  writer.change_rows(b, wanted.content()->all(), dims, zero_rows(held), zero_rows(wanted));
}

std::size_t common_dims(const Rows& rows) {
  const std::size_t dims = rows.front().sequence->dims;
  for (const Row& row : rows) {
    if (row.sequence->dims != dims) {
      throw Error(ErrorKind::kData, "samples of one batch have " + std::to_string(dims) + " and " +
                                        std::to_string(row.sequence->dims) + " dimensions");
    }
  }
  return dims;
}

Value bind_token_part(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps,
                      std::vector<std::int64_t> Tokens::*part) {
  TensorWriter writer(dtype, "BT", {rows.size(), steps}, spec.layout, grid);
  for (std::size_t b = 0; b < rows.size(); ++b) {
    const std::span<const std::int64_t> values((*rows[b].tokens).*part);
    writer.write(std::array{b}, values.first(std::min(steps, values.size())));
  }
  return tensor_value(std::move(writer));
}

}  // namespace

bool go_in_as_they_are(const InputSpec& spec) {
  return spec.mean.empty() && spec.standard_deviation.empty() && !spec.pool_mean;
}

Value bind_sequences(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps,
                     KeptTensor* kept) {
  const std::size_t dims = common_dims(rows);
  const Normaliser normalise(spec, dims);
  TensorWriter writer(dtype, "BTC", {rows.size(), spec.pool_mean ? 1 : steps, dims}, spec.layout, grid,
                      kept == nullptr ? nullptr : &kept->tensor);
  for (std::size_t b = 0; b < rows.size(); ++b) {
    const Sequence& sequence = *rows[b].sequence;
    const std::size_t taken = std::min(steps, sequence.steps);
    // Mostly there is nothing to normalise, and the values go into the tensor from where they are.
    if (go_in_as_they_are(spec)) {
      if (writer.goes_on()) {
        write_again(writer, b, kept->rows.at(b), HeldRow(rows[b].sequence, steps));
      } else {
        write_as_they_are(writer, b, sequence.values, taken, dims);
      }
      continue;
    }
    std::vector<float> changed;
    if (!normalise.identity()) changed = normalised(sequence, taken, normalise);
    const std::span<const float> values =
        normalise.identity() ? std::span(sequence.values.all()).first(taken * dims) : std::span<const float>(changed);
    if (spec.pool_mean) {
      // Over the padded axis, as the models that pool outside of forward() were trained (MMSA data_loader.py).
      const std::size_t extent = std::max<std::size_t>(1, spec.length.value_or(sequence.steps));
      writer.write(std::array<std::size_t, 2>{b, 0}, mean_over(values, dims, extent));
      continue;
    }
    writer.write_rows(b, 0, values, dims);
  }
  return tensor_value(std::move(writer));
}

Value bind_waveforms(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps) {
  const Normaliser normalise(spec, 1);
  TensorWriter writer(dtype, "BT", {rows.size(), steps}, spec.layout, grid);
  for (std::size_t b = 0; b < rows.size(); ++b) {
    std::vector<float> samples = *rows[b].samples;
    samples.resize(std::min(steps, samples.size()));
    if (!normalise.identity()) {
      for (float& x : samples) x = static_cast<float>(normalise(x, 0));
    }
    writer.write(std::array{b}, std::span<const float>(samples));
  }
  return tensor_value(std::move(writer));
}

Value bind_frames(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps) {
  const Image* first = nullptr;
  for (const Row& row : rows) {
    for (const auto& image : *row.frames) {
      if (first == nullptr) first = image.get();
      if (image->width != first->width || image->height != first->height) {
        throw Error(ErrorKind::kUsage, "frames of one batch differ in size (" + std::to_string(first->width) + " x " +
                                           std::to_string(first->height) + ", " + std::to_string(image->width) + " x " +
                                           std::to_string(image->height) + "): add `side:`");
      }
    }
  }
  if (first == nullptr) throw Error(ErrorKind::kData, "no sample of the batch has a frame");
  const auto width = static_cast<std::size_t>(first->width);
  const auto height = static_cast<std::size_t>(first->height);
  const Normaliser normalise(spec, 3);
  const double scale = dtype == DType::kUint8 ? 1.0 : 1.0 / 255.0;
  std::array<std::array<float, 256>, 3> table{};  // of the R, G, B values
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t level = 0; level < 256; ++level) {
      table[channel][level] = static_cast<float>(normalise(static_cast<double>(level) * scale, channel));
    }
  }
  TensorWriter writer(dtype, "BTCHW", {rows.size(), steps, 3, height, width}, spec.layout, grid);
  std::vector<float> line(width);
  for (std::size_t b = 0; b < rows.size(); ++b) {
    const auto& frames = *rows[b].frames;
    for (std::size_t t = 0; t < std::min(steps, frames.size()); ++t) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t y = 0; y < height; ++y) {
          const std::uint8_t* pixels = frames[t]->pixels.data() + y * width * 3 + (2 - channel);  // stored B G R
          for (std::size_t x = 0; x < width; ++x) line[x] = table[channel][pixels[3 * x]];
          writer.write(std::array{b, t, channel, y}, std::span<const float>(line));
        }
      }
    }
  }
  return tensor_value(std::move(writer));
}

Value bind_tokens(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps) {
  const std::array parts{&Tokens::ids, &Tokens::mask, &Tokens::segments};
  if (spec.from.starts_with("text.bert")) {
    TensorWriter writer(dtype, "B3T", {rows.size(), 3, steps}, spec.layout, grid);
    for (std::size_t b = 0; b < rows.size(); ++b) {
      for (std::size_t p = 0; p < parts.size(); ++p) {
        const std::span<const std::int64_t> values((*rows[b].tokens).*parts[p]);
        writer.write(std::array{b, p}, values.first(std::min(steps, values.size())));
      }
    }
    return tensor_value(std::move(writer));
  }
  if (!spec.part.empty()) {
    const std::size_t which = spec.part == "ids" ? 0 : spec.part == "mask" ? 1 : 2;
    return bind_token_part(spec, dtype, rows, grid, steps, parts[which]);
  }
  Value tuple;
  tuple.kind = Value::Kind::kTuple;
  for (const auto part : parts) tuple.items.push_back(bind_token_part(spec, dtype, rows, grid, steps, part));
  return tuple;
}

Value bind_steps(const InputSpec& spec, DType dtype, const Grid& grid, std::size_t steps,
                 const std::function<bool(std::size_t, std::size_t)>& on) {
  TensorWriter writer(dtype, "BT", {grid.size(), steps}, spec.layout, grid);
  std::vector<std::int64_t> line(steps);
  for (std::size_t b = 0; b < grid.size(); ++b) {
    for (std::size_t t = 0; t < steps; ++t) line[t] = on(b, t) != spec.inverted ? 1 : 0;
    writer.write(std::array{b}, std::span<const std::int64_t>(line));
  }
  return tensor_value(std::move(writer));
}

namespace {

/// Places on the axis of speakers: by name, or by order of appearance in each dialogue.
std::vector<std::size_t> speaker_places(const InputSpec& spec, const Grid& grid,
                                        const std::vector<std::string>& speakers) {
  std::vector<std::size_t> places;
  std::vector<std::string> known = spec.speakers;
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    if (spec.speakers.empty() && grid.at[i] == 0) known.clear();
    auto found = std::find(known.begin(), known.end(), speakers[i]);
    if (found == known.end() && !spec.speakers.empty()) found = std::find(known.begin(), known.end(), "*");
    if (found == known.end() && spec.speakers.empty() && known.size() < spec.speaker_count)
      found = known.insert(known.end(), speakers[i]);
    if (found == known.end()) {
      throw Error(
          ErrorKind::kData,
          "speaker '" + speakers[i] + "' has no place: " +
              (spec.speakers.empty() ? "a dialogue has more than `count: " + std::to_string(spec.speaker_count) + "`"
                                     : "`speakers:` neither names it nor has \"*\" for all others"));
    }
    places.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  return places;
}

}  // namespace

Value bind_dialogue(const InputSpec& spec, DType dtype, const Grid& grid, const std::vector<std::string>& speakers) {
  if (spec.from == "dialogue.lengths") {
    std::vector<std::int64_t> lengths(grid.lengths.begin(), grid.lengths.end());
    const Grid rows = utterance_grid(grid.rows);
    TensorWriter writer(dtype, "BT", {grid.rows, 1}, spec.layout, rows);
    for (std::size_t b = 0; b < grid.rows; ++b)
      writer.write(std::array{b}, std::span<const std::int64_t>(lengths).subspan(b, 1));
    Value value = tensor_value(std::move(writer));
    value.stays_on_host = true;
    return value;
  }
  if (spec.from == "dialogue.mask") {
    const Grid places = full_grid(grid.rows, grid.utterances);
    TensorWriter writer(dtype, "BT", {places.size(), 1}, spec.layout, places);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const bool there = places.at[i] < grid.lengths[places.row[i]];
      const std::array<std::int64_t, 1> value{there != spec.inverted ? 1 : 0};
      writer.write(std::array{i}, std::span<const std::int64_t>(value));
    }
    return tensor_value(std::move(writer));
  }
  const auto places = speaker_places(spec, grid, speakers);
  const std::size_t extent = spec.speakers.empty() ? spec.speaker_count : spec.speakers.size();
  TensorWriter writer(dtype, "BS", {grid.size(), extent}, spec.layout, grid);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    std::vector<std::int64_t> line(extent, 0);
    line[places[i]] = 1;
    writer.write(std::array{i}, std::span<const std::int64_t>(line));
  }
  return tensor_value(std::move(writer));
}

Value bind_lengths(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps) {
  TensorWriter writer(dtype, "BT", {rows.size(), 1}, spec.layout, grid);
  for (std::size_t b = 0; b < rows.size(); ++b) {
    const std::size_t end = std::min(steps, rows[b].valid());
    const std::array length{static_cast<std::int64_t>(end - std::min(end, rows[b].leading_padding()))};
    writer.write(std::array{b}, std::span<const std::int64_t>(length));
  }
  Value value = tensor_value(std::move(writer));
  value.stays_on_host = true;
  return value;
}

}  // namespace shakedown::models
