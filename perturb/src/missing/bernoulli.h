#pragma once

#include <string>
#include <vector>

#include "missing/drawn.h"
#include "shakedown/perturb/positions.h"

namespace shakedown::perturb {

struct BernoulliOptions : DrawOptions {
  std::string count = "bernoulli";
};

/// Steps are lost one by one: what missing.random and missing.temporal, which differ in sharing, are.
class BernoulliLoss : public DrawnLoss {
 protected:
  explicit BernoulliLoss(const BernoulliOptions& options) : DrawnLoss(options), exact_(options.count == "exact") {}

 private:
  [[nodiscard]] std::vector<std::size_t> pick(const Stream& stream, const std::vector<bool>& eligible,
                                              double rate) const final {
    return exact_ ? take_count(stream, eligible, share_of(count_eligible(eligible), rate))
                  : take_each(stream, eligible, rate);
  }
  bool exact_;
};

template <class P>
Schema<P>& declare_bernoulli(Schema<P>& schema) {
  return declare_draws(schema.choice("count", &P::Config::count, {"bernoulli", "exact"},
                                     "Each eligible step by itself with probability rate, or exactly round(rate L) of "
                                     "the L of a sample, halves to even."));
}

}  // namespace shakedown::perturb
