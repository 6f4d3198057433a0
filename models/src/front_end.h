#pragma once

#include <memory>
#include <vector>

#include "identity_cache.h"
#include "shakedown/core/sample.h"
#include "shakedown/media/tokenizer.h"
#include "shakedown/models/manifest.h"
#include "source.h"

namespace shakedown::models {

/// One sample's values of one source before they become a tensor; exactly one part is set.
struct Row {
  Shared<Tokens> tokens;
  Shared<Sequence> sequence;
  Shared<std::vector<float>> samples;         ///< mono sound
  Shared<std::vector<Shared<Image>>> frames;  ///< as the model takes them, scaled or cropped
  bool pads_left = false;                     ///< tokens of a family that pads on the left

  [[nodiscard]] std::size_t steps() const;            ///< stored steps, padding included
  [[nodiscard]] std::size_t valid() const;            ///< steps before the padding
  [[nodiscard]] std::size_t leading_padding() const;  ///< steps before the first valid one, of families that pad left
  [[nodiscard]] bool in_mask(std::size_t t) const;    ///< valid, and not taken out of the mask by a cell
  /// True when step `t` holds the same values in both; a step that one of them lacks, or that a cell took away,
  /// differs.
  [[nodiscard]] bool same_step(const Row& other, std::size_t t) const;
};

/// Makes rows of one source from samples: stored forms as they are, raw media through the front end that the
/// manifest asks for. Results are remembered while the raw object lives. Thread-safe.
class FrontEnd {
 public:
  /// @throws Error(kData) when the vocabulary cannot be read
  explicit FrontEnd(const InputSpec& spec);
  /// `original` is the uncorrupted sample: its face track cuts the crops where `sample` has none.
  /// @throws Error(kData) naming the sample and the form it lacks
  [[nodiscard]] Row row(const Sample& sample, const Sample& original) const;
  /// `row` as long as the tensor it goes into where padding has a side and an id of its own: tokens of a known
  /// tokenizer. Other rows stay, and the tensor's zeros are their padding.
  [[nodiscard]] Row padded(const Row& row, std::size_t steps) const;

 private:
  [[nodiscard]] Shared<Tokens> tokens(const Sample& sample) const;
  [[nodiscard]] Shared<Sequence> spectrum(const Sample& sample) const;
  [[nodiscard]] Shared<std::vector<float>> mono(const Sample& sample) const;
  [[nodiscard]] Shared<std::vector<Shared<Image>>> frames(const Sample& sample, const Sample& original) const;

  InputSpec spec_;
  std::string base_;
  std::unique_ptr<const media::Tokenizer> tokenizer_;
  struct Caches;
  std::shared_ptr<Caches> caches_;
};

}  // namespace shakedown::models
