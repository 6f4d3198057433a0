#include <algorithm>
#include <utility>

#include "assets.h"
#include "figures.h"
#include "page.h"
#include "sample_groups.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/catalogue.h"

namespace shakedown::reports {
namespace {

std::string or_dash(const std::string& text) {
  return text.empty() ? std::string(kDash) : text;
}

/// All ladders in one table: shorter ones are filled up.
Json ladders_view(const CatalogueEntry& entry) {
  std::size_t steps = 0;
  for (const auto& ladder : entry.ladders) steps = std::max(steps, ladder.values.size());
  Json heads = Json::array(), rows = Json::array();
  for (std::size_t k = 1; k <= steps; ++k) heads.push_back("severity " + std::to_string(k));
  for (const auto& ladder : entry.ladders) {
    Json values = Json::array();
    for (std::size_t k = 0; k < steps; ++k) values.push_back(k < ladder.values.size() ? ladder.values[k] : kDash);
    rows.push_back({{"dose", ladder.dose},
                    {"unit", or_dash(ladder.unit)},
                    {"has_where", !ladder.where.empty()},
                    {"where", ladder.where},
                    {"identity", ladder.identity},
                    {"values", std::move(values)},
                    {"valid_to", or_dash(ladder.valid_to)},
                    {"over", ladder.fraction ? "the eligible units of all samples" : "each sample"}});
  }
  return {{"has_ladders", !entry.ladders.empty()}, {"steps", std::move(heads)}, {"ladders", std::move(rows)}};
}

Json entry_view(const CatalogueEntry& entry) {
  Json parameters = Json::array();
  for (const auto& parameter : entry.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"default", or_dash(parameter.default_value)},
                          {"accepted", parameter.accepted},
                          {"doc", parameter.doc}});
  }
  Json view = ladders_view(entry);
  view.update({{"name", entry.name},
               {"modality", capital(entry.modality)},
               {"version", std::to_string(entry.version)},
               {"label_effect", entry.label_effect},
               {"doc", entry.doc},
               {"reads", entry.reads},
               {"writes", entry.writes},
               {"needs", entry.needs},
               {"has_source", !entry.source.empty()},
               {"source", entry.source},
               {"has_parameters", !parameters.empty()},
               {"parameters", std::move(parameters)}});
  view.update(not_shown_view(entry.not_shown));
  return view;
}

std::string dose_text(const CatalogueEntry& entry) {
  if (entry.ladders.empty()) return "none";
  const auto& ladder = entry.ladders.front();
  return ladder.dose + " " + join(ladder.values, ", ") + (ladder.unit.empty() ? "" : " " + ladder.unit);
}

}  // namespace

std::string catalogue_file(const CatalogueEntry& entry) {
  return entry.name + ".html";
}

std::string catalogue_page(const CatalogueEntry& entry, const Preview& preview, const std::vector<PreviewCell>& cells,
                           bool own_data, std::size_t media_bytes) {
  Page page;
  page.title = entry.name + ": a perturbation of shakedown";
  page.body_template = assets::kCatalogueEntryTemplate;
  page.view = entry_view(entry);
  const bool shown = !entry.shown_on.empty();
  page.view.update({{"has_cells", shown},
                    {"is_data", shown && own_data},
                    {"sample", preview.clean.id},
                    {"data", preview.data_name},
                    {"split", preview.split},
                    {"seed", std::to_string(preview.seed)},
                    {"has_left_out", false},
                    {"left_out", ""},
                    {"groups", Json::array()}});
  if (shown) {
    SampleGroups groups(preview.clean, media_bytes);
    for (const auto& cell : cells) {
      PreviewCell bare = cell;
      bare.doc.clear();  // the page begins with it
      groups.add(bare);
    }
    page.view["groups"] = groups.groups();
    page.view["has_left_out"] = groups.left_out() > 0;
    page.view["left_out"] = counted(groups.left_out(), "sound or picture is", "sounds and pictures are");
  }
  page.data = Json::object();
  page.media = true;
  return render_page(std::move(page));
}

std::string catalogue_index(const std::vector<CatalogueEntry>& entries, const std::string& version,
                            const std::string& data, std::uint64_t seed) {
  Json groups = Json::array(), missing = Json::array();
  for (const char* modality : {"text", "audio", "video", "cross"}) {
    groups.push_back({{"modality", modality},
                      {"title", std::string_view(modality) == "cross" ? "Several modalities" : capital(modality)},
                      {"anchor", std::string("m-") + modality},
                      {"entries", Json::array()}});
  }
  for (const auto& entry : entries) {
    const auto is_group = [&](const Json& group) { return group["modality"] == entry.modality; };
    const auto group = std::find_if(groups.begin(), groups.end(), is_group);
    if (group == groups.end()) throw Error(ErrorKind::kInternal, entry.name + ": no such modality: " + entry.modality);
    (*group)["entries"].push_back({{"file", catalogue_file(entry)},
                                   {"name", entry.name},
                                   {"doc", entry.doc},
                                   {"dose", dose_text(entry)},
                                   {"label_effect", entry.label_effect},
                                   {"shown_on", entry.shown_on.empty() ? "not shown" : entry.shown_on}});
    if (!entry.shown_on.empty()) continue;
    std::vector<std::string> reasons, ways;
    for (const auto& one : entry.not_shown) {
      reasons.push_back(one.reason);
      if (!one.enable.empty()) ways.push_back(one.enable);
    }
    missing.push_back({{"what", entry.name}, {"reason", join(reasons, "; ")}, {"enable", join(ways, "; ")}});
  }
  groups.erase(std::remove_if(groups.begin(), groups.end(), [](const Json& group) { return group["entries"].empty(); }),
               groups.end());
  Page page;
  page.title = "Perturbations of shakedown " + version;
  page.body_template = assets::kCatalogueTemplate;
  page.view = {{"version", version},
               {"count", counted(entries.size(), "perturbation", "perturbations")},
               {"data", data},
               {"seed", std::to_string(seed)},
               {"groups", std::move(groups)},
               {"has_not_shown", !missing.empty()},
               {"not_shown", std::move(missing)}};
  page.data = Json::object();
  return render_page(std::move(page));
}

}  // namespace shakedown::reports
