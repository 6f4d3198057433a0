#include "feature/features.h"

#include <algorithm>

namespace shakedown::perturb {

std::vector<Form> feature_forms(const Sample& sample, const std::vector<Modality>& modalities) {
  std::vector<Form> forms;
  for (const Form form : (kSequenceForms & sample.present()).list()) {
    if (std::find(modalities.begin(), modalities.end(), modality_of(form)) != modalities.end()) forms.push_back(form);
  }
  return forms;
}

std::vector<std::string> direction_choices() {
  return {"random", "up", "down"};
}

int sign_of(const std::string& direction, const Stream& stream) {
  constexpr std::uint64_t kSignDraw = 1;  // draw 0 of index 0 may be a position's
  if (direction == "random") return stream.uniform(0, kSignDraw) < 0.5 ? -1 : 1;
  return direction == "up" ? 1 : -1;
}

std::int64_t unit_of(Form form, std::size_t position) {
  constexpr int kFormShift = 32;
  return (static_cast<std::int64_t>(form) << kFormShift) + static_cast<std::int64_t>(position);
}

}  // namespace shakedown::perturb
