#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/corpus.h"
#include "shakedown/datasets/dataset.h"

namespace shakedown::datasets {

/// Bytes that a sample's parts take in memory; parts shared with other samples are counted in full.
[[nodiscard]] std::size_t sample_bytes(const Sample& sample);

/// A data set as perturbations see it: loaded samples are kept, the least recently used ones dropped, within
/// a bound of bytes (a sample larger than the bound is given but not kept). Data sets of `external` cells
/// are opened at their first use and kept open. Thread-safe; the data set must outlive it.
class DatasetCorpus : public Corpus {
 public:
  /// @param external  how data sets of external() are opened; its split should be that of `dataset`
  DatasetCorpus(const Dataset& dataset, std::size_t cache_bytes, OpenOptions external = {});
  ~DatasetCorpus() override;

  [[nodiscard]] std::size_t size() const override;
  [[nodiscard]] const SampleInfo& info(std::size_t index) const override;
  [[nodiscard]] const std::vector<std::size_t>& by_id() const override;
  [[nodiscard]] Sample load(std::size_t index) const override;
  [[nodiscard]] Shared<FeatureStatistics> statistics(Form form) const override;
  [[nodiscard]] std::vector<ColumnBlock> columns() const override;
  [[nodiscard]] std::optional<Sample> external(const std::string& data, const std::string& id) const override;

  /// Bytes of the samples kept now.
  [[nodiscard]] std::size_t cached_bytes() const;

 protected:
  [[nodiscard]] SampleShape shape(std::size_t index) const override;
  [[nodiscard]] Shared<Transcript> transcript(std::size_t index) const override;

 private:
  class Cache;
  class Externals;
  const Dataset& dataset_;
  std::vector<std::size_t> by_id_;
  std::unique_ptr<Cache> cache_;
  std::unique_ptr<Externals> externals_;
};

}  // namespace shakedown::datasets
