#include "requirements.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "shakedown/core/text.h"

namespace shakedown::suites {
namespace {

using perturb::Part;

constexpr Modality kModalities[] = {Modality::kText, Modality::kAudio, Modality::kVideo};

bool contains(const std::vector<std::string>& names, Modality modality) {
  return std::find(names.begin(), names.end(), modality_name(modality)) != names.end();
}

/// The names in a parameter that lists modalities ("text+audio"); nothing when the perturbation has none.
std::optional<std::vector<std::string>> listed(const Part& part, const char* parameter) {
  const auto found = part.params.find(parameter);
  if (found == part.params.end()) return std::nullopt;
  return split(found->second, '+');
}

/// The modalities that a part works on. `modality` and `keep` mean this in every perturbation.
std::set<Modality> modalities_of(const Part& part) {
  const auto one = part.spec->modality_at(part.params);
  if (one != Modality::kCross) return {one};
  std::set<Modality> modalities;
  const auto chosen = listed(part, "modality"), kept = listed(part, "keep");
  for (const auto modality : kModalities) {
    if (kept && contains(*kept, modality)) continue;
    if (chosen && *chosen != std::vector<std::string>{"all"} && !contains(*chosen, modality)) continue;
    modalities.insert(modality);
  }
  return modalities;
}

Forms of_modalities(Forms forms, const std::set<Modality>& modalities) {
  Forms kept;
  for (const auto form : forms.list())
    if (modalities.count(modality_of(form)) == 1) kept.add(form);
  return kept;
}

std::set<Modality> modalities_of(Forms forms) {
  std::set<Modality> modalities;
  for (const auto form : forms.list()) modalities.insert(modality_of(form));
  return modalities;
}

std::string names_of(const std::set<Modality>& modalities) {
  std::vector<std::string> names;
  for (const auto modality : modalities) names.emplace_back(modality_name(modality));
  return join(names, ", ");
}

/// Names as the model manifest spells its sources.
std::string source_name(Form form) {
  return form == Form::kTokens ? "text.bert" : std::string(form_name(form));
}

std::string how_to_provide(Form form) {
  switch (form) {
    case Form::kTranscript: return "transcripts (`raw_text` in a feature pickle, `text` in label.csv)";
    case Form::kTokens: return "token ids (`text_bert` in a feature pickle)";
    case Form::kEmbedding: return "text embeddings (`text` in a feature pickle)";
    case Form::kWaveform: return "clips with sound (data of format media or meld)";
    case Form::kAudioFeatures: return "audio feature sequences (`audio` in a feature pickle)";
    case Form::kFrames: return "clips with pictures (data of format media or meld)";
    case Form::kVisionFeatures: return "vision feature sequences (`vision` in a feature pickle)";
  }
  return {};
}

/// What follows a part through a composition.
struct Trail {
  Forms present;  ///< of a sample, after the parts so far
  Forms written;  ///< by the parts so far
};

std::optional<Unmet> missing_input(const Part& part, const Trail& trail, const Facts& facts) {
  const auto& spec = *part.spec;
  const auto reads = spec.reads_at(part.params);
  const auto wanted = spec.reads_all ? reads : of_modalities(reads, modalities_of(part));
  const auto found = wanted & trail.present;
  if (spec.reads_all ? found == wanted : !found.empty()) return std::nullopt;
  const auto missing = wanted - found;
  if (const auto stale = missing & facts.data; !stale.empty()) {
    return Unmet{
        fmt::format("{} needs {}, which an earlier part of the composition makes stale", spec.name, stale.describe()),
        "another order, or two cells"};
  }
  std::vector<std::string> ways;
  for (const auto form : missing.list()) ways.push_back(how_to_provide(form));
  return Unmet{fmt::format("the data has no {}", join(split(missing.describe(), ','), spec.reads_all ? " and" : " or")),
               "data with " + join(ways, spec.reads_all ? " and " : " or ")};
}

/// Columns of these names, any of them, in a form that the part reads and the data has.
std::optional<Unmet> missing_columns(const Part& part, const std::vector<std::string>& names, const Facts& facts) {
  const Forms forms = of_modalities(part.spec->reads & facts.data, modalities_of(part));
  std::vector<std::string> known;
  for (const auto form : forms.list()) {
    for (const auto& name : names)
      if (find_block(facts.columns, form, name) != nullptr) return std::nullopt;
    const auto layout = facts.layouts.find(form);
    if (layout != facts.layouts.end()) known.push_back(fmt::format("{}: {}", form_name(form), layout->second));
  }
  return Unmet{fmt::format("it needs columns named {}, which the data does not name{}", join(names, " or "),
                           known.empty() ? "" : " (" + join(known, "; ") + ")"),
               fmt::format("`columns:` in data.yaml, saying where {} is", names.front())};
}

std::optional<Unmet> missing_dialogues(const Cell& cell, const Facts& facts) {
  if (cell.scope == Cell::Scope::kAll || facts.dialogues) return std::nullopt;
  return Unmet{"scope: target and history are of models whose rows are dialogues, and this one's are utterances",
               "`row: dialogue` in model.yaml"};
}

std::optional<Unmet> missing_context(const Part& part, const Facts& facts) {
  const auto needs = part.spec->needs(part.params);
  if (!needs.columns.empty())
    if (auto unmet = missing_columns(part, needs.columns, facts)) return unmet;
  if (needs.donors && facts.speakers < 2) {
    return Unmet{"it needs clips of other speakers, and the data has one speaker",
                 "`speaker:` in data.yaml, naming the column that tells speakers apart"};
  }
  return std::nullopt;
}

/// Where `at:` cannot be placed in any sample of this data.
std::optional<Unmet> missing_place(const Part& part, const Facts& facts) {
  using Kind = perturb::At::Kind;
  constexpr auto kEnable = "fractions instead: at: {from: 0.2, to: 0.4}";
  if (part.at.kind == Kind::kWords && !facts.word_times)
    return Unmet{"at: words need word times, which the data has none of", kEnable};
  const bool has_length = !(facts.data & Forms{Form::kWaveform, Form::kFrames}).empty() || facts.word_times;
  if (part.at.kind == Kind::kSeconds && !has_length)
    return Unmet{"at: seconds need sound, frames or word times to be placed in, which the data has none of", kEnable};
  return std::nullopt;
}

/// A modality that the model never looks at cannot be stressed.
/// @param reads  what the model reads, and what a later part makes that from
std::optional<Unmet> unread(const Part& part, Forms reads) {
  const auto read = modalities_of(reads);
  const auto missing_of = [&](const std::set<Modality>& modalities) {
    std::set<Modality> missing;
    for (const auto modality : modalities)
      if (read.count(modality) == 0) missing.insert(modality);
    return missing;
  };
  const auto written = modalities_of(part);
  if (const auto missing = missing_of(written); !written.empty() && missing == written) {
    return Unmet{fmt::format("the model does not read {}", names_of(missing)),
                 "a model that reads " + names_of(missing)};
  }
  // Keeping a modality that the model does not read is the same cell as not keeping it.
  if (const auto kept = listed(part, "keep")) {
    std::set<Modality> named;
    for (const auto modality : kModalities)
      if (contains(*kept, modality)) named.insert(modality);
    if (const auto missing = missing_of(named); !missing.empty()) {
      return Unmet{fmt::format("the model does not read {}, which this cell keeps", names_of(missing)),
                   "a model that reads " + names_of(missing)};
    }
  }
  return std::nullopt;
}

/// Forms that the model reads, directly or through a part behind `index` that makes its input from them.
Forms read_after(const Cell& cell, std::size_t index, const Facts& facts) {
  Forms reads = facts.model_reads;
  for (std::size_t i = index + 1; i < cell.parts.size(); ++i)
    if (!cell.parts[i].spec->front_end.empty()) reads = reads | cell.parts[i].spec->reads;
  return reads;
}

/// Such a part makes its forms anew: what an earlier one did to them is lost.
std::optional<Unmet> overwritten(const Part& part, const Trail& trail) {
  const auto lost = part.spec->writes & trail.written;
  if (part.spec->front_end.empty() || lost.empty()) return std::nullopt;
  return Unmet{
      fmt::format("{} makes {} anew, so that what an earlier part did to it is lost", part.spec->name, lost.describe()),
      "another order"};
}

/// As apply_parts: what a written modality has in forms that the perturbation does not write is stale.
void follow(const Part& part, Trail& trail) {
  const auto written = written_by(part) & trail.present;
  trail.written = trail.written | written;
  const auto touched = of_modalities(trail.present, modalities_of(written));
  trail.present = trail.present - (touched - part.spec->writes_at(part.params));
}

Unmet stale_input(Forms stale, Forms written, const Cell& cell) {
  const auto form = stale.list().front();
  if (form == Form::kTokens) {
    return {fmt::format("the model reads {} and has no `vocab:` to make its tokens again from the changed {}",
                        source_name(form), written.describe()),
            "`vocab: vocab.txt` at the text.bert input of model.yaml, the vocabulary of the model's tokenizer"};
  }
  std::string enable = "an `external` cell with features extracted again, or a perturbation of the form itself";
  for (const auto& part : cell.parts)
    if (part.params.count("modality") == 1) enable += ", or `modality:` naming the others";
  return {fmt::format("the model reads {}, which cannot be computed again from the changed {}", source_name(form),
                      written.describe()),
          enable};
}

}  // namespace

Forms written_by(const perturb::Part& part) {
  return of_modalities(part.spec->writes_at(part.params), modalities_of(part));
}

Fit fit(const Cell& cell, const Facts& facts) {
  Fit result;
  Trail trail{facts.data, {}};
  result.unmet = missing_dialogues(cell, facts);
  if (result.unmet) return result;
  for (std::size_t i = 0; i < cell.parts.size(); ++i) {
    const auto& part = cell.parts[i];
    result.unmet = unread(part, read_after(cell, i, facts));
    if (!result.unmet) result.unmet = overwritten(part, trail);
    if (!result.unmet) result.unmet = missing_input(part, trail, facts);
    if (!result.unmet) result.unmet = missing_context(part, facts);
    if (!result.unmet) result.unmet = missing_place(part, facts);
    if (result.unmet) return result;
    follow(part, trail);
  }
  auto stale = facts.model_reads & (facts.data - trail.present);
  const bool tokens_again = facts.tokens_from_transcript && trail.present.has(Form::kTranscript);
  if (tokens_again && stale.has(Form::kTokens)) {
    result.retokenised = true;
    stale = stale - Forms{Form::kTokens};
  }
  // With a vocabulary the transcript is only a way to the tokens; those that are stored will do.
  if (facts.tokens_from_transcript && trail.present.has(Form::kTokens)) stale = stale - Forms{Form::kTranscript};
  if (!stale.empty()) result.unmet = stale_input(stale, trail.written, cell);
  return result;
}

}  // namespace shakedown::suites
