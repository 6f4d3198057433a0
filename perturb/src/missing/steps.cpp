#include "missing/steps.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "missing/write.h"
#include "shakedown/core/error.h"
#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {
namespace {

bool sound_differs(const Waveform& a, const Waveform& b, std::size_t step) {
  const std::size_t width = sound_step(a) * static_cast<std::size_t>(a.channels);
  const std::size_t begin = step * width;
  const std::size_t end = std::min({begin + width, a.pcm.size(), b.pcm.size()});
  for (std::size_t i = begin; i < end; ++i) {
    if (a.pcm[i] != b.pcm[i]) return true;
  }
  return false;
}

// Whether the values at positions of one form really changed.
class ChangeTest {
 public:
  ChangeTest(Form form, const Sample& before, const Sample& after, bool removed)
      : form_(form), before_(before), after_(after) {
    if (!after.present().has(form)) {
      all_ = true;
    } else if (removed || form == Form::kTranscript) {  // positions moved
      all_ = replaced_forms(before, after).has(form);
    } else if (form == Form::kEmbedding || form == Form::kAudioFeatures || form == Form::kVisionFeatures) {
      a_ = sequence_of(before, form).get();
      b_ = sequence_of(after, form).get();
      if (a_ != nullptr && b_ != nullptr && b_->values.original() == &a_->values) {
        zero_ = &b_->values.zero_rows();
        empty_ = &a_->values.empty_rows(a_->dims);
      }
    }
  }

  [[nodiscard]] bool operator()(std::size_t position) const {
    if (all_) return *all_;
    switch (form_) {
      case Form::kTokens:
        return before_.tokens->ids[position] != after_.tokens->ids[position] ||
               before_.tokens->mask[position] != after_.tokens->mask[position];
      case Form::kWaveform: return sound_differs(*before_.waveform, *after_.waveform, position);
      case Form::kFrames: {
        const auto &a = before_.clip->frames[position], &b = after_.clip->frames[position];
        return a != b && a->pixels != b->pixels;
      }
      default:
        if (a_ == b_ || position >= std::min(a_->length, b_->length)) return false;
        // A row set to zero changed unless it was zero.
        return zero_ != nullptr ? (*zero_)[position] != 0 && (*empty_)[position] == 0 : row_differs(*a_, *b_, position);
    }
  }

 private:
  Form form_;
  const Sample& before_;
  const Sample& after_;
  std::optional<bool> all_;  // one answer for all positions
  const Sequence *a_ = nullptr, *b_ = nullptr;
  const std::vector<std::uint8_t>* zero_ = nullptr;   // rows of a_ that are zero in b_
  const std::vector<std::uint8_t>* empty_ = nullptr;  // rows that were zero before, where zero_ is set
};

void add_counts(Dose& sum, const Dose& one) {
  sum.total += one.total;
  sum.eligible += one.eligible;
  sum.taken += one.taken;
  sum.changed += one.changed;
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
  std::size_t lost = 0;
  const auto may_lose = [](const Track& track) {
    return std::find(track.eligible.begin(), track.eligible.end(), true) != track.eligible.end();
  };
  if (std::none_of(tracks.begin(), tracks.end(), may_lose))
    return Effect::ineligible("there is no step that may be lost");
  if (std::string why = draw(sample, corpus, rng, tracks); !why.empty()) return Effect::skipped(std::move(why));

  Effect effect;
  const Sample before = forms_of(sample);
  for (const Track& track : tracks) lost += track.lost.size();
  effect.decisions.reserve(lost);
  for (const Track& track : tracks) {
    if (track.lost.empty()) continue;
    write_lost(sample, track, options_, corpus, rng);
    for (const std::size_t position : track.lost) effect.decisions.push_back(decision_of(track.form, position));
    if (tracks.size() == 1) effect.touched = runs_of(track.lost);  // steps of several forms are no one axis
  }
  if (lost == 0) effect = Effect::unchanged("no step was drawn");
  Dose whole;
  for (const Track& track : tracks) {
    const Dose dose = measure_track(track, before, sample);
    add_counts(whole, dose);
    if (dose.eligible == 0) continue;
    const std::string name(modality_name(modality_of(track.form)));
    effect.measures["realised_" + name] = dose.taken / dose.eligible;
    effect.measures["effective_" + name] = dose.changed / dose.eligible;
  }
  effect.dose = with_shares(whole);
  return effect;
}

Dose StepLoss::measure_track(const Track& track, const Sample& before, const Sample& after) const {
  Dose dose;
  dose.total = static_cast<double>(track.length - track.padding);
  std::size_t eligible = count_eligible(track.eligible), taken = 0, really = 0;
  const ChangeTest changed(track.form, before, after, options_.fill == "remove");
  for (const std::size_t step : track.lost) {
    // Cut to what the model takes, a token may stand last that was not last when the mask was drawn.
    if (!track.eligible[step]) ++eligible;
    ++taken;
    if (changed(step)) ++really;
  }
  dose.eligible = static_cast<double>(eligible);
  dose.taken = static_cast<double>(taken);
  dose.changed = static_cast<double>(really);
  return dose;
}

Dose StepLoss::measure(const Sample& before, const Sample& after, const Effect& effect) const {
  std::vector<Track> tracks = this->tracks(before);
  for (const std::int64_t decision : effect.decisions) {
    const auto track = std::find_if(tracks.begin(), tracks.end(), [decision](const Track& candidate) {
      const std::int64_t position = decision - decision_of(candidate.form, 0);
      return position >= 0 && position < static_cast<std::int64_t>(candidate.length);
    });
    if (track == tracks.end()) continue;  // cut off
    track->lost.push_back(static_cast<std::size_t>(decision - decision_of(track->form, 0)));
  }
  Dose dose;
  for (const Track& track : tracks) add_counts(dose, measure_track(track, before, after));
  return with_shares(dose);
}

}  // namespace shakedown::perturb
