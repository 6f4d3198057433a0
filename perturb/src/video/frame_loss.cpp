#include "frame_loss.h"

#include <algorithm>
#include <memory>

#include "head_proxy.h"
#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {
namespace {

bool same(const Image& a, const Image& b) {
  return &a == &b || (a.width == b.width && a.height == b.height && a.pixels == b.pixels);
}

}  // namespace

std::vector<std::size_t> chosen_frames(const FrameChoice& choice, const Stream& stream,
                                       const std::vector<bool>& eligible) {
  if (choice.pattern == "random") return take_each(stream, eligible, choice.fraction);
  const std::size_t count = share_of(count_eligible(eligible), choice.fraction);
  const int runs = choice.pattern == "bursts" ? choice.bursts : 1;
  return take_blocks(stream, eligible, count, static_cast<std::size_t>(runs));
}

std::vector<bool> frames_with_face(const Sample& sample) {
  std::vector<bool> with(sample.clip->frames.size(), false);
  for (std::size_t i = 0; sample.faces && i < std::min(with.size(), sample.faces->boxes.size()); ++i) {
    const auto& box = sample.faces->boxes[i];
    with[i] = box && HeadFrame::of(*box).has_value();
  }
  return with;
}

void describe_loss(Effect& effect, const std::vector<std::size_t>& lost) {
  effect.touched = runs_of(lost);
  effect.decisions.assign(lost.begin(), lost.end());
  double longest = 0;
  for (const Span& run : effect.touched) longest = std::max(longest, run.end - run.begin);
  effect.measures["runs"] = static_cast<double>(effect.touched.size());
  effect.measures["longest_run_frames"] = longest;
}

Effect lose_frames(Sample& sample, std::vector<Shared<Image>> frames, const std::vector<std::size_t>& lost,
                   bool removed) {
  if (lost.empty()) return Effect::unchanged("no frame was drawn");
  Effect effect;
  describe_loss(effect, lost);
  if (!removed && frames == sample.clip->frames) {
    effect.state = State::kUnchanged;
    effect.reason = "the frames drawn come out as they went in";
    return effect;
  }
  sample.clip = std::make_shared<const Clip>(Clip{std::move(frames), sample.clip->fps});
  return effect;
}

Dose measure_frames(const Sample& before, const Sample& after, const Effect& effect, const std::vector<bool>& eligible,
                    bool removed) {
  const auto& frames = before.clip->frames;
  Dose dose;
  dose.total = static_cast<double>(frames.size());
  dose.eligible = static_cast<double>(count_eligible(eligible));
  std::vector<bool> lost(frames.size(), false);
  for (const std::int64_t position : effect.decisions) {
    const auto i = static_cast<std::size_t>(position);
    if (position >= 0 && i < frames.size() && eligible[i]) lost[i] = true;
  }
  dose.taken = static_cast<double>(count_eligible(lost));
  const auto& out = after.clip->frames;
  if (removed) {
    std::size_t next = 0;
    bool in_order = true;
    for (std::size_t i = 0; i < frames.size() && next < out.size(); ++i) {
      if (!lost[i]) in_order = in_order && same(*frames[i], *out[next++]);
    }
    if (in_order) dose.changed = dose.taken;
  } else {
    for (std::size_t i = 0; i < std::min(frames.size(), out.size()); ++i) {
      if (lost[i] && !same(*frames[i], *out[i])) ++dose.changed;
    }
  }
  return with_shares(dose);
}

DoseSpec fraction_of_frames(std::vector<double> ladder) {
  return {.parameter = "fraction", .unit = "", .identity = 0, .ladder = std::move(ladder), .fraction = true};
}

}  // namespace shakedown::perturb
