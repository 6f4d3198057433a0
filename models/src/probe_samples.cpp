#include "probe_samples.h"

#include <algorithm>

#include "source.h"

namespace shakedown::models {
namespace {

std::size_t longer(std::size_t steps) {
  return steps + std::max<std::size_t>(1, steps / 4);
}

Shared<Sequence> padded(const Shared<Sequence>& sequence) {
  if (!sequence) return nullptr;
  Sequence copy = *sequence;
  copy.steps = longer(copy.steps);
  copy.values.resize(copy.steps * copy.dims, 0.0F);
  return std::make_shared<const Sequence>(std::move(copy));
}

Shared<Tokens> padded(const Shared<Tokens>& tokens) {
  if (!tokens) return nullptr;
  Tokens copy = *tokens;
  const std::size_t steps = longer(copy.padded());
  for (auto* row : {&copy.ids, &copy.mask, &copy.segments}) row->resize(steps, 0);
  return std::make_shared<const Tokens>(std::move(copy));
}

Shared<Waveform> padded(const Shared<Waveform>& waveform) {
  if (!waveform) return nullptr;
  Waveform copy = *waveform;
  copy.pcm.resize(longer(copy.frames()) * static_cast<std::size_t>(std::max(1, copy.channels)), 0.0F);
  return std::make_shared<const Waveform>(std::move(copy));
}

Shared<Clip> padded(const Shared<Clip>& clip) {
  if (!clip || clip->frames.empty()) return nullptr;
  Clip copy = *clip;
  copy.frames.resize(longer(copy.frames.size()), copy.frames.back());
  return std::make_shared<const Clip>(std::move(copy));
}

/// The first half of the valid steps: those that differ between the views.
template <class Change>
Shared<Sequence> changed(const Shared<Sequence>& sequence, const Change& change) {
  if (!sequence) return nullptr;
  Sequence copy = *sequence;
  const std::size_t steps = (copy.length + 1) / 2;
  std::for_each_n(copy.values.begin(), steps * copy.dims, change);
  return std::make_shared<const Sequence>(std::move(copy));
}

/// Gives the two views other ids in the first half of the text, from the text itself so that they stay in the
/// vocabulary, and only where all three differ.
void change_tokens(const Shared<Tokens>& tokens, Shared<Tokens>& incomplete, Shared<Tokens>& other) {
  if (!tokens) return;
  Tokens a = *tokens, b = *tokens;
  const std::vector<std::int64_t>& ids = tokens->ids;
  const std::size_t length = tokens->length();
  for (std::size_t t = 0; t < (length + 1) / 2; ++t) {
    const std::int64_t next = ids[(t + 1) % length], after = ids[(t + 2) % length];
    if (ids[t] == next || ids[t] == after || next == after) continue;
    a.ids[t] = next;
    b.ids[t] = after;
  }
  incomplete = std::make_shared<const Tokens>(std::move(a));
  other = std::make_shared<const Tokens>(std::move(b));
}

template <class Change>
void change_sequences(Sample& sample, const Change& change) {
  for (auto* form : {&sample.embedding, &sample.audio_features, &sample.vision_features})
    *form = changed(*form, change);
}

}  // namespace

std::optional<Sample> lengthened(const Sample& sample, const Manifest& manifest) {
  Sample copy = sample;
  bool any = false;
  const auto replace = [&any](auto& form, auto longer_form) {
    if (!longer_form) return;
    form = std::move(longer_form);
    any = true;
  };
  for (const InputSpec* leaf : leaves(manifest.inputs)) {
    const Source source = parse_source(leaf->from);
    const SourceInfo* info = find_source(source.base);
    if (source.derived != Derived::kValues || info == nullptr || leaf->length || leaf->pool_mean) continue;
    if (leaf->layout.find('T') == std::string::npos || info->forms.empty()) continue;
    switch (info->forms.front()) {
      case Form::kTokens: replace(copy.tokens, padded(sample.tokens)); break;
      case Form::kEmbedding: replace(copy.embedding, padded(sample.embedding)); break;
      case Form::kAudioFeatures: replace(copy.audio_features, padded(sample.audio_features)); break;
      case Form::kVisionFeatures: replace(copy.vision_features, padded(sample.vision_features)); break;
      case Form::kWaveform: replace(copy.waveform, padded(sample.waveform)); break;
      case Form::kFrames: replace(copy.clip, padded(sample.clip)); break;
      case Form::kTranscript: break;
    }
  }
  return any ? std::optional(std::move(copy)) : std::nullopt;
}

bool reads_complete_view(const Manifest& manifest) {
  return std::ranges::any_of(leaves(manifest.inputs), [](const InputSpec* leaf) {
    const Source source = parse_source(leaf->from);
    return source.complete && source.derived == Derived::kValues;
  });
}

CompleteViews two_complete_views(const Sample& sample, const Sample& donor) {
  CompleteViews views{sample, sample, sample};
  change_sequences(views.incomplete, [](float& x) { x = 0.0F; });
  // Both views are moved away from 0, lest a row of zeros count as observed in one of them.
  change_sequences(views.one, [](float& x) { x += 1.0F; });
  change_sequences(views.other, [](float& x) { x = 2.0F * x + 3.0F; });
  change_tokens(sample.tokens, views.incomplete.tokens, views.other.tokens);
  views.other.transcript = donor.transcript;
  views.other.waveform = donor.waveform;
  views.other.clip = donor.clip;
  return views;
}

}  // namespace shakedown::models
