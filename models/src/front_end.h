#pragma once

#include <memory>
#include <vector>

#include "identity_cache.h"
#include "shakedown/core/sample.h"
#include "shakedown/media/text.h"
#include "shakedown/models/manifest.h"
#include "source.h"

namespace shakedown::models {

/// One sample's values of one source before they become a tensor; exactly one part is set.
struct Row {
  Shared<Tokens> tokens;
  Shared<Sequence> sequence;
  Shared<std::vector<float>> samples;         ///< mono sound
  Shared<std::vector<Shared<Image>>> frames;  ///< as the model takes them, scaled or cropped

  [[nodiscard]] std::size_t steps() const;          ///< stored steps, padding included
  [[nodiscard]] std::size_t valid() const;          ///< steps before the padding
  [[nodiscard]] bool in_mask(std::size_t t) const;  ///< valid, and not taken out of the mask by a cell
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

 private:
  [[nodiscard]] Shared<Tokens> tokens(const Sample& sample) const;
  [[nodiscard]] Shared<Sequence> spectrum(const Sample& sample) const;
  [[nodiscard]] Shared<std::vector<float>> mono(const Sample& sample) const;
  [[nodiscard]] Shared<std::vector<Shared<Image>>> frames(const Sample& sample, const Sample& original) const;

  InputSpec spec_;
  std::string base_;
  std::unique_ptr<const media::WordPiece> word_piece_;
  struct Caches;
  std::shared_ptr<Caches> caches_;
};

}  // namespace shakedown::models
