#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/run_data.h"
#include "shakedown/core/sample.h"

namespace shakedown {

/// Why a sample of a cell stands in the gallery.
enum class GalleryRule {
  kWorstFlip,  ///< right on the cell's clean reference, wrong in the cell, with the largest damage
  kTypical,    ///< damage nearest the cell's median
  kSurvival    ///< the cell costs most, and the decision stayed right with the least shift
};
[[nodiscard]] std::string_view gallery_rule_name(GalleryRule rule);  ///< "worst_flip", "typical", "survival"
/// @throws Error(kData) for a name that gallery_rule_name() never gives
[[nodiscard]] GalleryRule gallery_rule_from_name(std::string_view name);

/// What a model said of a sample.
struct GalleryPrediction {
  std::string decision;         ///< class, or "positive" and "negative"
  double value = 0;             ///< regression: the prediction; classes: the probability of the label's class
  std::vector<double> outputs;  ///< as stored
};

/// One sample of one cell, chosen from stored outcomes.
struct GalleryChoice {
  GalleryRule rule = GalleryRule::kTypical;
  std::size_t cell = 0, sample = 0;  ///< into the run that it was chosen from
  std::string label, label_class;    ///< as the data gives it, and the decision that would be right
  GalleryPrediction before, after;   ///< on the cell's clean reference, and in the cell
  double damage = 0;                 ///< error gained; for classes the probability that the label's class lost
  double shift = 0;  ///< how far the prediction moved; for classes half the L1 distance of probabilities

  // What the rule went by: of the cell's samples that were really changed.
  std::size_t changed = 0, flipped = 0, stayed = 0;  ///< all, right before and now wrong, right before and now
  double median = 0;                                 ///< of their damage
  std::string metric;                                ///< primary
  double metric_before = 0, metric_after = 0;        ///< of the whole cell, NaN where undefined
};

/// A choice with its media: what was perturbed once more, with the draws of the run.
struct GalleryItem {
  GalleryChoice choice;
  CellRow cell;
  SampleRow sample;
  Dose dose;
  std::map<std::string, double> measures;
  Sample clean, corrupted;           ///< clean with its face track where it has a clip and one could be made
  std::vector<std::string> command;  ///< words of a command line that shows this very sample
};

/// A choice that could not be shown.
struct GalleryLeftOut {
  std::string cell, sample, why;
};

/// Takes the items of one run one by one, so that the media of only one are in memory.
class GallerySink {
 public:
  virtual ~GallerySink() = default;
  virtual void add(const GalleryItem& item) = 0;
  virtual void finish(const std::vector<GalleryLeftOut>& left_out) = 0;
};

}  // namespace shakedown
