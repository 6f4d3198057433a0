#include "shakedown/core/gallery.h"

#include <array>
#include <utility>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

constexpr std::array<std::pair<GalleryRule, std::string_view>, 3> kNames{{{GalleryRule::kWorstFlip, "worst_flip"},
                                                                          {GalleryRule::kTypical, "typical"},
                                                                          {GalleryRule::kSurvival, "survival"}}};

}  // namespace

std::string_view gallery_rule_name(GalleryRule rule) {
  for (const auto& [known, name] : kNames)
    if (known == rule) return name;
  throw Error(ErrorKind::kInternal, "gallery: unknown rule");
}

GalleryRule gallery_rule_from_name(std::string_view name) {
  for (const auto& [rule, known] : kNames)
    if (known == name) return rule;
  throw Error(ErrorKind::kData,
              "rule '" + std::string(name) + "' is unknown: worst_flip, typical and survival are accepted");
}

}  // namespace shakedown
