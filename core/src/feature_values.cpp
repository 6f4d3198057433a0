#include "shakedown/core/feature_values.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace shakedown {
namespace {

std::vector<float> without(const std::vector<float>& whole, std::size_t dims, const std::vector<std::uint8_t>& zero) {
  std::vector<float> values = whole;
  for (std::size_t row = 0; row < zero.size(); ++row) {
    if (zero[row] != 0) std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(row * dims), dims, 0.0F);
  }
  return values;
}

}  // namespace

FeatureValues FeatureValues::blanked(std::shared_ptr<const FeatureValues> whole, std::size_t dims,
                                     std::vector<std::uint8_t> zero) {
  if (whole->blanked_) {  // by an earlier part of a composition
    const auto& before = whole->blanked_->zero;
    std::transform(zero.begin(), zero.end(), before.begin(), zero.begin(), std::bit_or<>());
    whole = whole->blanked_->whole;
  }
  FeatureValues values;
  values.blanked_ = std::make_shared<Blanked>();
  values.blanked_->whole = std::move(whole);
  values.blanked_->zero = std::move(zero);
  values.blanked_->zeros.assign(dims, 0.0F);
  return values;
}

std::vector<float>& FeatureValues::all() {
  if (blanked_) replace(without(blanked_->whole->own_, blanked_->zeros.size(), blanked_->zero));
  return own_;
}

const std::vector<float>& FeatureValues::filled_in() const {
  std::call_once(blanked_->asked,
                 [this] { blanked_->made = without(blanked_->whole->own_, blanked_->zeros.size(), blanked_->zero); });
  return blanked_->made;
}

}  // namespace shakedown
