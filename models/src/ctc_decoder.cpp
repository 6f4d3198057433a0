#include "ctc_decoder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace shakedown::models {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double log_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kNever ? a : a + std::log1p(std::exp(b - a));
}

// The prefixes that were kept at some frame, as a tree: node 0 is the empty one.
class Prefixes {
 public:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] std::size_t last(std::size_t node) const { return nodes_[node].label; }
  [[nodiscard]] std::size_t find(std::size_t node, std::size_t label) const {
    const auto found = children_.find({node, label});
    return found == children_.end() ? kNone : found->second;
  }
  std::size_t add(std::size_t node, std::size_t label) {
    nodes_.push_back({node, label});
    children_[{node, label}] = nodes_.size() - 1;
    return nodes_.size() - 1;
  }
  [[nodiscard]] std::vector<std::size_t> labels(std::size_t node) const {
    std::vector<std::size_t> labels;
    for (; node != 0; node = nodes_[node].parent) labels.push_back(nodes_[node].label);
    std::reverse(labels.begin(), labels.end());
    return labels;
  }

 private:
  struct Node {
    std::size_t parent = kNone, label = kNone;
  };
  std::vector<Node> nodes_{Node{}};
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> children_;
};

// A prefix with the log-probability of the paths that end in a blank and of those that end in its last label. One that
// the tree does not hold yet is its parent with `label` behind.
struct Candidate {
  std::size_t node = 0, label = Prefixes::kNone;
  double blank = kNever, labelled = kNever;
  [[nodiscard]] double total() const { return log_sum(blank, labelled); }
};

}  // namespace

std::vector<std::size_t> decode_greedy(const CtcFrames& frames, std::size_t blank) {
  std::vector<std::size_t> labels;
  std::size_t before = blank;
  for (std::size_t t = 0; t < frames.steps; ++t) {
    std::size_t best = 0;
    for (std::size_t label = 1; label < frames.labels; ++label)
      if (frames.at(t, label) > frames.at(t, best)) best = label;
    if (best != blank && best != before) labels.push_back(best);
    before = best;
  }
  return labels;
}

std::vector<std::size_t> decode_beam(const CtcFrames& frames, std::size_t blank, std::size_t width) {
  Prefixes prefixes;
  std::vector<Candidate> beam{{0, Prefixes::kNone, 0, kNever}};
  for (std::size_t t = 0; t < frames.steps; ++t) {
    std::vector<Candidate> next;
    std::map<std::size_t, std::size_t> place;  // node -> in next
    const auto known = [&](std::size_t node) -> Candidate& {
      const auto [entry, fresh] = place.try_emplace(node, next.size());
      if (fresh) next.push_back({node, Prefixes::kNone, kNever, kNever});
      return next[entry->second];
    };
    for (const Candidate& prefix : beam) {
      const double total = prefix.total();
      for (std::size_t label = 0; label < frames.labels; ++label) {
        const double here = frames.at(t, label);
        if (here == kNever) continue;
        if (label == blank) {
          Candidate& same = known(prefix.node);
          same.blank = log_sum(same.blank, total + here);
          continue;
        }
        const bool repeats = label == prefixes.last(prefix.node);
        if (repeats) {
          Candidate& same = known(prefix.node);
          same.labelled = log_sum(same.labelled, prefix.labelled + here);
        }
        // The same label once more takes a blank in between.
        const double longer = (repeats ? prefix.blank : total) + here;
        if (longer == kNever) continue;
        if (const auto child = prefixes.find(prefix.node, label); child != Prefixes::kNone) {
          Candidate& grown = known(child);
          grown.labelled = log_sum(grown.labelled, longer);
        } else {
          next.push_back({prefix.node, label, kNever, longer});
        }
      }
    }
    std::stable_sort(next.begin(), next.end(),
                     [](const Candidate& a, const Candidate& b) { return a.total() > b.total(); });
    if (next.size() > width) next.resize(width);
    for (Candidate& kept : next)
      if (kept.label != Prefixes::kNone)
        kept = {prefixes.add(kept.node, kept.label), Prefixes::kNone, kept.blank, kept.labelled};
    beam = std::move(next);
    if (beam.empty()) return {};  // no label is possible
  }
  return prefixes.labels(beam.front().node);
}

}  // namespace shakedown::models
