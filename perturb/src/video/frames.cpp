#include "frames.h"

#include <memory>
#include <utility>
#include <vector>

#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {

Effect change_frames(Sample& sample, const std::function<std::optional<Image>(std::size_t)>& changed,
                     const char* otherwise) {
  Clip after = *sample.clip;
  std::vector<std::size_t> different;
  for (std::size_t i = 0; i < after.frames.size(); ++i) {
    std::optional<Image> frame = changed(i);
    const Image& before = *after.frames[i];
    if (!frame || (frame->pixels == before.pixels && frame->width == before.width)) continue;
    after.frames[i] = std::make_shared<const Image>(*std::move(frame));
    different.push_back(i);
  }
  if (different.empty()) return Effect::unchanged(otherwise);
  Effect effect;
  effect.touched = runs_of(different);
  effect.measures["frames_changed"] = static_cast<double>(different.size());
  sample.clip = std::make_shared<const Clip>(std::move(after));
  return effect;
}

}  // namespace shakedown::perturb
