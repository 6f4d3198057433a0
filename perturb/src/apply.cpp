#include "shakedown/perturb/apply.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "forms.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/positions.h"
#include "text/read_words.h"
#include "window.h"

namespace shakedown::perturb {
namespace {

Error broken(const std::string& what) {
  return {ErrorKind::kInternal, what};
}

// Random windows draw from a stream of their own, so that parts that name the same window share it
// whatever they do inside, and levels share it too.
Stream window_stream(const Part& part, std::size_t index, std::uint64_t suite_seed, const std::string& sample_id,
                     int replicate) {
  const bool named = !part.at.name.empty();
  const Rng rng({.suite_seed = suite_seed,
                 .perturbation = "at",
                 .version = 1,
                 .compose_index = named ? 0 : static_cast<int>(index),
                 .sample_id = sample_id,
                 .replicate = replicate});
  return rng.stream(named ? "name/" + part.at.name : "part");
}

std::string missing_input(const Part& part, const Sample& sample) {
  const bool all = part.spec->reads_all;
  const Forms reads = part.spec->reads_at(part.params);
  const Forms found = reads & sample.present();
  if (all ? found == reads : !found.empty()) return "";
  const Forms missing = reads - found;
  return fmt::format("the sample has no {}", join(split(missing.describe(), ','), all ? " and" : " or"));
}

// What a perturbation promises about its effect; a plugin that breaks it must not spoil a run in silence.
void check_effect(const Part& part, const Sample& before, const Sample& after, const Effect& effect) {
  const Forms replaced = replaced_forms(before, after);
  if (before.id != after.id) throw broken("it replaced the id");
  // The track belongs to the original clip; where frames were taken out it loses the same ones, and another clip
  // brings its own.
  const bool cut = before.clip && after.clip && before.clip->frames.size() != after.clip->frames.size();
  const bool other_clip = part.spec->brings_clips && replaced.has(Form::kFrames);
  if (before.faces != after.faces && !(other_clip || (cut && after.faces))) throw broken("it replaced the face track");
  const Forms writes = part.spec->writes_at(part.params);
  if (const Forms undeclared = replaced - writes; !undeclared.empty()) {
    throw broken(fmt::format("it changed {} but declares to write {}", undeclared.describe(), writes.describe()));
  }
  if (effect.state == State::kApplied && replaced.empty()) throw broken("it says it was applied but changed nothing");
  if (effect.state != State::kApplied && !replaced.empty()) {
    throw broken(fmt::format("it says '{}' but changed {}", state_name(effect.state), replaced.describe()));
  }
  if ((effect.state == State::kSkipped || effect.state == State::kIneligible) && effect.reason.empty()) {
    throw broken(fmt::format("it says '{}' without a reason", state_name(effect.state)));
  }
}

// `before` is a copy of `sample`.
Effect run(const Part& part, const Sample& before, Sample& sample, const Corpus& corpus, const Rng& rng) {
  Effect effect = part.perturbation->apply(sample, corpus, rng);
  check_effect(part, before, sample, effect);
  return effect;
}

// Where spans inside a window begin in the clip, in the unit of the first form that was written.
double origin_of(const Part& part, const Window& window, const Sample& sample, Forms replaced) {
  const Forms written = part.spec->writes_at(part.params) & replaced;
  return written.empty() ? 0 : window.origin(written.list().front(), sample);
}

Effect run_inside(const Part& part, const Window& window, Sample& sample, const Corpus& corpus, const Rng& rng) {
  const Sample before = cut_out(sample, window);
  Sample after = before;
  Effect effect = run(part, before, after, corpus, rng);
  const double origin = origin_of(part, window, sample, replaced_forms(before, after));
  for (Span& span : effect.touched) span = {span.begin + origin, span.end + origin};
  if (window.drawn) effect.decisions.insert(effect.decisions.begin(), *window.drawn);
  put_back(sample, before, after, window);
  return effect;
}

Effect apply_part(const Part& part, std::size_t index, const Sample& before, Sample& sample, const Corpus& corpus,
                  std::uint64_t suite_seed, int replicate) {
  if (part.identity) return Effect::unchanged("the dose is its identity");
  if (std::string why = missing_input(part, sample); !why.empty()) return Effect::skipped(std::move(why));
  const Rng rng(
      {suite_seed, part.spec->name, part.spec->version, static_cast<int>(index), sample.id, replicate, part.before});
  if (part.at.kind == At::Kind::kWhole) return run(part, before, sample, corpus, rng);
  if (part.spec->whole_samples) throw Error(ErrorKind::kUsage, "it takes whole clips and no at:");
  const auto placed = place(part.at, sample, window_stream(part, index, suite_seed, sample.id, replicate));
  if (const auto* why = std::get_if<std::string>(&placed)) return Effect::skipped(*why);
  return run_inside(part, std::get<Window>(placed), sample, corpus, rng);
}

// Where the transcripts of a perturbation that counts words are cut for a model that reads them in part; nothing where
// it does not.
std::optional<ReadBytes> words_read(const Part& part, const Sample& before, const Sample& after,
                                    const Readable& readable) {
  // Loss of steps (forms_at) counts words in transcripts; what puts another clip in the place of this one counts none.
  const bool counts_words = part.spec->modality == Modality::kText || part.spec->forms_at;
  if (!readable || !counts_words || !part.spec->writes_at(part.params).has(Form::kTranscript) || !before.transcript ||
      !after.transcript)
    return std::nullopt;
  const ReadBytes read = read_in_both(*before.transcript, *after.transcript, readable);
  if (read.before == before.transcript->text.size() && read.after == after.transcript->text.size()) return std::nullopt;
  return read;
}

}  // namespace

std::string At::canonical() const {
  const auto pair = [](const char* a, double x, const char* b, double y) {
    return fmt::format("{{{}: {}, {}: {}}}", a, format_number(x), b, format_number(y));
  };
  switch (kind) {
    case Kind::kWhole: return "";
    case Kind::kSeconds: return pair("start", begin, "end", end);
    case Kind::kFraction: return pair("from", begin, "to", end);
    case Kind::kWords: return fmt::format("{{words: [{}, {}]}}", format_number(begin), format_number(end));
    case Kind::kRandom:
      return fmt::format("{{random: {}{}}}", format_number(length), name.empty() ? "" : ", name: " + name);
  }
  return "";
}

Applied apply_parts(const Sample& clean, const std::vector<Part>& parts, const Corpus& corpus, std::uint64_t suite_seed,
                    int replicate) {
  Applied applied;
  applied.stages.reserve(parts.size() + 1);
  applied.effects.reserve(parts.size());
  applied.stages.push_back(clean);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Sample& before = applied.stages.back();
    Sample after = before;
    applied.effects.push_back(in_context(
        parts[i].spec->name, [&] { return apply_part(parts[i], i, before, after, corpus, suite_seed, replicate); }));
    const Forms writes = parts[i].spec->writes_at(parts[i].params);
    drop_stale(after, of_same_modalities(writes, replaced_forms(before, after)));
    applied.stages.push_back(std::move(after));
  }
  applied.sample = applied.stages.back();
  return applied;
}

Dose measure_part(const Applied& applied, const std::vector<Part>& parts, std::size_t index, const ModelLimits& limits,
                  std::uint64_t suite_seed, int replicate) {
  const Part& part = parts.at(index);
  const Effect& effect = applied.effects.at(index);
  if (effect.state == State::kSkipped || effect.state == State::kFailed) return {};
  const Sample& before = applied.stages[index];
  const Sample& after = applied.stages[index + 1];

  // Placed in the whole sample: the window does not move when the sample is cut.
  std::optional<Window> window;
  if (part.at.kind != At::Kind::kWhole && !part.identity) {
    const auto placed = place(part.at, before, window_stream(part, index, suite_seed, before.id, replicate));
    window = std::get<Window>(placed);
  }
  const auto measure = [&](const Sample& from, const Sample& to, std::optional<ReadBytes> read = std::nullopt) {
    if (!window && !read) {
      const bool whole = &from == &before && &to == &after;
      return whole && effect.dose ? *effect.dose : part.perturbation->measure(from, to, effect);
    }
    Sample a = from, b = to;
    if (window) {
      a = cut_out(a, *window);
      b = cut_out(b, *window);
      if (read) {
        read->before -= std::min(read->before, window->text.begin);
        read->after -= std::min(read->after, window->text.begin);
      }
    }
    if (read) {
      a.transcript = beginning_of(a.transcript, read->before);
      b.transcript = beginning_of(b.transcript, read->after);
    }
    if (!window) return part.perturbation->measure(a, b, effect);
    Effect inside = effect;  // spans and decisions as the perturbation itself gave them
    const double origin = origin_of(part, *window, before, replaced_forms(before, after));
    for (Span& span : inside.touched) span = {span.begin - origin, span.end - origin};
    if (window->drawn && !inside.decisions.empty()) inside.decisions.erase(inside.decisions.begin());
    return part.perturbation->measure(a, b, inside);
  };

  return in_context(part.spec->name, [&] {
    std::optional<Sample> shorter_before, shorter_after;
    if (!fits(before, limits.forms)) shorter_before = cut_to(before, limits.forms);
    if (!fits(after, limits.forms)) shorter_after = cut_to(after, limits.forms);
    const auto read = words_read(part, before, after, limits.readable);
    Dose dose = measure(shorter_before ? *shorter_before : before, shorter_after ? *shorter_after : after, read);
    if (read || shorter_before || shorter_after) {
      const Dose whole = measure(before, after);
      dose.beyond = std::max(0.0, whole.taken - dose.taken);
      // Where the cut goes through what was done, the text in front of it cannot tell; the whole text can.
      if (read && whole.changed == whole.taken && dose.eligible > 0) {
        dose.changed = dose.taken;
        dose = with_shares(dose);
      }
    }
    const DoseSpec& asked = part.spec->dose_at(part.params);
    if (part.identity && !asked.fraction) dose.realised = asked.identity;
    return dose;
  });
}

}  // namespace shakedown::perturb
