#include "view_gallery.h"

#include <set>
#include <string_view>

#include "assets.h"
#include "figures.h"
#include "gallery_words.h"
#include "media_files.h"
#include "sample_text.h"
#include "shakedown/core/base64.h"
#include "shakedown/core/shell.h"
#include "views.h"

namespace shakedown::reports {
namespace {

bool hides(const Gallery& gallery, const PageOptions& options) {
  return gallery.redacted || options.assets == AssetsMode::kRedacted;
}

/// The cell that an item was made of; null when the run has no such cell.
const CellResult* cell_of(const Results& results, const Gallery::Item& item) {
  const CellResult* cell = results.find(item.cell);
  return cell != nullptr && cell->cell.definition == item.definition ? cell : nullptr;
}

std::string words(std::size_t count) {
  return counted(count, "word", "words");
}

/// The data: URLs, or links, of what the budget allows: pictures of all items first, then sounds item by item.
class Urls {
 public:
  /// @param left  bytes that may still go into the page
  Urls(const Results& results, const Gallery& gallery, const PageOptions& options, std::size_t left)
      : inlined_(options.assets != AssetsMode::kFolder), hide_(hides(gallery, options)) {
    for (const bool sound : {false, true}) {
      for (const auto& item : gallery.items) {
        if (cell_of(results, item) == nullptr) continue;
        std::size_t size = 0, count = 0;  // what is to be compared comes together or not at all
        for (const auto& media : item.media) {
          if (!wanted(media) || (media.what == "sound") != sound) continue;
          size += inlined_ ? (media.bytes.size() + 2) / 3 * 4 + media.mime_type.size() + 16 : 0;
          ++count;
        }
        if (size > left) {
          (sound ? sounds_out_ : pictures_out_) += count;
          continue;
        }
        left -= size;
        for (const auto& media : item.media)
          if (wanted(media) && (media.what == "sound") == sound) allowed_.insert(&media);
      }
    }
  }

  [[nodiscard]] bool wanted(const Gallery::Media& media) const {
    return !media.bytes.empty() && (hide_ ? media.redacted : media.plain);
  }
  /// "" for what is not shown.
  [[nodiscard]] std::string of(const Gallery::Media& media) const {
    if (!allowed_.contains(&media)) return "";
    if (!inlined_) return std::string(kAssetsFolder) + "/" + media.file;
    return "data:" + media.mime_type + ";base64," + base64(media.bytes);
  }
  [[nodiscard]] std::size_t left_out() const { return sounds_out_ + pictures_out_; }

 private:
  bool inlined_, hide_;
  std::set<const Gallery::Media*> allowed_;
  std::size_t sounds_out_ = 0, pictures_out_ = 0;
};

constexpr const char* kUnchanged = "as on the clean side";

/// What a kind of medium is made of.
std::string form_of(const std::string& what) {
  return what == "waveform" || what == "spectrogram" ? "sound" : what;
}

/// What stands in the right column where there is no medium of the corrupted sample.
std::string instead(const Gallery::Item& item, const std::string& what) {
  const std::string form = form_of(what);
  for (const auto& line : item.lines) {
    if (line == "the cell takes the " + form + " away") return "taken away";
    if (line == "no " + (form == "frames" ? "frame" : form) + " is left") return "nothing is left";
  }
  return kUnchanged;
}

Json side_view(const Urls& urls, const Gallery::Media* media, const std::string& none, bool sound,
               const std::string& alt) {
  const std::string url = media != nullptr ? urls.of(*media) : "";
  return {{"sound", !url.empty() && sound},
          {"picture", !url.empty() && !sound},
          {"url", url},
          {"alt", alt},
          {"has_note", url.empty()},
          {"note", !url.empty()       ? ""
                   : media != nullptr ? "left out"
                                      : none}};
}

/// One row a kind of medium: clean beside corrupted.
Json rows_view(const Gallery::Item& item, const Urls& urls, bool hide, const std::string& number) {
  Json rows = Json::array();
  for (const char* what :
       {"sound", "waveform", "spectrogram", "frames", "text embedding", "audio features", "vision features"}) {
    const Gallery::Media *before = nullptr, *after = nullptr;
    for (const auto& media : item.media) {
      if (media.what != what || !(hide ? media.redacted : media.plain)) continue;
      (media.after ? after : before) = &media;
    }
    if (before == nullptr && after == nullptr) continue;
    const bool sound = std::string_view(what) == "sound";
    // A sound that is not changed is there to be heard, not to be looked at.
    if (after == nullptr && instead(item, what) == kUnchanged && form_of(what) == "sound" && !sound) continue;
    rows.push_back({{"what", what},
                    {"before", side_view(urls, before, "none", sound, capital(what) + ", clean, item " + number)},
                    {"after", side_view(urls, after, instead(item, what), sound,
                                        capital(what) + ", in the cell, item " + number)}});
  }
  return rows;
}

Json text_view(const Gallery::Item& item, bool hide) {
  Json view = {{"has_words", item.has_text}, {"runs", Json::array()}, {"words_note", ""}};
  if (!item.has_text) return view;
  const bool same = item.words_removed == 0 && item.words_added == 0;
  if (item.text_taken) {
    view["words_note"] = "The cell takes the text away (" + words(item.words_removed) + ").";
  } else if (hide) {
    view["words_note"] = same
                             ? std::string("The words are not changed.")
                             : words(item.words_removed) + " removed, " + std::to_string(item.words_added) + " put in.";
  } else if (same) {
    view["words_note"] = "(not changed)";
  }
  if (!hide) view["runs"] = diff_view(item.text_before, item.text_taken ? item.text_before : item.text_after);
  return view;
}

/// A number of the data as it stands there, with the minus of all other figures.
std::string with_minus(const std::string& number) {
  return number.starts_with('-') ? "\u2212" + number.substr(1) : number;
}

std::string prediction_text(const Gallery::Item& item, const GalleryPrediction& prediction, bool regression) {
  if (regression) return plain(prediction.value) + " (" + prediction.decision + ")";
  return prediction.decision + " (" + plain(prediction.value) + " for " + item.label_class + ")";
}

Json item_view(const CellResult& cell, const Gallery::Item& item, std::size_t position, bool regression, bool hide,
               const Urls& urls) {
  const std::string number = std::to_string(position);
  Json view = name_view(item.cell);
  const auto right = [&](const GalleryPrediction& prediction) {
    return prediction.decision == item.label_class ? "right" : "wrong";
  };
  view.update({{"number", number},
               {"anchor", "gallery-" + number},
               {"sample", hide ? "sample " + number : item.sample},
               {"reason", item.reason},
               {"effect", label_effect_name(cell.cell.label_effect)},
               {"dose", dose_text(cell.cell.dose, item.dose)},
               {"measures", measures_text(item.measures)},
               {"label", regression ? with_minus(item.label) + " (" + item.label_class + ")" : item.label},
               {"before_text", prediction_text(item, item.before, regression)},
               {"after_text", prediction_text(item, item.after, regression)},
               {"before_right", right(item.before)},
               {"after_right", right(item.after)},
               {"rows", rows_view(item, urls, hide, number)},
               {"lines", item.lines},
               {"command", shell_line(hide ? without_sample(item.command) : item.command)}});
  view.update(text_view(item, hide));
  for (const char* key : {"dose", "measures", "words_note"})
    view[std::string("has_") + key] = !view[key].get_ref<const std::string&>().empty();
  return view;
}

Json groups_view(const Results& results, const Gallery& gallery, const PageOptions& options, const Urls& urls) {
  const bool regression = results.header.task.kind == Task::Kind::kRegression;
  Json groups = Json::array();
  std::size_t position = 0;
  for (const auto rule : {GalleryRule::kWorstFlip, GalleryRule::kTypical, GalleryRule::kSurvival}) {
    Json items = Json::array();
    for (const auto& item : gallery.items) {
      const CellResult* cell = cell_of(results, item);
      if (item.rule != rule || cell == nullptr) continue;
      items.push_back(item_view(*cell, item, ++position, regression, hides(gallery, options), urls));
    }
    if (items.empty() && (!gallery.present || rule != GalleryRule::kWorstFlip)) continue;
    groups.push_back(
        {{"title", rule_title(rule)}, {"rule", rule_text(rule)}, {"none", items.empty()}, {"items", std::move(items)}});
  }
  return groups;
}

Json notes_view(const Gallery& gallery, const PageOptions& options, std::size_t other_run, std::size_t beyond_budget) {
  Json notes = Json::array();
  if (options.assets == AssetsMode::kNone) {
    notes.push_back("Nothing of the data set's samples is in this page: --assets none.");
    return notes;
  }
  if (!gallery.present && gallery.faults.empty()) {
    notes.push_back("The run folder holds no assets: a complete run makes them, unless it is made with --assets none.");
  }
  if (gallery.present && gallery.items.empty() && gallery.left_out == 0)
    notes.push_back("No sample was chosen: no scored cell changed one.");
  for (const auto& fault : gallery.faults) notes.push_back(capital(fault) + ".");
  if (gallery.left_out > 0) {
    notes.push_back(counted(gallery.left_out, "chosen sample is", "chosen samples are") +
                    " left out: perturbed again it was not what the model was given, or it could not be read.");
  }
  if (other_run > 0)
    notes.push_back(counted(other_run, "item is", "items are") + " left out: this run has no such cell.");
  if (beyond_budget > 0) {
    notes.push_back(counted(beyond_budget, "sound or picture is", "sounds and pictures are") +
                    " left out, so that the page stays within its size: --budget-mb, or --assets folder.");
  }
  if (gallery.redacted && options.assets != AssetsMode::kRedacted)
    notes.push_back("The run was made with --assets redacted: nothing else was kept.");
  return notes;
}

}  // namespace

Json gallery_view(const Results& results, const Gallery& gallery, const PageOptions& options, std::size_t rest_bytes) {
  const bool regression = results.header.task.kind == Task::Kind::kRegression;
  std::size_t other_run = 0, beyond_budget = 0;
  Json groups = Json::array();
  if (options.assets != AssetsMode::kNone) {
    for (const auto& item : gallery.items) other_run += cell_of(results, item) == nullptr ? 1 : 0;
    // Without media first: what the words take is not left for them.
    groups = groups_view(results, gallery, options, Urls(results, gallery, options, 0));
    const std::size_t used = rest_bytes + groups.dump(-1, ' ', false, Json::error_handler_t::replace).size() +
                             (gallery.items.size() + 1) * assets::kGalleryTemplate.size();
    const Urls urls(results, gallery, options, options.budget_bytes > used ? options.budget_bytes - used : 0);
    groups = groups_view(results, gallery, options, urls);
    beyond_budget = urls.left_out();
  }
  return {
      {"has_items", !groups.empty()},
      {"redacted", hides(gallery, options) && !groups.empty()},
      {"damage", regression ? "Damage is how much further than on the clean input the prediction lies from the label."
                            : "Damage is the probability that the label's class lost."},
      {"groups", std::move(groups)},
      {"notes", notes_view(gallery, options, other_run, beyond_budget)}};
}

std::size_t samples_shown(const Results& results, const Gallery& gallery, const PageOptions& options) {
  if (options.assets == AssetsMode::kNone || hides(gallery, options)) return 0;
  std::set<std::string> samples;
  for (const auto& item : gallery.items)
    if (cell_of(results, item) != nullptr) samples.insert(item.sample);
  return samples.size();
}

Json samples_banner(const Results& results, const Gallery& gallery, const PageOptions& options) {
  const std::size_t count = samples_shown(results, gallery, options);
  if (count == 0) return Json::array();
  return Json::array({"This report holds " + counted(count, "sample", "samples") +
                      " of the data set in its gallery. Pass it on only where the data's licence allows that; --assets "
                      "none or redacted makes one without."});
}

}  // namespace shakedown::reports
