#pragma once

#include "shakedown/core/corpus.h"
#include "shakedown/core/error.h"

namespace shakedown {

/// A corpus without other samples, for perturbations that need none.
class Nobody final : public Corpus {
 public:
  std::size_t size() const override { return 0; }
  const SampleInfo& info(std::size_t) const override { throw Error(ErrorKind::kInternal, "no other clips"); }
  const std::vector<std::size_t>& by_id() const override { return none_; }
  Sample load(std::size_t) const override { throw Error(ErrorKind::kInternal, "no other clips"); }
  Shared<FeatureStatistics> statistics(Form) const override { return nullptr; }
  std::optional<Sample> external(const std::string&, const std::string&) const override { return std::nullopt; }

 private:
  std::vector<std::size_t> none_;
};

}  // namespace shakedown
