#include "mmsa_split.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

// A sample costs some hundred bytes of ids and labels, which a file of a few bytes a sample could multiply.
constexpr std::size_t kMaxSamples = 2'000'000;

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

/// Usual names of what a split's dict holds: MMSA's own, and those of CMU-MultimodalSDK's users.
const std::vector<std::string> kTextNames{"text", "language"};
const std::vector<std::string> kAudioNames{"audio", "acoustic"};
const std::vector<std::string> kVisionNames{"vision", "visual"};
const std::vector<std::string> kLabelNames{"regression_labels", "labels"};

bool looks_like_split(const PickleObject& dict, const Manifest& manifest) {
  std::vector<std::string> names{"raw_text", "text_bert"};
  for (const auto* const usual : {&kTextNames, &kAudioNames, &kVisionNames, &kLabelNames}) {
    names.insert(names.end(), usual->begin(), usual->end());
  }
  for (const auto& [role, name] : manifest.keys) names.push_back(name);
  return std::ranges::any_of(names, [&](const std::string& name) { return dict.find(name) != nullptr; });
}

bool holds_text(const PickleObject& object) {
  if (object.kind == PickleObject::Kind::kArray) {
    const NdArray& array = object.array();
    if (array.type().kind != 'O') return !array.type().numeric();
    return array.rows() > 0 && array.row_items() == 1 && array.object(0, 0).kind == PickleObject::Kind::kText;
  }
  return object.is_sequence() && !object.items().empty() && object.items().front()->kind == PickleObject::Kind::kText;
}

}  // namespace

const PickleObject* MmsaSplit::find(const Pickle& pickle, const Manifest& manifest, const std::string& split) {
  const PickleObject& root = pickle.root();
  if (root.kind != PickleObject::Kind::kDict) {
    fail(fmt::format("holds a {}; a dict of splits, or of text, audio, vision and labels, is expected",
                     root.kind_name()));
  }
  for (const std::string& name : split_names(split)) {
    const PickleObject* const dict = root.find(name);
    if (dict != nullptr && dict->kind == PickleObject::Kind::kDict) return dict;
  }
  return looks_like_split(root, manifest) ? &root : nullptr;
}

MmsaSplit::MmsaSplit(std::shared_ptr<const Pickle> pickle, const Manifest& manifest, const std::string& split,
                     Parts parts)
    : pickle_(std::move(pickle)), manifest_(manifest), dict_(find(*pickle_, manifest, split)) {
  if (dict_ == nullptr) {
    fail(fmt::format("no split '{}'; it has: {}", split, join(pickle_->root().keys(), ", ")));
  }
  names_split_ = dict_ != &pickle_->root();
  in_context("split '" + split + "'", [&] {
    find_features();
    if (parts == Parts::kAll) {
      find_columns();
      find_labels();
    }
    check_sizes();
  });
}

const PickleObject* MmsaSplit::key(const std::string& role, const std::vector<std::string>& usual,
                                   std::string* found) const {
  if (const auto named = manifest_.keys.find(role); named != manifest_.keys.end()) {
    *found = named->second;
    const PickleObject* const object = dict_->find(named->second);
    if (object != nullptr) return object;
    fail(fmt::format("no key '{}' for '{}'{}; it has: {}", named->second, role,
                     suggestion(named->second, dict_->keys()), join(dict_->keys(), ", ")));
  }
  for (const std::string& name : usual) {
    *found = name;
    const PickleObject* const object = dict_->find(name);
    if (object != nullptr && object->kind != PickleObject::Kind::kNone) return object;
  }
  return nullptr;
}

void MmsaSplit::find_features() {
  std::string name;
  if (const PickleObject* const object = key("text_bert", {"text_bert"}, &name)) {
    tokens_.emplace(name, *object, pickle_->file_size());
    sizes_.emplace_back(name, tokens_->size());
    for (std::size_t row = 0; row < std::min<std::size_t>(1, tokens_->size()); ++row) {
      if (tokens_->has_time() && tokens_->steps(row) == 3) continue;
      fail(fmt::format("{}: {}; [N, 3, T] with ids, mask and segments is expected", name, tokens_->describe()));
    }
  }
  const auto add = [&](Form form, const std::string& role, const std::vector<std::string>& usual,
                       const std::string& lengths_role) {
    const PickleObject* const object = key(role, usual, &name);
    if (object == nullptr || holds_text(*object)) return;
    SequenceColumn values(name, *object, pickle_->file_size());
    sizes_.emplace_back(name, values.size());
    std::optional<Column> lengths;
    if (!lengths_role.empty()) {
      if (const PickleObject* const given = key(lengths_role, {lengths_role}, &name)) {
        lengths.emplace(name, *given);
        sizes_.emplace_back(name, lengths->size());
      }
    }
    features_.emplace(
        form, FeatureTable(std::move(values), std::move(lengths), form == Form::kEmbedding ? tokens_ : std::nullopt));
  };
  add(Form::kEmbedding, "text", kTextNames, "");
  add(Form::kAudioFeatures, "audio", kAudioNames, "audio_lengths");
  add(Form::kVisionFeatures, "vision", kVisionNames, "vision_lengths");
}

void MmsaSplit::find_columns() {
  std::string name;
  const auto add = [&](const std::string& role, const std::vector<std::string>& usual) {
    const PickleObject* const object = key(role, usual, &name);
    if (object == nullptr) return;
    const Column& column = columns_.emplace(role, Column(name, *object)).first->second;
    sizes_.emplace_back(name, column.size());
  };
  add("id", {"id"});
  add("group", {});
  add("speaker", {});
  add("raw_text", {"raw_text"});
  if (!columns_.contains("raw_text")) {  // words under the name of the features
    const PickleObject* const object = key("text", kTextNames, &name);
    if (object != nullptr && holds_text(*object)) {
      sizes_.emplace_back(name, columns_.emplace("raw_text", Column(name, *object)).first->second.size());
    }
  }
  if (features_.empty() && !tokens_ && !columns_.contains("raw_text")) {
    fail(
        fmt::format("none of text, text_bert, raw_text, audio, vision; it has: {}; name them with 'keys:' in data.yaml",
                    join(dict_->keys(), ", ")));
  }
}

void MmsaSplit::find_labels() {
  std::string name;
  const auto add = [&](const LabelSource& source, const PickleObject& object) {
    Column column(source.key, object);
    if (source.column >= column.width()) {
      fail(fmt::format("{}: no column {}; it has {} a sample", source.key, source.column, column.width()));
    }
    sizes_.emplace_back(source.key, column.size());
    labels_.emplace_back(source, std::move(column));
  };
  for (const LabelSource& source : manifest_.labels) {
    const PickleObject* const object = dict_->find(source.key);
    if (object == nullptr) {
      fail(fmt::format("no key '{}' for label '{}'{}; it has: {}", source.key, source.name,
                       suggestion(source.key, dict_->keys()), join(dict_->keys(), ", ")));
    }
    add(source, *object);
  }
  if (!manifest_.labels.empty()) return;
  const auto add_usual = [&](const std::string& label, const std::string& role, const std::vector<std::string>& usual) {
    const PickleObject* const object = key(role, usual, &name);
    if (object == nullptr) return;
    add({label, name, 0}, *object);
    if (labels_.back().second.width() > 1) {
      fail(fmt::format("{}: {} values a sample; name those that count: labels: {{regression: {{key: {}, column: 0}}}}",
                       name, labels_.back().second.width(), name));
    }
  };
  add_usual("regression", "labels", kLabelNames);
  for (const char* const modality : {"T", "A", "V"}) {
    add_usual(fmt::format("regression_{}", modality), "", {fmt::format("regression_labels_{}", modality)});
  }
  add_usual("annotation", "", {"annotations"});
  add_usual("classification", "", {"classification_labels"});
  if (labels_.empty()) {
    fail(
        fmt::format("no labels: looked for regression_labels, labels, annotations, classification_labels; it has: {}; "
                    "name them with 'labels:' in data.yaml",
                    join(dict_->keys(), ", ")));
  }
}

void MmsaSplit::check_sizes() {
  if (sizes_.empty()) return;  // a train split without features: nothing to take statistics from
  // Labels come last and are the reference: they are what every sample must have.
  const auto& [reference, size] = sizes_.back();
  for (const auto& [name, count] : sizes_) {
    if (count == size) continue;
    fail(fmt::format("'{}' has {} samples but '{}' has {}; all arrays of a split must agree", name, count, reference,
                     size));
  }
  size_ = size;
  if (size_ == 0) fail("is empty: it holds no sample");
  if (size_ > kMaxSamples) fail(fmt::format("holds {} samples; at most {} are read", size_, kMaxSamples));
}

const FeatureTable* MmsaSplit::features(Form form) const {
  const auto found = features_.find(form);
  return found == features_.end() ? nullptr : &found->second;
}

const Column* MmsaSplit::column(const std::string& role) const {
  const auto found = columns_.find(role);
  return found == columns_.end() ? nullptr : &found->second;
}

}  // namespace shakedown::datasets
