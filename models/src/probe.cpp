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

class Prober {
 public:
  Prober(const Model& model, std::span<const Sample> samples, std::size_t batch_size)
      : model_(model),
        samples_(samples),
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
  [[nodiscard]] const Sample& sample(std::size_t index) const { return samples_[index % samples_.size()]; }

  /// Samples first, second, first, ... in one batch of `size`; its longest row is the same at every size above one.
  [[nodiscard]] Predictions alternating(std::size_t size, std::size_t first = 0) const {
    std::vector<Request> batch;
    for (std::size_t i = 0; i < size; ++i) batch.push_back({sample((first + i) % 2), sample((first + i) % 2)});
    return model_.predict(batch);
  }

  [[nodiscard]] Predictions pair(const Sample& first, const Sample& second) const {
    const std::vector<Request> batch{{first, first}, {second, second}};
    return model_.predict(batch);
  }

  [[nodiscard]] Predictions predict_all() const {
    Predictions all;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const Predictions two = pair(sample(i), sample(i + 1));
      if (all.rows > 0 && two.columns != all.columns) {
        throw Error(ErrorKind::kModel, "the number of outputs changes from batch to batch");
      }
      all.columns = two.columns;
      ++all.rows;
      all.values.insert(all.values.end(), row(two, 0).begin(), row(two, 0).end());
    }
    return all;
  }

  void repeat() {
    const double difference = largest_difference(pair(sample(0), sample(0)).values, pair(sample(0), sample(0)).values);
    report_.measures["repeat"] = difference;
    if (difference == 0) return;
    throw Error(ErrorKind::kModel, "not deterministic: the same input twice gives outputs that differ by " +
                                       format_number(difference) +
                                       ": dropout left on (export after model.eval()), random numbers drawn in "
                                       "forward(), or state kept between calls");
  }

  void alternate() {
    if (samples_.size() < 2) return;
    const Predictions before = pair(sample(0), sample(0));
    (void)pair(sample(1), sample(1));
    const double difference = largest_difference(before.values, pair(sample(0), sample(0)).values);
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
    const Predictions two = alternating(2);
    double largest = 0;
    for (const std::size_t size : {std::size_t{7}, std::max<std::size_t>(batch_size_, 3)}) {
      Predictions other;
      try {
        other = alternating(size);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kModel) throw;
        throw fixed_batch_advice("it runs with a batch of 2 and fails with " + std::to_string(size) + ": " +
                                 error.what());
      }
      for (std::size_t i = 0; i < size; ++i)
        largest = std::max(largest, largest_difference(row(two, i % 2), row(other, i)));
    }
    report_.measures["batch_size"] = largest;
    if (largest <= kTolerance * spread_) return;
    throw fixed_batch_advice("predictions depend on the batch: batches of 2, 7 and " + std::to_string(batch_size_) +
                             " differ by " + format_number(largest) + ", outputs vary by " + format_number(spread_));
  }

  void order_in_batch() {
    if (samples_.size() < 2 || *fixed_ < 2) return;
    const Predictions one = alternating(*fixed_, 0), other = alternating(*fixed_, 1);
    const double difference =
        std::max(largest_difference(row(one, 0), row(other, 1)), largest_difference(row(one, 1), row(other, 0)));
    report_.measures["batch_size"] = difference;
    if (difference <= kTolerance * spread_) return;
    throw Error(ErrorKind::kModel, "a prediction depends on the place in the batch: it differs by " +
                                       format_number(difference) + ", outputs vary by " + format_number(spread_));
  }

  /// The same sample beside a longer one: only its padding changes.
  void padding() {
    const Sample& plain = sample(0);
    const auto longer = lengthened(plain, model_.manifest());
    if (!longer) return;
    double difference = 0;
    try {
      difference = largest_difference(row(pair(plain, plain), 0), row(pair(plain, *longer), 0));
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
    const auto [incomplete, one, other] = two_complete_views(sample(0), sample(1));
    const std::vector<Request> first{{incomplete, one}, {incomplete, one}};
    const std::vector<Request> second{{incomplete, other}, {incomplete, other}};
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
  std::span<const Sample> samples_;
  std::optional<std::size_t> fixed_;
  std::size_t batch_size_;
  double spread_ = 1;
  ProbeReport report_;
};

}  // namespace

ProbeReport probe(const Model& model, std::span<const Sample> samples, std::size_t batch_size) {
  if (samples.empty()) throw Error(ErrorKind::kInternal, "probing a model needs at least one sample");
  return in_context("probing model " + model.manifest().name, [&] {
    return Prober(model, samples.first(std::min<std::size_t>(samples.size(), 8)), batch_size).report();
  });
}

}  // namespace shakedown::models
