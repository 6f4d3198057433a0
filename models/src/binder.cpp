#include "binder.h"

#include <algorithm>

#include "row_tensors.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::models {
/// The rows of one batch, each made once however many inputs are taken from them.
class Binder::Batch {
 public:
  Batch(std::span<const Request> requests, Grid grid, const RowMaker& maker, std::vector<Held>* held)
      : requests_(requests), grid_(std::move(grid)), maker_(maker), held_(held) {}

  [[nodiscard]] std::span<const Request> requests() const { return requests_; }
  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] std::vector<Held>* held() const { return held_; }

  /// As they go into the tensor: see FrontEnd::padded.
  const Rows& rows(const Leaf& leaf, bool complete) {
    Rows& padded = padded_[{leaf.front_end.get(), complete}];
    if (padded.empty()) {
      const std::size_t longest = steps(leaf);
      for (const Row& row : stored(leaf, complete)) padded.push_back(leaf.front_end->padded(row, longest));
    }
    return padded;
  }

  /// Steps of the tensor: what the manifest fixes, else the longest row of the batch.
  std::size_t steps(const Leaf& leaf) {
    if (leaf.values.length) return *leaf.values.length;
    std::size_t longest = 1;
    for (const bool complete : {false, true}) {
      if (complete != leaf.source.complete && !leaf.two_views) continue;
      for (const Row& row : stored(leaf, complete)) longest = std::max(longest, row.steps());
    }
    return longest;
  }

 private:
  const Rows& stored(const Leaf& leaf, bool complete) {
    Rows& made = stored_[{leaf.front_end.get(), complete}];
    if (made.empty()) {
      for (const Request& request : requests_) {
        made.push_back(maker_ ? maker_(std::string(leaf.info->name), request, complete)
                              : leaf.front_end->row(complete ? request.clean : request.perturbed, request.clean));
      }
    }
    return made;
  }

  std::span<const Request> requests_;
  Grid grid_;
  const RowMaker& maker_;
  std::vector<Held>* held_;
  std::map<std::pair<const FrontEnd*, bool>, Rows> stored_, padded_;
};

Binder::Binder(const std::vector<InputSpec>& inputs, RowRule rule) : rule_(rule) {
  std::map<const InputSpec*, std::shared_ptr<const FrontEnd>> front_ends;
  for (const InputSpec& spec : inputs) nodes_.push_back(compile(spec, inputs, front_ends));
}

Binder::Node Binder::compile(const InputSpec& spec, const std::vector<InputSpec>& inputs,
                             std::map<const InputSpec*, std::shared_ptr<const FrontEnd>>& front_ends) const {
  Node node;
  if (!spec.tuple.empty()) {
    for (const InputSpec& item : spec.tuple) node.items.push_back(compile(item, inputs, front_ends));
    return node;
  }
  Leaf& leaf = node.leaf;
  leaf.spec = spec;
  leaf.source = parse_source(spec.from);
  leaf.dtype = dtype_named(spec.dtype).value_or(DType::kFloat32);
  const InputSpec* values = leaf.source.derived == Derived::kValues ? &spec : referred(inputs, leaf.source);
  const SourceInfo* base = find_source(values == nullptr ? leaf.source.base : parse_source(values->from).base);
  if (base == nullptr) {
    throw Error(ErrorKind::kUsage, "input '" + spec.from + "': no input reads " + leaf.source.base + " values");
  }
  leaf.info = base;
  leaf.values = values == nullptr ? default_input(*base) : *values;
  if (base->axes.empty() || base->shape == Shape::kDialogue) return node;
  auto& front_end = front_ends[values];
  // One that refers to a source without values of its own has no address to share under.
  if (!front_end || values == nullptr) front_end = std::make_shared<const FrontEnd>(leaf.values);
  leaf.front_end = front_end;
  const bool sequences = base->shape == Shape::kSequence && leaf.source.derived == Derived::kValues;
  if (sequences && !rule_.dialogues && go_in_as_they_are(spec)) leaf.kept = std::make_shared<KeptTensors>();
  leaf.two_views = std::ranges::any_of(leaves(inputs), [&](const InputSpec* other) {
    const Source source = parse_source(other->from);
    const bool same = source.base == base->name || modality_named(source.base) == base->modality;
    return same && (source.complete || source.derived == Derived::kMissingMask);
  });
  return node;
}

Grid Binder::grid(std::span<const Request> batch) const {
  return rule_.dialogues ? dialogue_grid(batch, rule_.utterances) : utterance_grid(batch.size());
}

std::vector<Value> Binder::bind(std::span<const Request> batch, const RowMaker& maker, std::vector<Held>* held) const {
  if (batch.empty()) throw Error(ErrorKind::kInternal, "a batch needs at least one sample");
  Batch rows(batch, grid(batch), maker, held);
  std::vector<Value> values;
  for (const Node& node : nodes_) values.push_back(bind(node, rows));
  return values;
}

void Binder::take_back(std::vector<Value>& values, std::vector<Held>& held) {
  for (Value& value : values) {
    take_back(value.items, held);
    const auto found = std::ranges::find(held, value.tensor.bytes.data(), &Held::memory);
    if (!value.tensor.as_given || found == held.end()) continue;
    found->owner->give({std::move(value.tensor), std::move(found->rows)});
    held.erase(found);
  }
}

namespace {

Value bind_kept(const InputSpec& spec, DType dtype, const Rows& rows, const Grid& grid, std::size_t steps,
                const std::shared_ptr<KeptTensors>& owner, std::vector<Held>& held) {
  std::vector<HeldRow> wanted;
  for (const Row& row : rows) wanted.emplace_back(row.sequence, steps);
  auto kept = owner->take(wanted);
  Value value = bind_sequences(spec, dtype, rows, grid, steps, kept ? &*kept : nullptr);
  held.push_back({owner, value.tensor.bytes.data(), std::move(wanted)});
  return value;
}

Value bind_strings(std::span<const Request> batch, bool complete) {
  Value value;
  value.kind = Value::Kind::kStrings;
  for (const Request& request : batch) {
    const Sample& sample = complete ? request.clean : request.perturbed;
    if (!sample.transcript) throw Error(ErrorKind::kData, "sample '" + sample.id + "': has no transcript");
    value.strings.push_back(sample.transcript->text);
  }
  return value;
}

}  // namespace

Value Binder::bind(const Node& node, Batch& batch) {
  Value value;
  if (!node.items.empty()) {
    value.kind = Value::Kind::kTuple;
    for (const Node& item : node.items) value.items.push_back(bind(item, batch));
    return value;
  }
  const Leaf& leaf = node.leaf;
  const InputSpec& spec = leaf.spec;
  if (leaf.info->shape == Shape::kNone) return value;
  if (leaf.info->shape == Shape::kNumber) {
    value.kind = Value::Kind::kNumber;
    value.number = spec.constant;
    value.dtype = leaf.dtype;
    return value;
  }
  return in_context("input " + spec.from, [&]() -> Value {
    if (leaf.info->shape == Shape::kStrings) return bind_strings(batch.requests(), leaf.source.complete);
    const Grid& grid = batch.grid();
    if (leaf.info->shape == Shape::kDialogue) {
      std::vector<std::string> speakers;
      for (const Request& request : batch.requests()) speakers.push_back(request.clean.speaker);
      return bind_dialogue(spec, leaf.dtype, grid, speakers);
    }
    const bool complete = leaf.source.complete;
    const Rows& rows = batch.rows(leaf, complete);
    const std::size_t steps = batch.steps(leaf);
    switch (leaf.source.derived) {
      case Derived::kLengths: return bind_lengths(spec, leaf.dtype, rows, grid, steps);
      case Derived::kMask:
        return bind_steps(spec, leaf.dtype, grid, steps,
                          [&](std::size_t b, std::size_t t) { return rows[b].in_mask(t); });
      case Derived::kMissingMask: {
        const Rows& whole = batch.rows(leaf, true);
        return bind_steps(spec, leaf.dtype, grid, steps, [&](std::size_t b, std::size_t t) {
          return t >= rows[b].leading_padding() && t < rows[b].valid() && rows[b].same_step(whole[b], t);
        });
      }
      case Derived::kValues: break;
    }
    if (leaf.kept && batch.held() != nullptr)
      return bind_kept(spec, leaf.dtype, rows, grid, steps, leaf.kept, *batch.held());
    switch (leaf.info->shape) {
      case Shape::kTokens: return bind_tokens(spec, leaf.dtype, rows, grid, steps);
      case Shape::kWaveform: return bind_waveforms(spec, leaf.dtype, rows, grid, steps);
      case Shape::kFrames: return bind_frames(spec, leaf.dtype, rows, grid, steps);
      default: return bind_sequences(spec, leaf.dtype, rows, grid, steps);
    }
  });
}

std::string_view dtype_name(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return "float64";
    case DType::kInt64: return "int64";
    case DType::kInt32: return "int32";
    case DType::kBool: return "bool";
    case DType::kUint8: return "uint8";
    case DType::kFloat32: break;
  }
  return "float32";
}

std::string describe(const Value& value) {
  std::vector<std::string> parts;
  switch (value.kind) {
    case Value::Kind::kNone: return "None";
    case Value::Kind::kNumber: return format_number(value.number);
    case Value::Kind::kStrings: return "List[str] of " + std::to_string(value.strings.size());
    case Value::Kind::kTensor:
      for (const std::int64_t extent : value.tensor.shape) parts.push_back(std::to_string(extent));
      return std::string(dtype_name(value.tensor.dtype)) + " [" + join(parts, ", ") + "]";
    case Value::Kind::kTuple: break;
  }
  for (const Value& item : value.items) parts.push_back(describe(item));
  return "(" + join(parts, ", ") + ")";
}

std::string describe(const std::vector<InputSpec>& inputs, const std::vector<Value>& values) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(inputs.size(), values.size()); ++i) {
    const bool tuple = !inputs[i].tuple.empty();
    parts.push_back(tuple ? "(" + describe(inputs[i].tuple, values[i].items) + ")"
                          : inputs[i].from + " " + describe(values[i]));
  }
  return join(parts, "; ");
}

}  // namespace shakedown::models
