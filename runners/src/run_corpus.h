#pragma once

#include <map>
#include <mutex>
#include <string>

#include "shakedown/core/recogniser.h"
#include "shakedown/datasets/corpus.h"
#include "shakedown/models/model.h"

namespace shakedown::runners {

/// A data set with all that perturbations may ask for beside its samples: donors, data corrupted elsewhere,
/// recognisers. The same sound is recognised once (as long as its answer is kept).
class RunCorpus final : public datasets::DatasetCorpus {
 public:
  /// @param models  how recognisers in TorchScript are loaded
  RunCorpus(const datasets::Dataset& dataset, datasets::OpenOptions external, models::LoadOptions models = {});
  /// @throws Error(kUsage) naming the line of a manifest that is wrong, Error(kData), Error(kModel)
  [[nodiscard]] Shared<Recogniser> recogniser(const std::string& manifest) const override;

 private:
  models::LoadOptions models_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Shared<Recogniser>> recognisers_;
};

}  // namespace shakedown::runners
