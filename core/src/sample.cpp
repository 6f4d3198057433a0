#include "shakedown/core/sample.h"

#include <algorithm>
#include <cmath>

#include "shakedown/core/text.h"

namespace shakedown {

std::size_t Tokens::length() const {
  std::size_t count = mask.size();
  while (count > 0 && mask[count - 1] == 0) --count;
  return count;
}

std::size_t Tokens::leading_padding() const {
  const auto first = std::find_if(mask.begin(), mask.end(), [](std::int64_t valid) { return valid != 0; });
  return first == mask.end() ? 0 : static_cast<std::size_t>(first - mask.begin());
}

std::vector<TokenRole> Tokens::roles() const {
  const std::size_t begin = leading_padding(), end = length();
  std::vector<TokenRole> roles(end, TokenRole::kText);
  std::fill_n(roles.begin(), begin, TokenRole::kPadding);
  for (std::size_t i = begin; i < std::min(begin + layout.before, end); ++i)
    roles[i] = i == begin ? TokenRole::kCls : TokenRole::kSep;
  for (std::size_t i = end - std::min(layout.after, end - begin); i < end; ++i) {
    if (roles[i] != TokenRole::kText) continue;
    const bool cls = layout.before == 0 && layout.after > 1 && i + 1 == end;
    roles[i] = cls ? TokenRole::kCls : TokenRole::kSep;
  }
  if (layout.before + layout.after == 0) return roles;
  std::size_t changes = 0, at = 0;
  for (std::size_t i = begin; i + 1 < end && segments.size() >= end; ++i) {
    if (segments[i] == segments[i + 1] || roles[i] != TokenRole::kText || roles[i + 1] != TokenRole::kText) continue;
    ++changes;
    at = i;
  }
  if (changes == 1 && segments[at] < segments[at + 1]) roles[at] = TokenRole::kSep;
  return roles;
}

std::size_t FaceTrack::found() const {
  return static_cast<std::size_t>(
      std::count_if(boxes.begin(), boxes.end(), [](const auto& box) { return box.has_value(); }));
}

double FaceTrack::median_width() const {
  std::vector<float> widths;
  for (const auto& box : boxes)
    if (box) widths.push_back(box->width);
  if (widths.empty()) return 0;
  const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
  std::nth_element(widths.begin(), middle, widths.end());
  return static_cast<double>(*middle);
}

std::string_view form_name(Form form) {
  switch (form) {
    case Form::kTranscript: return "text.transcript";
    case Form::kTokens: return "text.tokens";
    case Form::kEmbedding: return "text.embedding";
    case Form::kWaveform: return "audio.waveform";
    case Form::kAudioFeatures: return "audio.features";
    case Form::kFrames: return "video.frames";
    case Form::kVisionFeatures: return "vision.features";
  }
  return "unknown";
}

std::string_view modality_name(Modality modality) {
  switch (modality) {
    case Modality::kText: return "text";
    case Modality::kAudio: return "audio";
    case Modality::kVideo: return "video";
    case Modality::kCross: return "cross";
  }
  return "unknown";
}

Modality modality_of(Form form) {
  switch (form) {
    case Form::kTranscript:
    case Form::kTokens:
    case Form::kEmbedding: return Modality::kText;
    case Form::kWaveform:
    case Form::kAudioFeatures: return Modality::kAudio;
    case Form::kFrames:
    case Form::kVisionFeatures: return Modality::kVideo;
  }
  return Modality::kCross;
}

std::vector<Form> Forms::list() const {
  std::vector<Form> forms;
  for (unsigned i = 0; i < kFormCount; ++i)
    if (has(static_cast<Form>(i))) forms.push_back(static_cast<Form>(i));
  return forms;
}

std::string Forms::describe() const {
  std::vector<std::string> names;
  for (const Form form : list()) names.emplace_back(form_name(form));
  return join(names, ", ");
}

Forms Sample::present() const {
  Forms forms;
  if (transcript) forms.add(Form::kTranscript);
  if (tokens) forms.add(Form::kTokens);
  if (embedding) forms.add(Form::kEmbedding);
  if (waveform) forms.add(Form::kWaveform);
  if (audio_features) forms.add(Form::kAudioFeatures);
  if (clip) forms.add(Form::kFrames);
  if (vision_features) forms.add(Form::kVisionFeatures);
  return forms;
}

void Sample::remove(Form form) {
  switch (form) {
    case Form::kTranscript: transcript.reset(); break;
    case Form::kTokens: tokens.reset(); break;
    case Form::kEmbedding: embedding.reset(); break;
    case Form::kWaveform: waveform.reset(); break;
    case Form::kAudioFeatures: audio_features.reset(); break;
    case Form::kFrames: clip.reset(); break;
    case Form::kVisionFeatures: vision_features.reset(); break;
  }
}

void drop_stale(Sample& sample, Forms written) {
  for (const Form form : sample.present().list()) {
    if (written.has(form)) continue;
    const auto of_same_modality = [form](Form other) { return modality_of(other) == modality_of(form); };
    const auto list = written.list();
    if (std::any_of(list.begin(), list.end(), of_same_modality)) sample.remove(form);
  }
}

namespace {

bool exceeds(const Shared<Sequence>& sequence, std::optional<std::size_t> limit) {
  return sequence && limit && sequence->steps > *limit;
}

bool exceeds(const Shared<Tokens>& tokens, std::optional<std::size_t> limit) {
  return tokens && limit && tokens->padded() > *limit;
}

bool exceeds(const Shared<Waveform>& waveform, std::optional<double> seconds) {
  return waveform && seconds && waveform->seconds() > *seconds;
}

std::size_t frames_of(double seconds, const Clip& clip) {
  return static_cast<std::size_t>(std::llround(seconds * clip.fps));
}

bool exceeds(const Shared<Clip>& clip, std::optional<double> seconds) {
  return clip && seconds && clip->frames.size() > frames_of(*seconds, *clip);
}

Shared<Sequence> cut(const Shared<Sequence>& sequence, std::optional<std::size_t> limit) {
  if (!exceeds(sequence, limit)) return sequence;
  auto shorter = std::make_shared<Sequence>();
  shorter->steps = *limit;
  shorter->dims = sequence->dims;
  shorter->length = std::min(sequence->length, *limit);
  shorter->values.assign(sequence->values.begin(),
                         sequence->values.begin() + static_cast<std::ptrdiff_t>(*limit * sequence->dims));
  shorter->observed = sequence->observed;
  if (!shorter->observed.empty()) shorter->observed.resize(*limit);
  shorter->mask_lost = sequence->mask_lost;
  return shorter;
}

Shared<Tokens> cut(const Shared<Tokens>& tokens, std::optional<std::size_t> limit) {
  if (!exceeds(tokens, limit)) return tokens;
  auto shorter = std::make_shared<Tokens>(*tokens);
  shorter->ids.resize(*limit);
  shorter->mask.resize(*limit);
  shorter->segments.resize(*limit);
  if (!shorter->observed.empty()) shorter->observed.resize(*limit);
  return shorter;
}

Shared<Waveform> cut(const Shared<Waveform>& waveform, std::optional<double> seconds) {
  if (!exceeds(waveform, seconds)) return waveform;
  auto shorter = std::make_shared<Waveform>(*waveform);
  const auto frames = static_cast<std::size_t>(std::llround(*seconds * waveform->sample_rate_hz));
  shorter->pcm.resize(frames * static_cast<std::size_t>(waveform->channels));
  return shorter;
}

Shared<Clip> cut(const Shared<Clip>& clip, std::optional<double> seconds) {
  if (!exceeds(clip, seconds)) return clip;
  auto shorter = std::make_shared<Clip>(*clip);
  shorter->frames.resize(frames_of(*seconds, *clip));
  return shorter;
}

}  // namespace

bool fits(const Sample& sample, const InputLimits& limits) {
  return !exceeds(sample.tokens, limits.tokens) && !exceeds(sample.embedding, limits.embedding) &&
         !exceeds(sample.audio_features, limits.audio_features) &&
         !exceeds(sample.vision_features, limits.vision_features) && !exceeds(sample.waveform, limits.waveform_s) &&
         !exceeds(sample.clip, limits.frames_s);
}

Sample cut_to(const Sample& sample, const InputLimits& limits) {
  Sample shorter = sample;
  shorter.tokens = cut(sample.tokens, limits.tokens);
  shorter.embedding = cut(sample.embedding, limits.embedding);
  shorter.audio_features = cut(sample.audio_features, limits.audio_features);
  shorter.vision_features = cut(sample.vision_features, limits.vision_features);
  shorter.waveform = cut(sample.waveform, limits.waveform_s);
  shorter.clip = cut(sample.clip, limits.frames_s);
  return shorter;
}

}  // namespace shakedown
