#include "sample_groups.h"

#include <utility>

#include "figures.h"
#include "pictures.h"
#include "sample_text.h"
#include "shakedown/core/base64.h"
#include "shakedown/core/text.h"
#include "shakedown/media/encode.h"
#include "views.h"

namespace shakedown::reports {
namespace {

constexpr int kJpegQuality = 80;

}  // namespace

SampleGroups::SampleGroups(const Sample& clean, std::size_t media_bytes) : clean_(clean), left_(media_bytes) {
  if (clean_.waveform) top_db_ = loudest_db(*clean_.waveform);
  start_group("clean", clean_.clip ? "As the data has it; face boxes are those that perturbations aim at."
                                   : "As the data has it.");
  Json view = forms_view(clean_, nullptr);
  view.update({{"id", ""}, {"level", "clean"}, {"effect", ""}, {"dose", ""}, {"measures", ""}, {"state", ""}});
  put(std::move(view));
}

void SampleGroups::add(const PreviewCell& cell) {
  if (groups_.back()["family"] != cell.row.family) start_group(cell.row.family, cell.doc);
  Json view = forms_view(cell.sample, &clean_);
  view["id"] = cell.row.id;
  view["level"] = cell.row.severity ? "severity " + format_number(*cell.row.severity) : cell.row.id;
  view["dose"] = dose_text(cell.row.dose, cell.dose);
  view["measures"] = measures_text(cell.measures);
  view["effect"] = label_effect_name(cell.row.label_effect);
  const std::string state(state_name(cell.state));
  view["state"] = cell.state == State::kApplied ? "" : state + (cell.reason.empty() ? "" : ": " + cell.reason);
  put(std::move(view));
  ++cells_;
}

void SampleGroups::start_group(const std::string& family, const std::string& doc) {
  Json group = name_view(family);
  group.update({{"family", family},
                {"anchor", "g" + std::to_string(groups_.size())},
                {"has_doc", !doc.empty()},
                {"doc", doc},
                {"cells", Json::array()}});
  groups_.push_back(std::move(group));
}
void SampleGroups::put(Json view) {
  for (const char* key : {"dose", "measures", "state"})
    view[std::string("has_") + key] = !view[key].get_ref<const std::string&>().empty();
  groups_.back()["cells"].push_back(std::move(view));
}

/// A data: URL, or "" (and counted) where the page would become too large.
std::string SampleGroups::embed(const char* type, const std::vector<std::uint8_t>& bytes) {
  const std::size_t size = (bytes.size() + 2) / 3 * 4;
  if (size > left_) {
    ++left_out_;
    return "";
  }
  left_ -= size;
  return std::string("data:") + type + ";base64," + base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
std::string SampleGroups::embed(const std::optional<Image>& picture) {
  return picture ? embed("image/jpeg", media::encode_jpeg(*picture, kJpegQuality)) : "";
}

void SampleGroups::picture(Json& pictures, const char* what, const std::optional<Image>& image) {
  const std::string url = embed(image);
  if (!url.empty()) pictures.push_back({{"what", what}, {"url", url}});
}

/// What the page shows of a sample: all of the clean one; of others the forms that differ from `clean`.
Json SampleGroups::forms_view(const Sample& sample, const Sample* clean) {
  Json view = {{"has_text", false}, {"text", Json::array()}, {"has_sound", false}, {"sound", ""}};
  Json pictures = Json::array(), lines = Json::array();
  const auto differs = [&](const auto& part, const auto& other) { return part && (clean == nullptr || part != other); };
  const Sample none;
  const Sample& before = clean == nullptr ? none : *clean;
  if (differs(sample.transcript, before.transcript)) {
    const std::string& text = sample.transcript->text;
    view["has_text"] = true;
    view["text"] = diff_view(clean != nullptr && before.transcript ? before.transcript->text : text, text);
  }
  if (differs(sample.tokens, before.tokens)) {
    lines.push_back(before.tokens ? std::to_string(changed_tokens(*before.tokens, *sample.tokens)) + " of " +
                                        std::to_string(before.tokens->length()) + " token ids changed"
                                  : std::to_string(sample.tokens->length()) + " token ids");
  }
  if (differs(sample.waveform, before.waveform)) {
    const std::string url = sample.waveform->pcm.empty() ? "" : embed("audio/wav", media::encode_wav(*sample.waveform));
    view["has_sound"] = !url.empty();
    view["sound"] = url;
    picture(pictures, "Spectrogram", spectrogram(*sample.waveform, top_db_));
    if (sample.waveform->pcm.empty()) lines.push_back("no sound is left");
  }
  if (differs(sample.clip, before.clip)) {
    picture(pictures, "Frames", frame_strip(*sample.clip, clean == nullptr ? sample.faces.get() : nullptr));
    if (sample.clip->frames.empty()) lines.push_back("no frame is left");
  }
  const auto features = [&](const char* what, const Shared<Sequence>& part, const Shared<Sequence>& other) {
    if (differs(part, other)) picture(pictures, what, feature_map(*part, other ? *other : *part));
  };
  features("Text embedding", sample.embedding, before.embedding);
  features("Audio features", sample.audio_features, before.audio_features);
  features("Vision features", sample.vision_features, before.vision_features);
  view["pictures"] = std::move(pictures);
  view["lines"] = std::move(lines);
  return view;
}

Json not_shown_view(const std::vector<NotTested>& missing) {
  Json rows = Json::array();
  for (const auto& one : missing) rows.push_back({{"what", one.what}, {"reason", one.reason}, {"enable", one.enable}});
  return {{"has_not_shown", !rows.empty()}, {"not_shown", std::move(rows)}};
}

}  // namespace shakedown::reports
