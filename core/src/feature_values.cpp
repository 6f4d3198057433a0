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

// Two threads may find them at once: the first one's stay.
template <class Find>
const std::vector<std::uint8_t>& FeatureValues::EmptyRows::get(Find&& find) const {
  if (const auto* known = found_.load(std::memory_order_acquire)) return *known;
  auto mine = std::make_unique<const std::vector<std::uint8_t>>(find());
  const std::vector<std::uint8_t>* others = nullptr;
  if (!found_.compare_exchange_strong(others, mine.get(), std::memory_order_acq_rel)) return *others;
  return *mine.release();
}

const std::vector<std::uint8_t>& FeatureValues::empty_rows(std::size_t dims) const {
  return empty_.get([&] {
    const std::vector<float>& values = all();
    std::vector<std::uint8_t> empty(dims == 0 ? 0 : values.size() / dims);
    for (std::size_t r = 0; r < empty.size(); ++r) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(r * dims);
      empty[r] = std::all_of(first, first + static_cast<std::ptrdiff_t>(dims), [](float x) { return x == 0; }) ? 1 : 0;
    }
    return empty;
  });
}

std::vector<float>& FeatureValues::all() {
  empty_.forget();
  if (blanked_) replace(without(blanked_->whole->own_, blanked_->zeros.size(), blanked_->zero));
  return own_;
}

const std::vector<float>& FeatureValues::filled_in() const {
  std::call_once(blanked_->asked,
                 [this] { blanked_->made = without(blanked_->whole->own_, blanked_->zeros.size(), blanked_->zero); });
  return blanked_->made;
}

}  // namespace shakedown
