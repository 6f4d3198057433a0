#include "model_use.h"

#include <algorithm>
#include <limits>

#include "cells.h"
#include "figures.h"
#include "shakedown/core/text.h"

namespace shakedown::reports {
namespace {

constexpr double kDecides = 0.9;  ///< share of the gain that a subset must keep to be said to decide

std::string spoken(const std::string& subset) {
  const std::vector<std::string> names = split(subset, '+');
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  }
  return text;
}

std::size_t modalities_in(const std::string& subset) {
  return subset == "none" ? 0 : 1 + static_cast<std::size_t>(std::count(subset.begin(), subset.end(), '+'));
}

/// The set of all modalities, as the results name it.
std::string everything(const Attribution& one) {
  return std::max_element(one.kept.begin(), one.kept.end(),
                          [](const auto& a, const auto& b) { return modalities_in(a.first) < modalities_in(b.first); })
      ->first;
}

/// The part of the whole gain that a subset keeps by itself; NaN where its metric is undefined.
double share_kept(const Attribution& one, const std::string& subset) {
  const auto value = [&](const std::string& name) {
    return one.kept.at(name).value.value_or(std::numeric_limits<double>::quiet_NaN());
  };
  return (value(subset) - value("none")) / (value(everything(one)) - value("none"));
}

/// The smallest subset that keeps most of the gain; among equals the one that keeps most.
std::string deciding_subset(const Attribution& one) {
  const std::size_t players = one.order.size();
  for (std::size_t size = 1; size < players; ++size) {
    std::string best;
    for (const auto& [subset, score] : one.kept) {
      if (modalities_in(subset) != size || !(share_kept(one, subset) >= kDecides)) continue;
      if (best.empty() || share_kept(one, subset) > share_kept(one, best)) best = subset;
    }
    if (!best.empty()) return best;
  }
  return "";
}

std::string alone_clause(const Attribution& one, const std::string& but = "") {
  std::vector<std::string> parts;
  for (const std::string& modality : one.order) {
    if (modality != but) parts.push_back(modality + " alone " + per_cent(share_kept(one, modality)));
  }
  return join(parts, ", ");
}

/// "Text alone decides: it keeps 97 % of ..." or "Text and video together decide: ...".
std::string reading(const Results& results, const Attribution& one) {
  const std::string title = metric_title(results.primary);
  if (!one.gain.value) return "What the model uses is undefined: " + one.gain.why + ".";
  const bool sure = one.gain.low ? *one.gain.low > 0 : *one.gain.value > 0;
  if (!sure) {
    return "All modalities together are not detectably better than none (" + title + " gain " +
           show_interval(results.primary, one.gain) + "): the inputs decide little or nothing.";
  }
  const std::string whole =
      "the " + title + " gain of everything over nothing (" + show(results.primary, *one.gain.value) + ")";
  const std::string subset = deciding_subset(one);
  if (subset.empty()) {
    return "No subset of the modalities decides without the rest: of " + whole + ", " + alone_clause(one) + ".";
  }
  const std::string kept = per_cent(share_kept(one, subset));
  if (modalities_in(subset) == 1) {
    return capital(subset) + " alone decides: it keeps " + kept + " of " + whole + "; " + alone_clause(one, subset) +
           ".";
  }
  return capital(spoken(subset)) + " together decide: they keep " + kept + " of " + whole + "; " + alone_clause(one) +
         ".";
}

std::string interaction_sentence(const Results& results, const Interaction& one) {
  const auto gain = one.gain.find(results.primary);
  if (!one.why.empty() || gain == one.gain.end() || !gain->second.value) return "";
  const Score& score = gain->second;
  std::string text = "Combining modalities, beyond adding up what each says, is worth " +
                     show_interval(results.primary, score) + " of " + metric_title(results.primary);
  if (score.high && *score.high < 0) {
    text += ": the sum of what each says would do better";
  } else if (!score.low || *score.low <= 0) {
    text += ", which cannot be told from nothing";
  }
  if (one.jointly.value) text += "; " + per_cent(*one.jointly.value) + " of the samples are right only with it";
  return text + ".";
}

}  // namespace

std::vector<std::string> use_sentences(const Results& results) {
  std::vector<std::string> sentences;
  const Attribution* first = nullptr;  // the fill, or donors where there is no fill
  for (const Attribution& one : results.model_use.attributions) {
    if (one.condition != "clean" || !one.why.empty()) continue;
    if (first == nullptr) {
      first = &one;
      sentences.push_back(reading(results, one));
    } else if (first->gain.value && one.gain.value && deciding_subset(*first) != deciding_subset(one)) {
      sentences.push_back("With another speaker's in the place of what is taken away: " + reading(results, one));
    }
  }
  if (results.model_use.interaction) {
    const std::string sentence = interaction_sentence(results, *results.model_use.interaction);
    if (!sentence.empty()) sentences.push_back(sentence);
  }
  sentences.insert(sentences.end(), results.model_use.notes.begin(), results.model_use.notes.end());
  return sentences;
}

}  // namespace shakedown::reports
