#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/recogniser.h"
#include "shakedown/core/sample.h"

namespace shakedown {

/// Per-dimension statistics of one feature form over valid, finite frames.
struct FeatureStatistics {
  std::vector<double> mean, standard_deviation;  ///< one entry a dimension
  std::string split;                             ///< which split they were taken from
};

/// A named block of feature columns, by the data's known layout or by `columns:` of data.yaml. The names that
/// perturbations look for, with their units, are in docs/formats.md.
struct ColumnBlock {
  Form form = Form::kAudioFeatures;
  std::string name;
  std::size_t begin = 0, end = 0;  ///< dimensions [begin, end)
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// The block of `form` called `name`; null when there is none.
[[nodiscard]] const ColumnBlock* find_block(const std::vector<ColumnBlock>& columns, Form form, std::string_view name);

/// What the corpus told a perturbation and its dose is measured by.
struct Yardstick {
  std::map<Form, Shared<FeatureStatistics>> statistics;
  std::vector<ColumnBlock> columns;
};

/// What is known of a sample without decoding it.
struct SampleInfo {
  std::string id, group, speaker;
  std::map<std::string, Label> labels;
  std::map<std::string, std::string> metadata;
};

/// Steps of the token and feature forms of one sample; 0 for the forms that it has not.
struct SampleShape {
  struct Extent {
    std::size_t length = 0, padded = 0;  ///< valid steps, and with padding
    friend constexpr bool operator==(Extent, Extent) = default;
  };
  std::array<Extent, kFormCount> extents;  ///< by Form; media have none
  [[nodiscard]] const Extent& of(Form form) const { return extents[static_cast<std::size_t>(form)]; }
};
[[nodiscard]] SampleShape shape_of(const Sample& sample);

/// The read-only view of the whole split that a perturbation has beside its sample. It is always the
/// whole split in file order: --limit, --only, --shard and --resume never change it. Thread-safe.
class Corpus {
 public:
  virtual ~Corpus() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual const SampleInfo& info(std::size_t index) const = 0;
  /// Indices sorted by id: donors are drawn by position in this order.
  [[nodiscard]] virtual const std::vector<std::size_t>& by_id() const = 0;
  /// Another clip, decoded on demand through a bounded cache. @throws Error(kData) when it cannot be read
  [[nodiscard]] virtual Sample load(std::size_t index) const = 0;
  /// Statistics of a feature form (embedding, audio or vision features); nothing where the data has no such form.
  [[nodiscard]] virtual Shared<FeatureStatistics> statistics(Form form) const = 0;
  /// Blocks of feature columns whose meaning is known; empty where the layout is not.
  [[nodiscard]] virtual std::vector<ColumnBlock> columns() const { return {}; }
  /// The sample of the same id in a data set that was corrupted and re-extracted elsewhere (cells of
  /// `external`); nothing when that data has no such id. `data` is the path as the suite resolved it.
  [[nodiscard]] virtual std::optional<Sample> external(const std::string& data, const std::string& id) const = 0;
  /// The recogniser of a manifest (its path as the suite resolved it), or PocketSphinx where `manifest` is ""; opened
  /// at its first use and kept; always the same object. Nothing where recognisers are not to be had.
  /// @throws Error when it cannot be opened
  [[nodiscard]] virtual Shared<Recogniser> recogniser(const std::string& manifest) const;

  /// Shapes of all samples in file order: what a protocol needs that draws its masks for the whole split at
  /// once. Found at the first call and kept; always the same object.
  /// @throws Error(kData) when a sample cannot be read
  [[nodiscard]] Shared<std::vector<SampleShape>> shapes() const;

  /// What is said in all samples in file order, null where a sample has no transcript. Found at the first call and
  /// kept; always the same object.
  /// @throws Error(kData) when a sample cannot be read
  [[nodiscard]] Shared<std::vector<Shared<Transcript>>> transcripts() const;

 protected:
  /// shape_of() of one sample, for corpora that know it without decoding the sample.
  [[nodiscard]] virtual SampleShape shape(std::size_t index) const { return shape_of(load(index)); }
  /// The transcript of one sample, for corpora that know it without decoding the sample.
  [[nodiscard]] virtual Shared<Transcript> transcript(std::size_t index) const { return load(index).transcript; }

 private:
  mutable std::mutex shapes_mutex_, transcripts_mutex_;
  mutable Shared<std::vector<SampleShape>> shapes_;
  mutable Shared<std::vector<Shared<Transcript>>> transcripts_;
};

}  // namespace shakedown
