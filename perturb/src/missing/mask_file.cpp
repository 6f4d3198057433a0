#include "missing/mask_file.h"

#include <algorithm>
#include <cmath>

#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"

namespace shakedown::perturb {
namespace {

constexpr double kMostSteps = 10'000'000;

std::vector<std::size_t> positions(const Yaml& yaml) {
  std::vector<std::size_t> lost;
  const std::string text = yaml.text();
  if (trim(text).empty()) return lost;
  for (const std::string& item : split(text, ',')) {
    const auto bounds = split(item, '-');
    const auto first = parse_number(trim(bounds.front())), last = parse_number(trim(bounds.back()));
    const auto whole = [](const auto& x) { return x && *x >= 0 && *x < kMostSteps && *x == std::floor(*x); };
    if (bounds.size() > 2 || !whole(first) || !whole(last) || *last < *first) {
      yaml.fail("'" + item + "': a position or a range is accepted, 7 or 2-4");
    }
    for (auto i = static_cast<std::size_t>(*first); i <= static_cast<std::size_t>(*last); ++i) lost.push_back(i);
    if (lost.size() > static_cast<std::size_t>(kMostSteps)) yaml.fail("more than 10000000 positions");
  }
  std::sort(lost.begin(), lost.end());
  lost.erase(std::unique(lost.begin(), lost.end()), lost.end());
  return lost;
}

}  // namespace

std::map<std::string, GivenMask> read_masks(const std::filesystem::path& file) {
  const Yaml yaml = Yaml::load(file);
  yaml.require_schema("shakedown.masks/1");
  yaml.only({"schema", "masks"});
  std::map<std::string, GivenMask> masks;
  for (const auto& [id, entry] : yaml.require("masks").entries()) {
    entry.only({"text", "audio", "video"});
    GivenMask& mask = masks[id];
    for (const Modality modality : {Modality::kText, Modality::kAudio, Modality::kVideo}) {
      if (const Yaml lost = entry.get(modality_name(modality))) mask[modality] = positions(lost);
    }
  }
  return masks;
}

}  // namespace shakedown::perturb
