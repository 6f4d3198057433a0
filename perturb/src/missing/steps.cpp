#include "missing/steps.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {

// One modality of a sample: the form on which its mask is decided, and the mask.
struct StepLoss::Track {
  Form form = Form::kTokens;
  std::size_t length = 0;
  std::vector<bool> eligible;
  std::vector<std::size_t> lost;
};

namespace {

// Decisions are recorded as form and position in one integer.
constexpr int kFormShift = 32;

std::int64_t decision(Form form, std::size_t position) {
  return (static_cast<std::int64_t>(form) << kFormShift) + static_cast<std::int64_t>(position);
}

// Of positions 0..count-1 those that follow the step `of_count` positions are divided into.
std::vector<std::size_t> follow(std::size_t count, std::size_t of_count, const std::vector<std::size_t>& lost) {
  const std::set<std::size_t> steps(lost.begin(), lost.end());
  std::vector<std::size_t> following;
  for (std::size_t i = 0; i < count; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    const auto step = static_cast<std::size_t>(centre * static_cast<double>(of_count));
    if (steps.count(std::min(step, of_count - 1)) > 0) following.push_back(i);
  }
  return following;
}

std::vector<std::size_t> eligible_positions(const std::vector<bool>& eligible) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < eligible.size(); ++i) {
    if (eligible[i]) positions.push_back(i);
  }
  return positions;
}

bool has_specials(const Sample& sample) {
  return sample.tokens && sample.tokens->has_specials;
}

bool row_differs(const Sequence& a, const Sequence& b, std::size_t step) {
  // A NaN that stays is no change.
  return !std::equal(a.row(step), a.row(step) + a.dims, b.row(step), b.row(step) + b.dims,
                     [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

// Whether the values at one position of a track really changed, in any form of its modality.
bool changed_at(Form form, const Sample& before, const Sample& after, std::size_t position) {
  const auto sequence_changed = [&](const Shared<Sequence>& a, const Shared<Sequence>& b) {
    return a && b && a != b && position < std::min(a->length, b->length) && row_differs(*a, *b, position);
  };
  if (form != Form::kTokens) return sequence_changed(sequence_of(before, form), sequence_of(after, form));
  return before.tokens && after.tokens && before.tokens->ids[position] != after.tokens->ids[position];
}

}  // namespace

std::vector<StepLoss::Track> StepLoss::tracks_of(const Sample& sample) const {
  std::vector<Track> tracks;
  const auto add = [&](Form form, std::size_t length, bool specials) {
    const bool ends = options_.protect == "ends" || (options_.protect == "specials" && specials);
    tracks.push_back({form, length, eligible_units(length, ends, ends), {}});
  };
  const std::vector<Modality> modalities = modalities_of(options_.modality);
  const auto selected = [&](Modality modality) {
    return std::find(modalities.begin(), modalities.end(), modality) != modalities.end();
  };
  const bool text_shares = options_.sharing == "shared" && selected(Modality::kText) && has_specials(sample);
  if (selected(Modality::kText)) {
    if (sample.tokens) {
      add(Form::kTokens, sample.tokens->length(), sample.tokens->has_specials);
    } else if (sample.embedding) {
      add(Form::kEmbedding, sample.embedding->length, false);
    }
  }
  for (const Form form : {Form::kAudioFeatures, Form::kVisionFeatures}) {
    if (selected(modality_of(form)) && sequence_of(sample, form)) {
      add(form, sequence_of(sample, form)->length, text_shares);
    }
  }
  return tracks;
}

void StepLoss::share(std::vector<Track>& tracks, const Stream& stream, const Pick& pick) const {
  const auto by_count = [](const Track& a, const Track& b) {
    return count_eligible(a.eligible) < count_eligible(b.eligible);
  };
  const Track shortest = *std::min_element(tracks.begin(), tracks.end(), by_count);
  const std::size_t steps = count_eligible(shortest.eligible);
  if (steps == 0) return;
  const bool aligned = std::all_of(tracks.begin(), tracks.end(),
                                   [&](const Track& track) { return track.eligible == shortest.eligible; });
  if (aligned) {
    const auto lost = pick(stream, shortest.eligible);
    for (Track& track : tracks) track.lost = lost;
    return;
  }
  const auto lost = pick(stream, eligible_units(steps));
  for (Track& track : tracks) {
    const auto positions = eligible_positions(track.eligible);
    for (const std::size_t i : follow(positions.size(), steps, lost)) track.lost.push_back(positions[i]);
  }
}

void StepLoss::write(Sample& sample, const Track& track, const Corpus& corpus, const Rng& rng) const {
  const auto fill = [&](Form form, const std::vector<std::size_t>& lost) {
    const Stream stream = rng.stream(fmt::format("fill/{}", form_name(form)));
    const auto& whole = sequence_of(sample, form);
    if (!lost.empty()) set_sequence(sample, form, Fill{options_.fill}.apply(*whole, lost, form, corpus, stream));
  };
  if (track.form != Form::kTokens) return fill(track.form, track.lost);
  auto tokens = std::make_shared<Tokens>(*sample.tokens);
  for (const std::size_t position : track.lost) tokens->ids[position] = options_.unk_id;
  sample.tokens = std::move(tokens);
  if (!sample.embedding) return;
  const std::size_t length = sample.embedding->length;
  fill(Form::kEmbedding, length == track.length ? track.lost : follow(length, track.length, track.lost));
}

Effect StepLoss::apply(Sample& sample, const Corpus& corpus, const Rng& rng, const Pick& pick) const {
  std::vector<Track> tracks = tracks_of(sample);
  if (tracks.empty())
    return Effect::skipped(fmt::format("the sample has no features or tokens of {}", options_.modality));
  std::size_t eligible = 0, lost = 0;
  for (const Track& track : tracks) eligible += count_eligible(track.eligible);
  if (eligible == 0) return Effect::ineligible("there is no step that may be lost");

  if (options_.sharing == "shared") {
    share(tracks, rng.stream("shared"), pick);
  } else {
    for (Track& track : tracks) track.lost = pick(rng.stream(modality_name(modality_of(track.form))), track.eligible);
  }

  Effect effect;
  for (const Track& track : tracks) {
    if (track.lost.empty()) continue;
    write(sample, track, corpus, rng);
    for (const std::size_t position : track.lost) effect.decisions.push_back(decision(track.form, position));
    if (tracks.size() == 1) effect.touched = runs_of(track.lost);  // steps of several forms are no one axis
    lost += track.lost.size();
  }
  return lost == 0 ? Effect::unchanged("no step was drawn") : effect;
}

Dose StepLoss::measure(const Sample& before, const Sample& after, const Effect& effect) const {
  const std::set<std::int64_t> lost(effect.decisions.begin(), effect.decisions.end());
  Dose dose;
  for (const Track& track : tracks_of(before)) {
    dose.total += static_cast<double>(track.length);
    for (std::size_t i = 0; i < track.length; ++i) {
      const bool taken = lost.count(decision(track.form, i)) > 0;
      // Cut to what the model takes, a token may stand last that was not last when the mask was drawn.
      if (taken || track.eligible[i]) ++dose.eligible;
      if (!taken) continue;
      ++dose.taken;
      if (changed_at(track.form, before, after, i)) ++dose.changed;
    }
  }
  if (dose.eligible > 0) {
    dose.realised = dose.taken / dose.eligible;
    dose.effective = dose.changed / dose.eligible;
  }
  return dose;
}

}  // namespace shakedown::perturb
