#include "gallery_words.h"

#include <cmath>

#include "figures.h"
#include "media_files.h"
#include "shakedown/core/error.h"

namespace shakedown::reports {
namespace {

std::string samples(std::size_t count) {
  return counted(count, "changed sample", "changed samples");
}

std::string metric_text(const GalleryChoice& choice) {
  const auto text = [&](double value) { return std::isnan(value) ? std::string(kDash) : show(choice.metric, value); };
  return metric_title(choice.metric) + " " + text(choice.metric_before) + " to " + text(choice.metric_after);
}

}  // namespace

std::string rule_title(GalleryRule rule) {
  switch (rule) {
    case GalleryRule::kWorstFlip: return "Worst flips";
    case GalleryRule::kTypical: return "Typical";
    case GalleryRule::kSurvival: return "Surprising survivals";
  }
  throw Error(ErrorKind::kInternal, "gallery: unknown rule");
}

std::string rule_text(GalleryRule rule) {
  switch (rule) {
    case GalleryRule::kWorstFlip:
      return "Decided right on the clean input and wrong in the cell, the largest damage first.";
    case GalleryRule::kTypical:
      return "The sample whose damage is nearest the median of its cell; of each perturbation the level of middle "
             "loss.";
    case GalleryRule::kSurvival:
      return "Of each perturbation the level that costs most: the sample that was decided right before and after and "
             "moved least.";
  }
  throw Error(ErrorKind::kInternal, "gallery: unknown rule");
}

std::string reason_of(const GalleryChoice& choice) {
  switch (choice.rule) {
    case GalleryRule::kWorstFlip:
      return "Damage " + plain(choice.damage) + "; " + std::to_string(choice.flipped) + " of " +
             samples(choice.changed) + " of this cell flip from right to wrong.";
    case GalleryRule::kTypical:
      return "Damage " + plain(choice.damage) + "; the median of " + samples(choice.changed) + " of this cell is " +
             plain(choice.median) + " (" + metric_text(choice) + ").";
    case GalleryRule::kSurvival:
      return "Moved by " + plain(choice.shift) + "; the cell takes " + metric_text(choice) + ", and " +
             std::to_string(choice.stayed) + " of " + samples(choice.changed) + " stay right.";
  }
  throw Error(ErrorKind::kInternal, "gallery: unknown rule");
}

std::vector<std::string> without_sample(std::vector<std::string> command) {
  for (std::size_t i = 1; i < command.size(); ++i)
    if (command[i - 1] == "--sample") command[i] = kHiddenSample;
  return command;
}

}  // namespace shakedown::reports
