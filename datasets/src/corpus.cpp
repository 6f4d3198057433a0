#include "shakedown/datasets/corpus.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace shakedown::datasets {

std::size_t sample_bytes(const Sample& sample) {
  std::size_t bytes = sizeof(Sample) + sample.id.size() + sample.group.size() + sample.speaker.size();
  if (sample.transcript) {
    bytes += sample.transcript->text.size() + sample.transcript->times.size() * sizeof(Transcript::Word);
  }
  if (sample.tokens) bytes += 3 * sample.tokens->ids.size() * sizeof(std::int64_t);
  for (const Shared<Sequence>* const form : {&sample.embedding, &sample.audio_features, &sample.vision_features}) {
    if (*form) bytes += (*form)->values.size() * sizeof(float);
  }
  if (sample.waveform) bytes += sample.waveform->pcm.size() * sizeof(float);
  if (sample.clip) {
    for (const auto& frame : sample.clip->frames) bytes += sizeof(Image) + (frame ? frame->pixels.size() : 0);
  }
  if (sample.faces) bytes += sample.faces->boxes.size() * sizeof(sample.faces->boxes.front());
  return bytes;
}

/// Least recently used samples, by index. Two threads that miss the same sample both load it, which
/// costs time once and never a lock held while decoding.
class DatasetCorpus::Cache {
 public:
  explicit Cache(std::size_t limit) : limit_(limit) {}

  std::optional<Sample> find(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(index);
    if (found == entries_.end()) return std::nullopt;
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->sample;
  }

  void insert(std::size_t index, const Sample& sample) {
    const std::size_t bytes = sample_bytes(sample);
    const std::scoped_lock lock(mutex_);
    if (bytes > limit_ || entries_.contains(index)) return;
    recent_.push_front({index, bytes, sample});
    entries_[index] = recent_.begin();
    bytes_ += bytes;
    while (bytes_ > limit_) {
      bytes_ -= recent_.back().bytes;
      entries_.erase(recent_.back().index);
      recent_.pop_back();
    }
  }

  std::size_t bytes() {
    const std::scoped_lock lock(mutex_);
    return bytes_;
  }

 private:
  struct Entry {
    std::size_t index, bytes;
    Sample sample;
  };
  std::mutex mutex_;
  std::size_t limit_, bytes_ = 0;
  std::list<Entry> recent_;  // the most recently used first
  std::unordered_map<std::size_t, std::list<Entry>::iterator> entries_;
};

/// Data sets opened by path, each with an index of its ids.
class DatasetCorpus::Externals {
 public:
  explicit Externals(OpenOptions options) : options_(std::move(options)) {}

  std::optional<Sample> find(const std::string& data, const std::string& id) {
    const Opened& opened = open(data);
    const auto found = opened.rows.find(id);
    if (found == opened.rows.end()) return std::nullopt;
    return opened.dataset->load(found->second);
  }

 private:
  struct Opened {
    std::unique_ptr<Dataset> dataset;
    std::unordered_map<std::string, std::size_t> rows;
  };

  const Opened& open(const std::string& data) {
    const std::scoped_lock lock(mutex_);  // held while opening: no data set is opened twice
    const auto found = opened_.find(data);
    if (found != opened_.end()) return found->second;
    Opened opened{datasets::open(data, options_), {}};
    for (std::size_t row = 0; row < opened.dataset->size(); ++row)
      opened.rows.emplace(opened.dataset->info(row).id, row);
    return opened_.emplace(data, std::move(opened)).first->second;
  }

  OpenOptions options_;
  std::mutex mutex_;
  std::map<std::string, Opened> opened_;
};

DatasetCorpus::DatasetCorpus(const Dataset& dataset, std::size_t cache_bytes, OpenOptions external)
    : dataset_(dataset),
      by_id_(dataset.size()),
      cache_(std::make_unique<Cache>(cache_bytes)),
      externals_(std::make_unique<Externals>(std::move(external))) {
  std::iota(by_id_.begin(), by_id_.end(), std::size_t{0});
  std::ranges::sort(by_id_, {}, [&](std::size_t index) -> const std::string& { return dataset_.info(index).id; });
}

DatasetCorpus::~DatasetCorpus() = default;

std::size_t DatasetCorpus::size() const {
  return dataset_.size();
}
const SampleInfo& DatasetCorpus::info(std::size_t index) const {
  return dataset_.info(index);
}
const std::vector<std::size_t>& DatasetCorpus::by_id() const {
  return by_id_;
}
Shared<FeatureStatistics> DatasetCorpus::statistics(Form form) const {
  return dataset_.statistics(form);
}
std::vector<ColumnBlock> DatasetCorpus::columns() const {
  return dataset_.columns();
}
std::size_t DatasetCorpus::cached_bytes() const {
  return cache_->bytes();
}

Sample DatasetCorpus::load(std::size_t index) const {
  if (std::optional<Sample> kept = cache_->find(index)) return *std::move(kept);
  Sample sample = dataset_.load(index);
  cache_->insert(index, sample);
  return sample;
}

SampleShape DatasetCorpus::shape(std::size_t index) const {
  return dataset_.shape(index);
}

Shared<Transcript> DatasetCorpus::transcript(std::size_t index) const {
  return dataset_.transcript(index);
}

std::optional<Sample> DatasetCorpus::external(const std::string& data, const std::string& id) const {
  return externals_->find(data, id);
}

}  // namespace shakedown::datasets
