#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "shakedown/core/sample.h"

namespace shakedown::models {

/// Remembers what was made of a shared immutable object, by the object's identity: cells that leave a modality
/// untouched share it. Bounded by bytes, the least recently used leaves first. Thread-safe; two threads may
/// make the same value at once.
template <class Key, class Value>
class IdentityCache {
 public:
  explicit IdentityCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// `make(*key)` gives the value, `bytes(value)` its size.
  template <class Make, class Bytes>
  Shared<Value> get(const Shared<Key>& key, Make&& make, Bytes&& bytes) {
    if (auto known = find(key)) return known;
    auto made = std::make_shared<const Value>(make(*key));
    insert(key, made, bytes(*made));
    return made;
  }

 private:
  struct Entry {
    const Key* address;
    std::weak_ptr<const Key> key;  // another object may have taken the address of one that is gone
    Shared<Value> value;
    std::size_t bytes;
  };

  Shared<Value> find(const Shared<Key>& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = index_.find(key.get());
    if (found == index_.end()) return nullptr;
    if (found->second->key.lock() != key) {
      erase(found->second);
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  void insert(const Shared<Key>& key, Shared<Value> value, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = index_.find(key.get()); found != index_.end()) erase(found->second);
    entries_.push_front({key.get(), key, std::move(value), bytes});
    index_[key.get()] = entries_.begin();
    bytes_ += bytes;
    while (bytes_ > max_bytes_ && entries_.size() > 1) erase(std::prev(entries_.end()));
  }

  void erase(typename std::list<Entry>::iterator entry) {
    bytes_ -= entry->bytes;
    index_.erase(entry->address);
    entries_.erase(entry);
  }

  std::mutex mutex_;
  std::list<Entry> entries_;
  std::unordered_map<const Key*, typename std::list<Entry>::iterator> index_;
  std::size_t bytes_ = 0, max_bytes_;
};

}  // namespace shakedown::models
