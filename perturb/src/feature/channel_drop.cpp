// Columns of a feature matrix go dead for a whole clip: an extractor compiled without a module, a failed sensor, a
// changed file format. A share of the columns is taken by one ranking a clip, so that a larger share takes the smaller
// one and more; with `block` only columns of that name can be (pitch, landmarks_x, ...), and a fraction of 1 takes all
// of the block. Dead columns read 0, or the mean of the corpus.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "feature/features.h"
#include "forms.h"
#include "missing/fill.h"
#include "shakedown/perturb/positions.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/schema.h"

namespace shakedown::perturb {
namespace {

bool column_differs(const Sequence& a, const Sequence& b, std::size_t column) {
  for (std::size_t step = 0; step < std::min(a.length, b.length); ++step) {
    const float x = a.row(step)[column], y = b.row(step)[column];
    if (x != y && !(std::isnan(x) && std::isnan(y))) return true;
  }
  return false;
}

class ChannelDrop final : public Perturbation {
 public:
  struct Config {
    double fraction = 0.25;
    std::string modality = "all", block, fill = "zero";
  };

  explicit ChannelDrop(Config config) : config_(std::move(config)), modalities_(modalities_of(config_.modality)) {}

  Effect apply(Sample& sample, const Corpus& corpus, const Rng& rng) const override {
    const auto forms = feature_forms(sample, modalities_);
    if (forms.empty()) return Effect::skipped("the sample has no features of the modality chosen");
    auto yardstick = std::make_shared<Yardstick>();
    yardstick->columns = corpus.columns();
    Effect effect;
    std::size_t columns = 0;
    for (const Form form : forms) {
      const Sequence& whole = *sequence_of(sample, form);
      const auto eligible = eligible_columns(*yardstick, form, whole.dims);
      const std::size_t count = count_eligible(eligible);
      columns += count;
      if (whole.length == 0) continue;
      const Stream stream = rng.stream(modality_name(modality_of(form)));
      const auto dead = take_count(stream, eligible, share_of(count, config_.fraction));
      if (dead.empty()) continue;
      set_sequence(sample, form, without(whole, dead, form, corpus));
      for (const std::size_t column : dead) effect.decisions.push_back(unit_of(form, column));
    }
    if (columns == 0) {
      return Effect::skipped(fmt::format("no features of the modality chosen have columns named '{}'", config_.block));
    }
    if (effect.decisions.empty()) effect = Effect::unchanged("the fraction is less than a column");
    effect.yardstick = std::move(yardstick);
    return effect;
  }

  [[nodiscard]] Dose measure(const Sample& before, const Sample& after, const Effect& effect) const override {
    Dose dose;
    const std::set<std::int64_t> dead(effect.decisions.begin(), effect.decisions.end());
    const Yardstick none;
    for (const Form form : feature_forms(before, modalities_)) {
      const auto &a = sequence_of(before, form), &b = sequence_of(after, form);
      if (a->length == 0) continue;
      const auto eligible = eligible_columns(effect.yardstick ? *effect.yardstick : none, form, a->dims);
      dose.total += static_cast<double>(a->dims);
      dose.eligible += static_cast<double>(count_eligible(eligible));
      for (std::size_t column = 0; column < a->dims; ++column) {
        if (dead.count(unit_of(form, column)) == 0) continue;
        ++dose.taken;
        if (column_differs(*a, *b, column)) ++dose.changed;
      }
    }
    return with_shares(dose);
  }

 private:
  [[nodiscard]] std::vector<bool> eligible_columns(const Yardstick& yardstick, Form form, std::size_t dims) const {
    if (config_.block.empty()) return std::vector<bool>(dims, true);
    std::vector<bool> eligible(dims, false);
    const ColumnBlock* const block = find_block(yardstick.columns, form, config_.block);
    for (std::size_t i = 0; block != nullptr && i < block->size() && block->begin + i < dims; ++i) {
      eligible[block->begin + i] = true;
    }
    return eligible;
  }

  [[nodiscard]] Shared<Sequence> without(const Sequence& whole, const std::vector<std::size_t>& dead, Form form,
                                         const Corpus& corpus) const {
    Shared<FeatureStatistics> statistics;
    if (config_.fill == "mean") statistics = statistics_for(corpus, form, whole.dims);
    auto dropped = std::make_shared<Sequence>(whole);
    for (std::size_t step = 0; step < whole.length; ++step) {
      for (const std::size_t column : dead) {
        dropped->row(step)[column] = statistics ? static_cast<float>(statistics->mean[column]) : 0.0F;
      }
    }
    return dropped;
  }

  Config config_;
  std::vector<Modality> modalities_;
};

PerturbationSpec spec() {
  using Config = ChannelDrop::Config;
  return Schema<ChannelDrop>("feature.channel_drop", Modality::kCross,
                             "Columns of the features go dead for the whole clip: a share of all, or a named block.")
      .source("Tompson et al., CVPR 2015 (whole channels dropped), as a fault of the extractor")
      .reads(kSequenceForms)
      .writes(kSequenceForms)
      .number("fraction", &Config::fraction, "", {.min = 0, .max = 1}, "Share of the columns that go dead.")
      .choice("modality", &Config::modality, modality_choices(), "Whose columns.")
      .needs([](const Config& config) {
        Needs needs;
        if (!config.block.empty()) needs.columns = {config.block};
        return needs;
      })
      .text("block", &Config::block,
            "Only columns of this name: of a known layout, or of `columns:` in data.yaml; empty: all.")
      .choice("fill", &Config::fill, {"zero", "mean"}, "What dead columns read.")
      .dose({.parameter = "fraction", .unit = "", .identity = 0, .ladder = {.1, .25, .5, .75, 1}, .fraction = true})
      .label_effect(LabelEffect::kUnknowable)
      .modality_at([](const Config& config) { return only_or_cross(modalities_of(config.modality)); })
      .build();
}

}  // namespace
}  // namespace shakedown::perturb

SHAKEDOWN_PERTURBATION(feature_channel_drop, shakedown::perturb::spec);
