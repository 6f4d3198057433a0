#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "shakedown/core/text.h"
#include "slices.h"

namespace shakedown::metrics {
namespace {

constexpr std::size_t kFewestSamples = 10;
constexpr std::size_t kMostNames = 20;
constexpr std::size_t kDistinctNumbers = 8;  ///< above this, numbers are cut into quarters
constexpr std::size_t kQuarters = 4;

/// Three digits, as people name an edge.
std::string edge(double value) {
  return format_number(parse_number(fmt::format("{:.3g}", value)).value_or(value));
}

class Slicer {
 public:
  explicit Slicer(std::vector<std::string>& notes) : notes_(&notes) {}

  /// One slice a name, in the order of `names` where given; a sample without a name is in none.
  void by_name(const std::string& by, const std::vector<std::string>& of_samples, std::vector<std::string> names = {}) {
    std::map<std::string, std::vector<char>> members;
    for (std::size_t sample = 0; sample < of_samples.size(); ++sample) {
      if (of_samples[sample].empty()) continue;
      members.try_emplace(of_samples[sample], of_samples.size(), 0).first->second[sample] = 1;
    }
    if (names.empty()) {
      for (const auto& [name, inside] : members) names.push_back(name);
    }
    for (const std::string& name : names) {
      const auto found = members.find(name);
      if (found != members.end()) add(by, name, found->second);
    }
  }

  /// Quarters of the samples by value; equal values stay together, NaN is in none.
  void by_number(const std::string& by, const std::vector<double>& of_samples) {
    std::vector<double> sorted;
    for (const double value : of_samples) {
      if (std::isfinite(value)) sorted.push_back(value);
    }
    std::sort(sorted.begin(), sorted.end());
    const std::set<double> distinct(sorted.begin(), sorted.end());
    if (distinct.size() < 2) return;
    if (distinct.size() <= kDistinctNumbers) {
      std::vector<std::string> names, of_names;
      for (const double value : distinct) names.push_back(format_number(value));
      for (const double value : of_samples) of_names.push_back(std::isfinite(value) ? format_number(value) : "");
      return by_name(by, of_names, names);
    }
    std::vector<double> starts;
    for (std::size_t quarter = 0; quarter < kQuarters; ++quarter) {
      const double start = sorted[quarter * sorted.size() / kQuarters];
      if (starts.empty() || start > starts.back()) starts.push_back(start);
    }
    for (std::size_t part = 0; part < starts.size(); ++part) {
      const bool last = part + 1 == starts.size();
      const double low = starts[part], high = last ? sorted.back() : starts[part + 1];
      std::vector<char> inside(of_samples.size(), 0);
      for (std::size_t sample = 0; sample < of_samples.size(); ++sample) {
        const double value = of_samples[sample];
        inside[sample] = value >= low && (last || value < high) ? 1 : 0;
      }
      add(by, edge(low) + (last ? " to " : " to below ") + edge(high), inside);
    }
  }

  /// Names, or numbers where every value is one.
  void by_column(const std::string& by, const std::vector<std::string>& of_samples) {
    std::vector<double> numbers;
    std::set<std::string> names;
    bool numeric = true;
    for (const std::string& text : of_samples) {
      const std::optional<double> value = parse_number(text);
      numbers.push_back(value.value_or(std::nan("")));
      numeric = numeric && (value || text.empty());
      if (!text.empty()) names.insert(text);
    }
    if (numeric) return by_number(by, numbers);
    if (names.size() < 2) return;
    if (names.size() > kMostNames) {
      notes_->push_back(fmt::format("not sliced by {}: {} names, at most {}", by, names.size(), kMostNames));
      return;
    }
    by_name(by, of_samples);
  }

  void samples_are_units() { samples_as_units_ = true; }
  [[nodiscard]] std::vector<SliceRows> take() {
    if (small_ > 0) {
      notes_->push_back(fmt::format("{} of fewer than {} samples left out", count_of(small_, "slice"), kFewestSamples));
    }
    return std::move(slices_);
  }

 private:
  void add(const std::string& by, const std::string& value, const std::vector<char>& inside) {
    const auto n = static_cast<std::size_t>(std::count(inside.begin(), inside.end(), 1));
    if (n == inside.size()) return;  // nothing to compare it with
    if (n < kFewestSamples) {
      ++small_;
      return;
    }
    if (!known_.insert(inside).second) return;  // another name for samples that are a slice already
    slices_.push_back({by, value, inside, samples_as_units_});
  }

  std::vector<std::string>* notes_;
  std::vector<SliceRows> slices_;
  std::set<std::vector<char>> known_;
  std::size_t small_ = 0;
  bool samples_as_units_ = false;
};

std::vector<std::string> collect(const RunView& view, const std::function<std::string(std::size_t)>& of) {
  std::vector<std::string> values;
  for (std::size_t sample = 0; sample < view.samples(); ++sample) values.push_back(of(sample));
  return values;
}

}  // namespace

std::vector<SliceRows> slices_of(const RunView& view, std::vector<std::string>& notes) {
  const Task& task = view.task();
  const std::vector<SampleRow>& samples = view.run().samples;
  Slicer slicer(notes);
  if (task.kind == Task::Kind::kClassification) {
    slicer.by_name(
        "label",
        collect(view, [&](std::size_t sample) { return task.labels[static_cast<std::size_t>(view.label(sample))]; }),
        task.labels);
  } else {
    slicer.by_name("label",
                   collect(view,
                           [&](std::size_t sample) {
                             const double y = view.label(sample);
                             return y < 0 ? "below 0" : y > 0 ? "above 0" : "0";
                           }),
                   {"below 0", "0", "above 0"});
  }
  // What was measured of the clean input: lengths, speech level, face width.
  std::set<std::string> measures;
  const bool measured = !view.run().cells.empty() && view.run().cells.front().clean() && view.complete(0);
  for (std::size_t sample = 0; measured && sample < view.samples(); ++sample) {
    for (const auto& [name, value] : view.outcome(0, sample).measures) measures.insert(name);
  }
  for (const std::string& name : measures) {
    std::vector<double> values;
    for (std::size_t sample = 0; sample < view.samples(); ++sample) {
      const auto& own = view.outcome(0, sample).measures;
      const double* const found = own.find(name);
      values.push_back(found == nullptr ? std::nan("") : *found);
    }
    slicer.by_number(name, values);
  }
  std::set<std::string> columns;
  for (const SampleRow& sample : samples) {
    for (const auto& [name, value] : sample.metadata) columns.insert(name);
  }
  for (const std::string& name : columns) {
    slicer.by_column(name, collect(view, [&](std::size_t sample) {
                       const auto found = samples[sample].metadata.find(name);
                       return found == samples[sample].metadata.end() ? std::string() : found->second;
                     }));
  }
  slicer.samples_are_units();
  slicer.by_name("group", collect(view, [&](std::size_t sample) { return samples[sample].group; }));
  return slicer.take();
}

}  // namespace shakedown::metrics
