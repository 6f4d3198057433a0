#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feature_table.h"
#include "fields.h"
#include "manifest.h"
#include "pickle.h"

namespace shakedown::datasets {

/// The dict of one split inside a pickle, its keys found by role and checked against each other. Values
/// stay in the mapped file.
class MmsaSplit {
 public:
  enum class Parts { kAll, kFeatures };  ///< statistics need no ids and labels

  /// @param split  as asked for; `pickle` may hold the dict of this split itself, or a dict of splits
  /// @throws Error(kData) when the split is absent, a key that the manifest names is absent, or arrays differ
  /// in their number of samples
  MmsaSplit(std::shared_ptr<const Pickle> pickle, const Manifest& manifest, const std::string& split,
            Parts parts = Parts::kAll);

  /// The dict of `split` in `pickle`; null when the file holds other splits only.
  static const PickleObject* find(const Pickle& pickle, const Manifest& manifest, const std::string& split);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const FeatureTable* features(Form form) const;
  [[nodiscard]] const SequenceColumn* tokens() const { return tokens_ ? &*tokens_ : nullptr; }
  [[nodiscard]] const Column* column(const std::string& role) const;  ///< "raw_text", "id", "group", "speaker"
  [[nodiscard]] const std::vector<std::pair<LabelSource, Column>>& labels() const { return labels_; }
  [[nodiscard]] bool names_split() const { return names_split_; }  ///< the file says which split this is
  [[nodiscard]] const Pickle& pickle() const { return *pickle_; }

 private:
  const PickleObject* key(const std::string& role, const std::vector<std::string>& usual, std::string* found) const;
  void find_features();
  void find_columns();
  void find_labels();
  void check_sizes();

  std::shared_ptr<const Pickle> pickle_;
  const Manifest& manifest_;
  const PickleObject* dict_ = nullptr;
  std::size_t size_ = 0;
  bool names_split_ = false;
  std::optional<SequenceColumn> tokens_;
  std::map<Form, FeatureTable> features_;
  std::map<std::string, Column> columns_;
  std::vector<std::pair<LabelSource, Column>> labels_;
  std::vector<std::pair<std::string, std::size_t>> sizes_;  ///< key, number of samples
};

}  // namespace shakedown::datasets
