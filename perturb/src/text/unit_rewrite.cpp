#include "text/unit_rewrite.h"

#include <algorithm>

#include "shakedown/media/text.h"
#include "shakedown/perturb/positions.h"
#include "text/clause.h"
#include "text/polarity.h"
#include "text/read_words.h"

namespace shakedown::perturb {
namespace {

// Whether "an" goes before `word` (lower case): by its sound, as far as spelling tells it.
bool takes_an(const std::string& word) {
  for (const char* silent : {"honest", "honor", "honour", "hour", "heir"}) {
    if (word.starts_with(silent)) return true;
  }
  for (const char* consonant : {"uni", "use", "usa", "usu", "uto", "eu", "one", "once"}) {
    if (word.starts_with(consonant)) return word.starts_with("unin") || word.starts_with("unim");
  }
  return !word.empty() && std::string_view("aeiou").find(word.front()) != std::string_view::npos;
}

// The first word from `at` on, as it reads after the edits.
std::string word_after(const std::string& text, const std::vector<Edit>& edits, std::size_t at) {
  constexpr std::size_t kEnough = 80;
  std::string rest;
  for (const Edit& edit : edits) {
    if (edit.begin < at) continue;
    if (edit.begin > at) rest.append(text, at, edit.begin - at);
    rest += edit.text;
    at = std::max(at, edit.end);
    if (rest.size() > kEnough) break;
  }
  rest.append(text, at, kEnough);
  const auto first = rest.find_first_not_of(' ');
  return first == std::string::npos ? "" : media::lower_case(rest.substr(first, rest.find(' ', first) - first));
}

std::vector<bool> eligible_of(const auto& units) {
  std::vector<bool> eligible;
  for (const auto& unit : units) eligible.push_back(unit.has_value());
  return eligible;
}

}  // namespace

std::vector<Edit> merged(const Transcript& before, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  std::vector<Edit> result;
  for (Edit& edit : edits) {
    if (!result.empty()) {
      Edit& last = result.back();
      if (last.begin == edit.begin && last.end == edit.end) continue;
      if (edit.begin < last.end) {
        last.end = std::max(last.end, edit.end);
        last.text += edit.text;
        continue;
      }
    }
    result.push_back(std::move(edit));
  }

  std::vector<Edit> articles;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::string& text = before.text;
    std::size_t end = result[i].begin;
    while (end > 0 && text[end - 1] == ' ') --end;
    std::size_t begin = end;
    while (begin > 0 && static_cast<unsigned char>(text[begin - 1] | 0x20) >= 'a') --begin;
    const std::string article = media::lower_case(std::string_view(text).substr(begin, end - begin));
    if ((article != "a" && article != "an") || (i > 0 && result[i - 1].end > begin)) continue;
    const std::string next = word_after(text, result, end);
    if (next.empty() || static_cast<unsigned char>(next.front()) < 'a' || takes_an(next) == (article == "an")) continue;
    articles.push_back({begin, end, std::string(1, text[begin]) + (article == "a" ? "n" : "")});
  }
  result.insert(result.end(), articles.begin(), articles.end());
  std::sort(result.begin(), result.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  return result;
}

Effect UnitRewrite::apply(Sample& sample, const Corpus&, const Rng& rng) const {
  const Transcript& before = *sample.transcript;
  const auto [units, polarity] = plan(before);
  const auto eligible = eligible_of(units);
  if (count_eligible(eligible) == 0) return Effect::ineligible(nothing_eligible());
  const auto taken = take_each(rng.stream("text"), eligible, fraction_);
  if (taken.empty()) return Effect::unchanged("nothing was drawn");

  Effect effect;
  std::vector<Edit> edits;
  for (const std::size_t unit : taken) {
    edits.insert(edits.end(), units[unit]->begin(), units[unit]->end());
    effect.decisions.push_back(static_cast<std::int64_t>(unit));
  }
  edits = merged(before, std::move(edits));
  effect.touched = touched_by(edits);
  auto after = std::make_shared<const Transcript>(rewrite(before, edits));
  if (directed_) effect.direction = direction_of_change(polarity ? *polarity : text_polarity(before), *after);
  sample.transcript = std::move(after);
  return effect;
}

// Counted on the output: the units drawn are rewritten in it, and nothing else is.
Dose UnitRewrite::measure(const Sample& before, const Sample& after, const Effect& effect) const {
  const auto units = plan(*before.transcript).units;
  Dose dose;
  dose.total = static_cast<double>(units.size());
  dose.eligible = static_cast<double>(count_eligible(eligible_of(units)));
  std::vector<Edit> edits;
  for (const std::size_t unit : decided_among(effect, units.size())) {
    if (!units[unit]) continue;
    ++dose.taken;
    edits.insert(edits.end(), units[unit]->begin(), units[unit]->end());
  }
  const Transcript expected = rewrite(*before.transcript, merged(*before.transcript, std::move(edits)));
  if (after.transcript->text == expected.text) dose.changed = dose.taken;
  return with_shares(dose);
}

}  // namespace shakedown::perturb
