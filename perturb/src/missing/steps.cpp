#include "missing/steps.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "missing/write.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {
namespace {

bool row_differs(const Sequence& a, const Sequence& b, std::size_t step) {
  // A NaN that stays is no change.
  return !std::equal(a.row(step), a.row(step) + a.dims, b.row(step), b.row(step) + b.dims,
                     [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

bool sound_differs(const Waveform& a, const Waveform& b, std::size_t step) {
  const std::size_t width = sound_step(a) * static_cast<std::size_t>(a.channels);
  const std::size_t begin = step * width;
  const std::size_t end = std::min({begin + width, a.pcm.size(), b.pcm.size()});
  for (std::size_t i = begin; i < end; ++i) {
    if (a.pcm[i] != b.pcm[i]) return true;
  }
  return false;
}

}  // namespace

StepLoss::StepLoss(const StepOptions& options, bool shared) : options_(options), shared_(shared) {
  if (options_.on == "media" && options_.fill == "mean") {
    throw Error(ErrorKind::kUsage, "fill: mean is that of the training features; media take zero, hold, noise, remove");
  }
}

std::vector<Track> StepLoss::tracks(const Sample& sample) const {
  return tracks_of(sample, options_, shared_);
}

Effect StepLoss::apply(Sample& sample, const Corpus& corpus, const Rng& rng) const {
  std::vector<Track> tracks = this->tracks(sample);
  if (tracks.empty()) {
    return Effect::skipped(fmt::format("the sample has no {} of {}",
                                       options_.on == "media" ? "media" : "features or tokens", options_.modality));
  }
  std::size_t eligible = 0, lost = 0;
  for (const Track& track : tracks) eligible += count_eligible(track.eligible);
  if (eligible == 0) return Effect::ineligible("there is no step that may be lost");
  if (std::string why = draw(sample, corpus, rng, tracks); !why.empty()) return Effect::skipped(std::move(why));

  Effect effect;
  const Sample before = sample;
  for (const Track& track : tracks) {
    if (track.lost.empty()) continue;
    write_lost(sample, track, options_, corpus, rng);
    for (const std::size_t position : track.lost) effect.decisions.push_back(decision_of(track.form, position));
    if (tracks.size() == 1) effect.touched = runs_of(track.lost);  // steps of several forms are no one axis
    lost += track.lost.size();
  }
  if (lost == 0) effect = Effect::unchanged("no step was drawn");
  for (const Track& track : tracks) {
    const Dose dose = measure_track(track, before, sample, effect);
    if (dose.eligible == 0) continue;
    const std::string name(modality_name(modality_of(track.form)));
    effect.measures["realised_" + name] = dose.taken / dose.eligible;
    effect.measures["effective_" + name] = dose.changed / dose.eligible;
  }
  return effect;
}

// Whether the values at one position of a track really changed.
bool StepLoss::changed_at(Form form, const Sample& before, const Sample& after, std::size_t position) const {
  if (!after.present().has(form)) return true;
  if (options_.fill == "remove" || form == Form::kTranscript) return replaced_forms(before, after).has(form);
  switch (form) {
    case Form::kTokens:
      return before.tokens->ids[position] != after.tokens->ids[position] ||
             before.tokens->mask[position] != after.tokens->mask[position];
    case Form::kWaveform: return sound_differs(*before.waveform, *after.waveform, position);
    case Form::kFrames: {
      const auto &a = before.clip->frames[position], &b = after.clip->frames[position];
      return a != b && a->pixels != b->pixels;
    }
    default: {
      const auto &a = sequence_of(before, form), &b = sequence_of(after, form);
      return a != b && position < std::min(a->length, b->length) && row_differs(*a, *b, position);
    }
  }
}

Dose StepLoss::measure_track(const Track& track, const Sample& before, const Sample& after,
                             const Effect& effect) const {
  Dose dose;
  std::vector<bool> lost(track.length, false);
  for (const std::int64_t decision : effect.decisions) {
    const std::int64_t position = decision - decision_of(track.form, 0);
    if (position >= 0 && position < static_cast<std::int64_t>(track.length))
      lost[static_cast<std::size_t>(position)] = true;
  }
  dose.total = static_cast<double>(track.length);
  for (std::size_t i = 0; i < track.length; ++i) {
    // Cut to what the model takes, a token may stand last that was not last when the mask was drawn.
    if (lost[i] || track.eligible[i]) ++dose.eligible;
    if (!lost[i]) continue;
    ++dose.taken;
    if (changed_at(track.form, before, after, i)) ++dose.changed;
  }
  return dose;
}

Dose StepLoss::measure(const Sample& before, const Sample& after, const Effect& effect) const {
  Dose dose;
  for (const Track& track : tracks(before)) {
    const Dose one = measure_track(track, before, after, effect);
    dose.total += one.total;
    dose.eligible += one.eligible;
    dose.taken += one.taken;
    dose.changed += one.changed;
  }
  return with_shares(dose);
}

}  // namespace shakedown::perturb
