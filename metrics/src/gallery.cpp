#include "shakedown/metrics/gallery.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "aggregates.h"
#include "answers.h"
#include "conventions.h"
#include "findings.h"
#include "shakedown/core/text.h"
#include "shakedown/metrics/metric.h"
#include "specs.h"

namespace shakedown::metrics {
namespace {

/// Samples of a cell that a rule looks at: enough to give way where the first are taken.
constexpr std::size_t kRunnersUp = 16;

/// A sample of a cell that was really changed.
struct Changed {
  std::size_t sample = 0;
  double damage = 0, shift = 0;
  bool right_before = false, right_now = false;
};

struct ShownCell {
  std::size_t cell = 0, reference = 0;
  std::vector<Changed> flips, typical, stays;        ///< the first of each rule, in its order
  std::size_t changed = 0, flipped = 0, stayed = 0;  ///< samples: all, harmful flips, right before and now
  double median = 0;                                 ///< of their damage
  double metric_before = std::numeric_limits<double>::quiet_NaN(), metric_after = metric_before;
  double loss = 0;  ///< of the primary metric, positive is worse; 0 where it is undefined
};

/// Error gained; for classes the probability that the label's class lost.
double damage_of(const RunView& view, std::size_t sample, double before, double now) {
  if (view.task().kind != Task::Kind::kRegression) return before - now;
  return std::abs(now - view.label(sample)) - std::abs(before - view.label(sample));
}

/// What was hit did not change, or lies where the model does not look: its survival would surprise nobody.
bool reached_the_model(const Dose& dose) {
  return dose.taken <= 0 || (dose.changed > 0 && dose.beyond < dose.taken);
}

/// The first of a cell's changed samples in an order.
template <class Order>
std::vector<Changed> first_of(std::vector<Changed> changed, Order order) {
  const auto end = changed.begin() + static_cast<std::ptrdiff_t>(std::min(kRunnersUp, changed.size()));
  std::partial_sort(changed.begin(), end, changed.end(), [&](const Changed& a, const Changed& b) {
    return std::tuple(order(a), a.sample) < std::tuple(order(b), b.sample);
  });
  changed.erase(end, changed.end());
  return changed;
}

std::optional<ShownCell> shown_cell(const RunView& view, std::size_t cell, const MetricSpec& primary) {
  const auto reference = view.run().cell_index(view.run().cells[cell].reference);
  if (!reference || !view.complete(*reference)) return std::nullopt;
  ShownCell shown;
  shown.cell = cell;
  shown.reference = *reference;
  const auto rows = view.scored_in_both(cell, *reference);
  std::vector<double> damages;
  std::vector<Changed> changed, flips, stays;
  for (const std::size_t row : rows) {
    const Outcome& outcome = view.outcome(cell, row);
    if (outcome.state != State::kApplied || !reached_the_model(outcome.dose)) continue;
    const auto &now = outcome.outputs, &before = view.outcome(*reference, row).outputs;
    Changed one;
    one.sample = row;
    one.damage = damage_of(view, row, value_of(view, row, before), value_of(view, row, now));
    one.shift = prediction_shift(now.data(), before.data(), now.size(), view.task());
    one.right_before = decision(before.data(), before.size(), view.task()) == truth_of(view, row);
    one.right_now = decision(now.data(), now.size(), view.task()) == truth_of(view, row);
    damages.push_back(one.damage);
    changed.push_back(one);
    if (one.right_before) (one.right_now ? stays : flips).push_back(one);
  }
  if (changed.empty()) return std::nullopt;
  shown.changed = changed.size();
  shown.flipped = flips.size();
  shown.stayed = stays.size();
  shown.median = median(std::move(damages));
  shown.flips = first_of(std::move(flips), [](const Changed& x) { return -x.damage; });
  shown.typical = first_of(std::move(changed), [&](const Changed& x) { return std::abs(x.damage - shown.median); });
  shown.stays = first_of(std::move(stays), [](const Changed& x) { return x.shift; });
  const auto now = primary.compute(view.gather(cell, rows), view.task()).value;
  const auto before = primary.compute(view.gather(*reference, rows), view.task()).value;
  if (now) shown.metric_after = *now;
  if (before) shown.metric_before = *before;
  if (now && before) shown.loss = primary.gain(*now, *before);
  return shown;
}

struct Entry {
  const ShownCell* cell = nullptr;
  Changed changed;
};

class Chooser {
 public:
  Chooser(const RunView& view, const std::vector<ShownCell>& cells, std::size_t items)
      : view_(view), cells_(cells), items_(items) {
    std::set<Modality> modalities;
    for (const ShownCell& cell : cells) modalities.insert(row(cell).modality);
    of_modality_ = modalities.empty() ? items : (items + modalities.size() - 1) / modalities.size();
    for (const ShownCell& cell : cells) families_[row(cell).family].push_back(&cell);
    for (auto& [name, family] : families_) {
      std::sort(family.begin(), family.end(), [&](const ShownCell* a, const ShownCell* b) {
        return std::tuple(-a->loss, id(*a)) < std::tuple(-b->loss, id(*b));
      });
    }
  }

  std::vector<GalleryChoice> choose() {
    take(GalleryRule::kWorstFlip, flips());
    take(GalleryRule::kTypical, typical());
    take(GalleryRule::kSurvival, survivals());
    return std::move(chosen_);
  }

 private:
  [[nodiscard]] const CellRow& row(const ShownCell& cell) const { return view_.run().cells[cell.cell]; }
  [[nodiscard]] const std::string& id(const ShownCell& cell) const { return row(cell).id; }

  [[nodiscard]] std::vector<Entry> flips() const {
    std::vector<Entry> entries;
    for (const ShownCell& cell : cells_) {
      for (const Changed& one : cell.flips) entries.push_back({&cell, one});
    }
    std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
      return std::tuple(-a.changed.damage, id(*a.cell), a.changed.sample) <
             std::tuple(-b.changed.damage, id(*b.cell), b.changed.sample);
    });
    return entries;
  }

  /// Of each family the cell of middle loss, then those beside it; families by the loss of their worst cell.
  [[nodiscard]] std::vector<Entry> typical() const {
    std::vector<std::tuple<std::size_t, double, std::string, const ShownCell*>> order;
    for (const auto& [name, family] : families_) {
      const std::size_t middle = family.size() / 2;
      for (std::size_t at = 0; at < family.size(); ++at) {
        const std::size_t distance = at > middle ? at - middle : middle - at;
        order.emplace_back(distance, -family.front()->loss, id(*family[at]), family[at]);
      }
    }
    std::sort(order.begin(), order.end());
    std::vector<Entry> entries;
    for (const auto& entry : order) {
      const ShownCell& cell = *std::get<3>(entry);
      for (const Changed& one : cell.typical) entries.push_back({&cell, one});
    }
    return entries;
  }

  /// Of each family the cell that costs most, the costliest first.
  [[nodiscard]] std::vector<Entry> survivals() const {
    std::vector<const ShownCell*> worst;
    for (const auto& [name, family] : families_)
      if (family.front()->loss > 0) worst.push_back(family.front());
    std::sort(worst.begin(), worst.end(), [&](const ShownCell* a, const ShownCell* b) {
      return std::tuple(-a->loss, id(*a)) < std::tuple(-b->loss, id(*b));
    });
    std::vector<Entry> entries;
    for (const ShownCell* cell : worst) {
      for (const Changed& one : cell->stays) entries.push_back({cell, one});
    }
    return entries;
  }

  /// The first entries that keep samples single, and cells within the rule; perturbations and modalities repeat only
  /// where nothing else is left.
  void take(GalleryRule rule, const std::vector<Entry>& entries) {
    std::set<std::size_t> cells;
    std::set<std::string> perturbations;
    std::map<Modality, std::size_t> modalities;
    std::size_t taken = 0;
    for (const bool spread_modalities : {true, false}) {
      for (const bool spread_perturbations : {true, false}) {
        for (const Entry& entry : entries) {
          if (taken == items_) return;
          const CellRow& cell = row(*entry.cell);
          const std::string perturbation = perturbation_of(cell);
          if (cells.contains(entry.cell->cell) || samples_used_.contains(entry.changed.sample)) continue;
          if (spread_perturbations && perturbations.contains(perturbation)) continue;
          if (spread_modalities && modalities[cell.modality] >= of_modality_) continue;
          cells.insert(entry.cell->cell);
          samples_used_.insert(entry.changed.sample);
          perturbations.insert(perturbation);
          ++modalities[cell.modality];
          ++taken;
          chosen_.push_back(choice(rule, entry));
        }
      }
    }
  }

  [[nodiscard]] std::string name_of(int decided) const {
    if (view_.task().kind == Task::Kind::kClassification) return view_.task().labels[static_cast<std::size_t>(decided)];
    return decided == 0 ? "negative" : "positive";
  }

  [[nodiscard]] GalleryPrediction prediction(std::size_t cell, std::size_t sample) const {
    const auto& outputs = view_.outcome(cell, sample).outputs;
    return {name_of(decision(outputs.data(), outputs.size(), view_.task())),
            value_of(view_, sample, outputs),
            {outputs.begin(), outputs.end()}};
  }

  [[nodiscard]] GalleryChoice choice(GalleryRule rule, const Entry& entry) const {
    const ShownCell& cell = *entry.cell;
    const std::size_t sample = entry.changed.sample;
    GalleryChoice made;
    made.rule = rule;
    made.cell = cell.cell;
    made.sample = sample;
    made.label_class = name_of(truth_of(view_, sample));
    made.label = label_text(view_, sample);
    made.before = prediction(cell.reference, sample);
    made.after = prediction(cell.cell, sample);
    made.damage = entry.changed.damage;
    made.shift = entry.changed.shift;
    made.changed = cell.changed;
    made.flipped = cell.flipped;
    made.stayed = cell.stayed;
    made.median = cell.median;
    made.metric = view_.task().primary;
    made.metric_before = cell.metric_before;
    made.metric_after = cell.metric_after;
    return made;
  }

  const RunView& view_;
  const std::vector<ShownCell>& cells_;
  std::size_t items_, of_modality_ = 0;
  std::map<std::string, std::vector<const ShownCell*>> families_;  ///< costliest first
  std::set<std::size_t> samples_used_;
  std::vector<GalleryChoice> chosen_;
};

}  // namespace

std::vector<GalleryChoice> choose_gallery(const RunData& run, const std::set<std::string>& leave_out,
                                          std::size_t items_of_a_rule) {
  const RunView view(run);
  const MetricSpec primary = metrics_for(view.task()).front();
  const std::vector<bool> vacuous = vacuous_cells(view);
  std::vector<ShownCell> cells;
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    const CellRow& row = run.cells[cell];
    const bool scored = row.label_effect == LabelEffect::kInvariant || row.label_effect == LabelEffect::kUnknowable;
    if (row.clean() || !view.complete(cell) || !scored || !row.valid || vacuous[cell] || leave_out.contains(row.id))
      continue;
    if (auto shown = shown_cell(view, cell, primary)) cells.push_back(std::move(*shown));
  }
  return Chooser(view, cells, items_of_a_rule).choose();
}

}  // namespace shakedown::metrics
