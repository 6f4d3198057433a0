#include "missing/write.h"

#include <algorithm>

#include <fmt/format.h>

#include "forms.h"

namespace shakedown::perturb {
namespace {

// `values` without the `width`-wide rows at `lost`, as long as before: filled up with `pad`.
template <class T>
void take_out(std::vector<T>& values, const std::vector<std::size_t>& lost, std::size_t width, T pad) {
  auto next = lost.begin();
  std::size_t to = 0;
  for (std::size_t row = 0; row * width < values.size(); ++row) {
    if (next != lost.end() && *next == row) {
      ++next;
      continue;
    }
    std::move(values.begin() + static_cast<std::ptrdiff_t>(row * width),
              values.begin() + static_cast<std::ptrdiff_t>((row + 1) * width),
              values.begin() + static_cast<std::ptrdiff_t>(to * width));
    ++to;
  }
  std::fill(values.begin() + static_cast<std::ptrdiff_t>(to * width), values.end(), pad);
}

std::vector<std::uint8_t> observed_after(std::vector<std::uint8_t> observed, std::size_t steps,
                                         const std::vector<std::size_t>& lost) {
  if (observed.empty()) {
    observed.assign(steps, 1);
  } else {
    observed.resize(steps, 1);
  }
  for (const std::size_t step : lost) observed[step] = 0;
  return observed;
}

void write_sequence(Sample& sample, Form form, const std::vector<std::size_t>& lost, const StepOptions& options,
                    const Corpus& corpus, const Rng& rng) {
  if (lost.empty()) return;
  const auto& whole = sequence_of(sample, form);
  if (options.fill == "remove") {
    auto shorter = std::make_shared<Sequence>(*whole);
    take_out(shorter->values.all(), lost, shorter->dims, 0.0F);
    if (!shorter->observed.empty()) take_out(shorter->observed, lost, 1, std::uint8_t{1});
    shorter->length -= static_cast<std::size_t>(
        std::count_if(lost.begin(), lost.end(), [&](std::size_t step) { return step < whole->length; }));
    return set_sequence(sample, form, std::move(shorter));
  }
  const Fill fill{options.fill};
  auto filled = fill.with == "zero"
                    ? zeroed(whole, lost)
                    : fill.apply(whole, lost, form, corpus, rng.stream(fmt::format("fill/{}", form_name(form))));
  filled->observed = observed_after(whole->observed, whole->steps, lost);
  filled->mask_lost = whole->mask_lost || options.mask == "update";
  set_sequence(sample, form, std::move(filled));
}

void write_tokens(Sample& sample, const Track& track, const StepOptions& options) {
  auto tokens = std::make_shared<Tokens>(*sample.tokens);
  if (options.fill == "remove") {
    const bool left = tokens->layout.pads_left || tokens->leading_padding() > 0;
    const auto padding = [left](const std::vector<std::int64_t>& row) { return left ? row.front() : row.back(); };
    const bool padded = left ? tokens->leading_padding() > 0 : tokens->length() < tokens->padded();
    const std::int64_t pad = padded ? padding(tokens->ids) : tokens->layout.pad;
    const std::int64_t segment = padded ? padding(tokens->segments) : 0;
    const auto shorten = [&](auto& row, auto fill) {
      take_out(row, track.lost, 1, fill);
      if (left) std::rotate(row.begin(), row.end() - static_cast<std::ptrdiff_t>(track.lost.size()), row.end());
    };
    shorten(tokens->ids, pad);
    shorten(tokens->segments, segment);
    shorten(tokens->mask, std::int64_t{0});
    if (!tokens->observed.empty()) shorten(tokens->observed, std::uint8_t{1});
  } else {
    for (const std::size_t position : track.lost) {
      tokens->ids[position] = unknown_id(*tokens, options.unk_id);
      if (options.mask == "update") tokens->mask[position] = 0;
    }
    tokens->observed = observed_after(tokens->observed, tokens->padded(), track.lost);
  }
  sample.tokens = std::move(tokens);
}

}  // namespace

void write_lost(Sample& sample, const Track& track, const StepOptions& options, const Corpus& corpus, const Rng& rng) {
  const auto stream = [&] { return rng.stream(fmt::format("fill/{}", form_name(track.form))); };
  switch (track.form) {
    case Form::kTranscript: sample.transcript = without_words(*sample.transcript, track.lost); return;
    case Form::kWaveform: sample.waveform = fill_sound(*sample.waveform, track.lost, options.fill, stream()); return;
    case Form::kFrames: fill_frames(sample, track.lost, options.fill, stream()); return;
    case Form::kTokens: {
      write_tokens(sample, track, options);
      if (!sample.embedding) return;
      const std::size_t length = sample.embedding->length;
      const auto lost = length == track.length ? track.lost : follow(length, track.length, track.lost);
      return write_sequence(sample, Form::kEmbedding, lost, options, corpus, rng);
    }
    default: write_sequence(sample, track.form, track.lost, options, corpus, rng);
  }
}

}  // namespace shakedown::perturb
