#include "kept_tensors.h"

#include <algorithm>
#include <thread>

namespace shakedown::models {

std::optional<KeptTensor> KeptTensors::take(const std::vector<HeldRow>& wanted) {
  const std::scoped_lock lock(mutex_);
  if (kept_.empty() || wanted.empty()) return std::nullopt;
  auto found = std::find_if(kept_.begin(), kept_.end(), [&](const KeptTensor& kept) {
    return !kept.rows.empty() && kept.rows.front().content() == wanted.front().content();
  });
  if (found == kept_.end()) found = kept_.begin();
  KeptTensor kept = std::move(*found);
  kept_.erase(found);
  return kept;
}

void KeptTensors::give(KeptTensor kept) {
  static const std::size_t kMost = std::max<std::size_t>(2, std::thread::hardware_concurrency());
  const std::scoped_lock lock(mutex_);
  if (kept_.size() < kMost) kept_.push_back(std::move(kept));
}

}  // namespace shakedown::models
