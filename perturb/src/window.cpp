#include "window.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "forms.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/text.h"

namespace shakedown::perturb {
namespace {

using Range = Window::Range;
using Offset = std::ptrdiff_t;

struct Stretch {
  double from = 0, to = 1;
};

// Positions 0..count-1 whose centre (i + 1/2) / count lies in [from, to).
Range positions_in(std::size_t count, Stretch stretch) {
  const auto first_at = [count](double share) {
    const double n = static_cast<double>(count);
    return static_cast<std::size_t>(std::clamp(std::ceil(share * n - 0.5), 0.0, n));
  };
  const std::size_t begin = first_at(stretch.from);
  return {begin, std::max(begin, first_at(stretch.to))};
}

Range shifted(Range range, std::size_t by) {
  return {range.begin + by, range.end + by};
}

Range inner_tokens(const Tokens& tokens) {
  const std::size_t begin = tokens.leading_padding() + tokens.layout.before, length = tokens.length();
  return length < begin + tokens.layout.after ? Range{} : Range{begin, length - tokens.layout.after};
}

// The words in the window: by their times where those are known, else by their share of the words.
struct Words {
  std::size_t count = 0;
  Range inside;
};

Words words_in(const Sample& sample, const At& at, Stretch stretch, std::vector<media::WordSpan>& spans) {
  const auto& times = sample.transcript->times;
  if (times.empty()) {
    spans = media::segment_words(sample.transcript->text, sample.transcript->language);
    return {spans.size(), positions_in(spans.size(), stretch)};
  }
  for (const auto& word : times) spans.push_back({word.begin, word.end});
  if (at.kind == At::Kind::kWords) {
    return {times.size(), {static_cast<std::size_t>(at.begin), static_cast<std::size_t>(at.end) + 1}};
  }
  const double seconds = clip_seconds(sample);
  const auto before = [&](double share) {
    return static_cast<std::size_t>(std::count_if(times.begin(), times.end(), [&](const Transcript::Word& word) {
      return (word.start_s + word.end_s) / 2 < share * seconds;
    }));
  };
  const std::size_t begin = before(stretch.from);
  return {times.size(), {begin, std::max(begin, before(stretch.to))}};
}

Range bytes_of(const std::vector<media::WordSpan>& spans, Range words, std::size_t size) {
  if (words.size() == 0) {
    const std::size_t at = words.begin < spans.size() ? spans[words.begin].begin : size;
    return {at, at};
  }
  // Punctuation before the first and after the last word belongs to them.
  return {words.begin == 0 ? 0 : spans[words.begin].begin, words.end == spans.size() ? size : spans[words.end - 1].end};
}

std::variant<Stretch, std::string> stretch_of(const At& at, const Sample& sample, const Stream& stream) {
  const double seconds = clip_seconds(sample);
  switch (at.kind) {
    case At::Kind::kWhole: return Stretch{};
    case At::Kind::kFraction: return Stretch{at.begin, at.end};
    case At::Kind::kRandom: {
      const double from = stream.uniform(0) * (1 - at.length);
      return Stretch{from, from + at.length};
    }
    case At::Kind::kSeconds:
      if (seconds <= 0) {
        throw Error(ErrorKind::kUsage,
                    fmt::format("at: seconds need sound, frames or word times to be placed in; sample '{}' has none "
                                "(use fractions: at: {{from: 0.2, to: 0.4}})",
                                sample.id));
      }
      if (at.begin >= seconds) {
        return fmt::format("the clip ends before at: {} s", format_number(at.begin));
      }
      return Stretch{at.begin / seconds, std::min(at.end / seconds, 1.0)};
    case At::Kind::kWords: {
      if (!sample.transcript || sample.transcript->times.empty()) {
        throw Error(ErrorKind::kUsage, fmt::format("at: words need word times; sample '{}' has none "
                                                   "(use fractions: at: {{from: 0.2, to: 0.4}})",
                                                   sample.id));
      }
      const auto& times = sample.transcript->times;
      if (at.end >= static_cast<double>(times.size())) {
        return fmt::format("the transcript has no word {}", format_number(at.end));
      }
      const auto& first = times[static_cast<std::size_t>(at.begin)];
      const auto& last = times[static_cast<std::size_t>(at.end)];
      return Stretch{std::clamp(first.start_s / seconds, 0.0, 1.0), std::clamp(last.end_s / seconds, 0.0, 1.0)};
    }
  }
  return Stretch{};
}

void check_length(std::string_view form, std::size_t before, std::size_t after) {
  if (before == after) return;
  throw Error(
      ErrorKind::kUsage,
      fmt::format("it changes the length of {} ({} to {}) and so cannot be used with at:", form, before, after));
}

Range within(Range range, std::size_t size) {
  return {std::min(range.begin, size), std::min(range.end, size)};
}

template <class T>
std::vector<T> slice(const std::vector<T>& values, Range range, std::size_t width = 1) {
  return {values.begin() + static_cast<Offset>(range.begin * width),
          values.begin() + static_cast<Offset>(range.end * width)};
}

template <class T>
void splice(std::vector<T>& values, const std::vector<T>& piece, std::size_t begin) {
  std::copy(piece.begin(), piece.end(), values.begin() + static_cast<Offset>(begin));
}

void put_observed(std::vector<std::uint8_t>& whole, const std::vector<std::uint8_t>& piece, std::size_t steps,
                  std::size_t begin) {
  if (piece.empty()) return;
  if (whole.empty()) whole.assign(steps, 1);
  splice(whole, piece, begin);
}

Shared<Sequence> cut_sequence(const Shared<Sequence>& whole, Range range) {
  if (!whole) return nullptr;
  range = within(range, whole->length);
  return std::make_shared<Sequence>(
      Sequence{range.size(), whole->dims, range.size(), slice(whole->values.all(), range, whole->dims)});
}

Shared<Sequence> put_sequence(const Shared<Sequence>& whole, const Sequence& piece, Range range, Form form) {
  check_length(form_name(form), range.size(), piece.length);
  check_length(form_name(form), range.size() * whole->dims, piece.values.size());
  auto result = std::make_shared<Sequence>(*whole);
  splice(result->values.all(), piece.values.all(), range.begin * whole->dims);
  put_observed(result->observed, piece.observed, result->steps, range.begin);
  result->mask_lost = piece.mask_lost;
  return result;
}

Shared<Transcript> cut_transcript(const Shared<Transcript>& whole, const Window& window) {
  if (!whole) return nullptr;
  const std::size_t end = whole->text.size() - window.text_tail;
  auto piece = std::make_shared<Transcript>();
  piece->text = whole->text.substr(window.text.begin, end - window.text.begin);
  piece->language = whole->language;
  for (const auto& word : whole->times) {
    if (word.begin < window.text.begin || word.end > end) continue;
    piece->times.push_back({word.begin - window.text.begin, word.end - window.text.begin, word.start_s - window.start_s,
                            word.end_s - window.start_s});
  }
  return piece;
}

Shared<Transcript> put_transcript(const Transcript& whole, const Transcript& before, const Transcript& after,
                                  const Window& window) {
  auto result = std::make_shared<Transcript>(whole);
  result->text.replace(window.text.begin, window.text.size(), after.text);
  result->times.clear();
  // Word times that were given up inside the window are not known for the whole either.
  if (after.times.empty() && !before.times.empty() && !after.text.empty()) return result;
  const std::size_t grown = window.text.begin + after.text.size();
  for (const auto& word : whole.times) {
    if (word.end <= window.text.begin) result->times.push_back(word);
  }
  for (const auto& word : after.times) {
    result->times.push_back({word.begin + window.text.begin, word.end + window.text.begin,
                             word.start_s + window.start_s, word.end_s + window.start_s});
  }
  for (const auto& word : whole.times) {
    if (word.begin < window.text.end) continue;
    result->times.push_back(
        {word.begin - window.text.end + grown, word.end - window.text.end + grown, word.start_s, word.end_s});
  }
  return result;
}

}  // namespace

double Window::origin(Form form, const Sample& sample) const {
  switch (form) {
    case Form::kTranscript: return static_cast<double>(text.begin);
    case Form::kTokens: return static_cast<double>(tokens.begin);
    case Form::kEmbedding: return static_cast<double>(embedding.begin);
    case Form::kWaveform:
      return sample.waveform ? static_cast<double>(samples.begin) / sample.waveform->sample_rate_hz : 0;
    case Form::kAudioFeatures: return static_cast<double>(audio_features.begin);
    case Form::kFrames: return static_cast<double>(frames.begin);
    case Form::kVisionFeatures: return static_cast<double>(vision_features.begin);
  }
  return 0;
}

std::variant<Window, std::string> place(const At& at, const Sample& sample, const Stream& stream) {
  if (!(at.begin >= 0 && at.end >= at.begin && at.length >= 0 && at.length <= 1)) {
    throw Error(ErrorKind::kUsage, "at: the window ends before it begins, or leaves the clip");
  }
  const auto found = stretch_of(at, sample, stream);
  if (const auto* why = std::get_if<std::string>(&found)) return *why;
  const auto stretch = std::get<Stretch>(found);

  Window window;
  window.start_s = stretch.from * clip_seconds(sample);
  if (at.kind == At::Kind::kRandom) window.drawn = std::llround(stretch.from * 1e9);
  Stretch words = stretch;
  if (sample.transcript) {
    std::vector<media::WordSpan> spans;
    const Words found_words = words_in(sample, at, stretch, spans);
    const std::size_t size = sample.transcript->text.size();
    window.text = bytes_of(spans, found_words.inside, size);
    window.text_tail = size - window.text.end;
    if (!sample.transcript->times.empty()) {
      // Speech is not even in time: tokens follow the words, not the clock.
      const auto count = static_cast<double>(found_words.count);
      words = {static_cast<double>(found_words.inside.begin) / count,
               static_cast<double>(found_words.inside.end) / count};
    }
  }
  if (sample.tokens) {
    const Range inner = inner_tokens(*sample.tokens);
    window.tokens = shifted(positions_in(inner.size(), words), inner.begin);
  }
  if (sample.embedding) {
    // Contextual embeddings stand at the tokens' positions, CLS and SEP included.
    const bool as_tokens = sample.tokens && sample.tokens->length() == sample.embedding->length;
    window.embedding = as_tokens ? window.tokens : positions_in(sample.embedding->length, words);
  }
  if (sample.audio_features) window.audio_features = positions_in(sample.audio_features->length, stretch);
  if (sample.vision_features) window.vision_features = positions_in(sample.vision_features->length, stretch);
  if (sample.waveform) window.samples = positions_in(sample.waveform->frames(), stretch);
  if (sample.clip) window.frames = positions_in(sample.clip->frames.size(), stretch);
  return window;
}

Sample cut_out(const Sample& sample, const Window& window) {
  Sample piece = sample;
  piece.transcript = cut_transcript(sample.transcript, window);
  if (sample.tokens) {
    const Range range = within(window.tokens, sample.tokens->padded());
    TokenLayout layout = sample.tokens->layout;
    layout.before = layout.after = 0;
    piece.tokens = std::make_shared<Tokens>(Tokens{slice(sample.tokens->ids, range), slice(sample.tokens->mask, range),
                                                   slice(sample.tokens->segments, range), layout});
  }
  piece.embedding = cut_sequence(sample.embedding, window.embedding);
  piece.audio_features = cut_sequence(sample.audio_features, window.audio_features);
  piece.vision_features = cut_sequence(sample.vision_features, window.vision_features);
  if (sample.waveform) {
    const Waveform& whole = *sample.waveform;
    const Range range = within(window.samples, whole.frames());
    piece.waveform = std::make_shared<Waveform>(Waveform{
        slice(whole.pcm, range, static_cast<std::size_t>(whole.channels)), whole.channels, whole.sample_rate_hz});
  }
  if (sample.clip) {
    const Range range = within(window.frames, sample.clip->frames.size());
    piece.clip = std::make_shared<Clip>(Clip{slice(sample.clip->frames, range), sample.clip->fps});
  }
  if (sample.faces) {
    const Range range = within(window.frames, sample.faces->boxes.size());
    piece.faces = std::make_shared<FaceTrack>(FaceTrack{slice(sample.faces->boxes, range)});
  }
  return piece;
}

void put_back(Sample& sample, const Sample& before, const Sample& after, const Window& window) {
  for (const Form form : replaced_forms(before, after).list()) {
    if (!after.present().has(form)) {
      sample.remove(form);
      continue;
    }
    switch (form) {
      case Form::kTranscript:
        sample.transcript = put_transcript(*sample.transcript, *before.transcript, *after.transcript, window);
        break;
      case Form::kTokens: {
        check_length(form_name(form), window.tokens.size(), after.tokens->padded());
        auto whole = std::make_shared<Tokens>(*sample.tokens);
        splice(whole->ids, after.tokens->ids, window.tokens.begin);
        splice(whole->mask, after.tokens->mask, window.tokens.begin);
        splice(whole->segments, after.tokens->segments, window.tokens.begin);
        put_observed(whole->observed, after.tokens->observed, whole->padded(), window.tokens.begin);
        sample.tokens = std::move(whole);
        break;
      }
      case Form::kEmbedding:
        sample.embedding = put_sequence(sample.embedding, *after.embedding, window.embedding, form);
        break;
      case Form::kAudioFeatures:
        sample.audio_features = put_sequence(sample.audio_features, *after.audio_features, window.audio_features, form);
        break;
      case Form::kVisionFeatures:
        sample.vision_features =
            put_sequence(sample.vision_features, *after.vision_features, window.vision_features, form);
        break;
      case Form::kWaveform: {
        check_length(form_name(form), window.samples.size(), after.waveform->frames());
        check_length("the channels of " + std::string(form_name(form)),
                     static_cast<std::size_t>(sample.waveform->channels),
                     static_cast<std::size_t>(after.waveform->channels));
        auto whole = std::make_shared<Waveform>(*sample.waveform);
        splice(whole->pcm, after.waveform->pcm, window.samples.begin * static_cast<std::size_t>(whole->channels));
        sample.waveform = std::move(whole);
        break;
      }
      case Form::kFrames: {
        check_length(form_name(form), window.frames.size(), after.clip->frames.size());
        auto whole = std::make_shared<Clip>(*sample.clip);
        splice(whole->frames, after.clip->frames, window.frames.begin);
        sample.clip = std::move(whole);
        break;
      }
    }
  }
}

}  // namespace shakedown::perturb
