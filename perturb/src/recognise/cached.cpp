#include <exception>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <span>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/perturb/recognisers.h"

namespace shakedown::perturb {
namespace {

class Cached final : public Recogniser {
 public:
  Cached(Shared<Recogniser> recogniser, std::size_t bytes) : recogniser_(std::move(recogniser)), most_(bytes) {}

  std::string recognise(const Utterance& utterance) const override {
    const Waveform& sound = utterance.waveform;
    const Digest key = Hasher()
                           .add(std::int64_t{sound.sample_rate_hz})
                           .add(std::int64_t{sound.channels})
                           .add_array(std::span<const float>(sound.pcm))
                           .finish();
    std::promise<std::string> mine;
    std::shared_future<std::string> answer;
    bool first = false;
    {
      const std::scoped_lock lock(mutex_);
      const auto [entry, fresh] = entries_.try_emplace(key, Entry{{}, order_.end()});
      if (fresh) {
        entry->second.answer = mine.get_future().share();
      } else if (entry->second.place != order_.end()) {
        order_.splice(order_.end(), order_, entry->second.place);
      }
      answer = entry->second.answer;
      first = fresh;
    }
    if (first) {
      std::size_t size = 0;
      try {
        std::string words = recogniser_->recognise(utterance);
        size = words.size();
        mine.set_value(std::move(words));
      } catch (...) {
        mine.set_exception(std::current_exception());
      }
      keep(key, size);
    }
    return answer.get();
  }

  std::vector<std::pair<std::string, std::filesystem::path>> files() const override { return recogniser_->files(); }

 private:
  static constexpr std::size_t kEntryBytes = 256;  // keys, nodes, the shared state of the answer
  using Order = std::list<std::pair<Digest, std::size_t>>;
  struct Entry {
    std::shared_future<std::string> answer;
    Order::iterator place;
  };

  // Only answers that are there can be dropped: others are waited for.
  void keep(const Digest& key, std::size_t size) const {
    const std::scoped_lock lock(mutex_);
    const std::size_t bytes = size + kEntryBytes;
    entries_.at(key).place = order_.insert(order_.end(), {key, bytes});
    held_ += bytes;
    while (held_ > most_ && !order_.empty()) {
      held_ -= order_.front().second;
      entries_.erase(order_.front().first);
      order_.pop_front();
    }
  }

  Shared<Recogniser> recogniser_;
  std::size_t most_;
  mutable std::mutex mutex_;
  mutable Order order_;  // asked for last at the end
  mutable std::map<Digest, Entry> entries_;
  mutable std::size_t held_ = 0;
};

}  // namespace

std::unique_ptr<const Recogniser> make_cached(Shared<Recogniser> recogniser, std::size_t bytes) {
  return std::make_unique<Cached>(std::move(recogniser), bytes);
}

}  // namespace shakedown::perturb
