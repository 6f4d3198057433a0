#include <algorithm>
#include <cmath>
#include <utility>

#include "probe_samples.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/models/model.h"
#include "source.h"

namespace shakedown::models {
namespace {

constexpr double kTolerance = 1e-4;  // of the outputs' standard deviation
constexpr std::size_t kMostItems = 8;

double largest_difference(std::span<const double> a, std::span<const double> b) {
  double largest = a.size() == b.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    const double difference = std::abs(a[i] - b[i]);
    largest = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(largest, difference);
  }
  return largest;
}

std::span<const double> row(const Predictions& predictions, std::size_t index) {
  return std::span(predictions.values).subspan(index * predictions.columns, predictions.columns);
}

/// Largest standard deviation of a column; where all outputs are equal, their size, so that rounding is allowed.
double spread(const Predictions& predictions) {
  double largest = 0, size = 0;
  for (std::size_t c = 0; c < predictions.columns; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t r = 0; r < predictions.rows; ++r) sum += row(predictions, r)[c];
    const double mean = sum / static_cast<double>(predictions.rows);
    for (std::size_t r = 0; r < predictions.rows; ++r) squares += std::pow(row(predictions, r)[c] - mean, 2);
    largest = std::max(largest, std::sqrt(squares / static_cast<double>(predictions.rows)));
    size = std::max(size, std::abs(mean));
  }
  if (!(largest > 1e-6 * size)) largest = size;  // NaN as well
  return largest > 0 ? largest : 1.0;
}

/// What one row of a batch is made of: a sample, or the utterances of a dialogue.
using Item = std::vector<Sample>;

std::vector<Item> items_of(std::span<const Sample> samples, bool dialogues) {
  std::vector<Item> items;
  for (const Sample& sample : samples) {
    const bool same = dialogues && !items.empty() && items.back().back().group == sample.group;
    if (!same && items.size() == kMostItems) break;
    if (!same) items.emplace_back();
    items.back().push_back(sample);
  }
  return items;
}

/// Predictions of several items, those of each together.
struct Answer {
  Predictions predictions;
  std::vector<std::size_t> first;  ///< request of each item, and the end

  [[nodiscard]] std::span<const double> item(std::size_t index) const {
    const std::size_t columns = predictions.columns;
    return std::span(predictions.values).subspan(first[index] * columns, (first[index + 1] - first[index]) * columns);
  }
};

class Prober {
 public:
  Prober(const Model& model, std::span<const Sample> samples, std::size_t batch_size)
      : model_(model),
        items_(items_of(samples, model.manifest().dialogues)),
        fixed_(model.manifest().fixed_batch),
        batch_size_(std::max<std::size_t>(1, batch_size)) {}

  ProbeReport report() {
    repeat();  // before anything else: a memory may be full after a few samples
    alternate();
    const Predictions all = predict_all();
    spread_ = spread(all);
    report_.columns = all.columns;
    report_.measures["spread"] = spread_;
    if (fixed_) {
      order_in_batch();
    } else {
      batch_sizes();
    }
    padding();
    complete_view();
    return std::move(report_);
  }

 private:
  [[nodiscard]] const Item& item(std::size_t index) const { return items_[index % items_.size()]; }

  [[nodiscard]] Answer ask(const std::vector<const Item*>& items) const {
    Answer answer;
    std::vector<Request> batch;
    for (std::size_t i = 0; i < items.size(); ++i) {
      answer.first.push_back(batch.size());
      for (const Sample& sample : *items[i]) batch.push_back({sample, sample, i});
    }
    answer.first.push_back(batch.size());
    answer.predictions = model_.predict(batch);
    return answer;
  }

  /// Items first, second, first, ... in one batch of `size`; its longest row is the same at every size above one.
  [[nodiscard]] Answer alternating(std::size_t size, std::size_t first = 0) const {
    std::vector<const Item*> batch;
    for (std::size_t i = 0; i < size; ++i) batch.push_back(&item((first + i) % 2));
    return ask(batch);
  }

  [[nodiscard]] Answer pair(const Item& first, const Item& second) const { return ask({&first, &second}); }

  [[nodiscard]] std::vector<double> twice(const Item& one) const { return pair(one, one).predictions.values; }

  [[nodiscard]] Predictions predict_all() const {
    Predictions all;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Answer two = pair(item(i), item(i + 1));
      if (all.rows > 0 && two.predictions.columns != all.columns) {
        throw Error(ErrorKind::kModel, "the number of outputs changes from batch to batch");
      }
      all.columns = two.predictions.columns;
      all.rows += item(i).size();
      all.values.insert(all.values.end(), two.item(0).begin(), two.item(0).end());
    }
    return all;
  }

  void repeat() {
    const double difference = largest_difference(twice(item(0)), twice(item(0)));
    report_.measures["repeat"] = difference;
    if (difference == 0) return;
    throw Error(ErrorKind::kModel, "not deterministic: the same input twice gives outputs that differ by " +
                                       format_number(difference) +
                                       ": dropout left on (export after model.eval()), random numbers drawn in "
                                       "forward(), or state kept between calls");
  }

  void alternate() {
    if (items_.size() < 2) return;
    const auto before = twice(item(0));
    (void)twice(item(1));
    const double difference = largest_difference(before, twice(item(0)));
    report_.measures["state"] = difference;
    if (difference == 0) return;
    throw Error(ErrorKind::kModel,
                "stateful_model: sample A, then B, then A again gives outputs for A that differ by " +
                    format_number(difference) +
                    ": a hidden state, memory or running statistic is kept between calls; reset it in forward()");
  }

  [[nodiscard]] Error fixed_batch_advice(const std::string& fault) const {
    return {ErrorKind::kModel,
            fault + ": if it was traced at one batch size n, add `batch: {fixed: n}` to the manifest"};
  }

  void batch_sizes() {
    const Answer two = alternating(2);
    double largest = 0;
    for (const std::size_t size : {std::size_t{7}, std::max<std::size_t>(batch_size_, 3)}) {
      Answer other;
      try {
        other = alternating(size);
      } catch (const OutOfMemory&) {
        if (size <= batch_size_) throw;
        continue;  // the run makes no call of so many rows
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kModel) throw;
        throw fixed_batch_advice("it runs with a batch of 2 and fails with " + std::to_string(size) + ": " +
                                 error.what());
      }
      for (std::size_t i = 0; i < size; ++i)
        largest = std::max(largest, largest_difference(two.item(i % 2), other.item(i)));
    }
    report_.measures["batch_size"] = largest;
    if (largest <= kTolerance * spread_) return;
    throw fixed_batch_advice("predictions depend on the batch: batches of 2, 7 and " + std::to_string(batch_size_) +
                             " differ by " + format_number(largest) + ", outputs vary by " + format_number(spread_));
  }

  void order_in_batch() {
    if (items_.size() < 2 || *fixed_ < 2) return;
    const Answer one = alternating(*fixed_, 0), other = alternating(*fixed_, 1);
    const double difference =
        std::max(largest_difference(one.item(0), other.item(1)), largest_difference(one.item(1), other.item(0)));
    report_.measures["batch_size"] = difference;
    if (difference <= kTolerance * spread_) return;
    throw Error(ErrorKind::kModel, "a prediction depends on the place in the batch: it differs by " +
                                       format_number(difference) + ", outputs vary by " + format_number(spread_));
  }

  /// The first item with longer forms and, where rows are dialogues of any length, an utterance more.
  [[nodiscard]] std::optional<Item> longer_item() const {
    Item longer = item(0);
    const auto first = lengthened(longer.front(), model_.manifest());
    if (first) longer.front() = *first;
    const bool open = model_.manifest().dialogues && !model_.manifest().utterances;
    if (open) longer.push_back(item(0).front());
    return first || open ? std::optional(std::move(longer)) : std::nullopt;
  }

  /// The same item beside a longer one: only its padding changes.
  void padding() {
    const Item& plain = item(0);
    const auto longer = longer_item();
    if (!longer) return;
    double difference = 0;
    try {
      difference = largest_difference(pair(plain, plain).item(0), pair(plain, *longer).item(0));
    } catch (const OutOfMemory&) {
      throw;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModel) throw;
      // A model traced at one length takes no other; then no padding can change either.
      report_.warnings.push_back({"padding_sensitive",
                                  "the model fails on longer padding (" + std::string(error.what()) +
                                      "): add `length:` to the inputs of fixed length",
                                  {}});
      return;
    }
    report_.measures["padding"] = difference;
    if (difference <= kTolerance * spread_) return;
    report_.warnings.push_back({"padding_sensitive",
                                "predictions change by " + format_number(difference) + " (" +
                                    format_number(difference / spread_) +
                                    " of the outputs' spread) when nothing but the padding grows: they depend on the "
                                    "other samples of the batch; fix `length:` or mask the padding",
                                {}});
  }

  void complete_view() {
    if (!reads_complete_view(model_.manifest())) return;
    const auto [incomplete, one, other] = two_complete_views(item(0).front(), item(1).front());
    const std::vector<Request> first{{incomplete, one, 0}, {incomplete, one, 1}};
    const std::vector<Request> second{{incomplete, other, 0}, {incomplete, other, 1}};
    const double difference = largest_difference(model_.predict(first).values, model_.predict(second).values);
    report_.measures["complete_view"] = difference;
    if (difference == 0) return;
    report_.warnings.push_back(
        {"sees_complete_view",
         "with the same corrupted input, predictions change by " + format_number(difference) +
             " when only the complete view changes: the model looks at what it should do without",
         {}});
  }

  const Model& model_;
  std::vector<Item> items_;
  std::optional<std::size_t> fixed_;
  std::size_t batch_size_;
  double spread_ = 1;
  ProbeReport report_;
};

}  // namespace

ProbeReport probe(const Model& model, std::span<const Sample> samples, std::size_t batch_size) {
  if (samples.empty()) throw Error(ErrorKind::kInternal, "probing a model needs at least one sample");
  return in_context("probing model " + model.manifest().name,
                    [&] { return Prober(model, samples, batch_size).report(); });
}

}  // namespace shakedown::models
