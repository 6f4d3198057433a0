#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "shakedown/core/gallery.h"
#include "shakedown/core/results.h"

namespace shakedown::reports {

/// What a page shows of the samples of the data set.
enum class AssetsMode {
  kInline,   ///< all of it, inside the page
  kFolder,   ///< all of it, media as files in assets/ beside the page
  kNone,     ///< nothing
  kRedacted  ///< no text, no sound, no face, no id of a sample
};
/// @throws Error(kUsage) for a word other than inline, folder, none and redacted
[[nodiscard]] AssetsMode assets_mode(const std::string& word);

/// Writes RUN/assets: media as files named by their content, and gallery.json (`shakedown.gallery/1`), last. What an
/// earlier run left there goes first.
class AssetsWriter : public GallerySink {
 public:
  /// @param redacted  nothing is written that AssetsMode::kRedacted does not show
  /// @throws Error(kIncomplete) when the folder cannot be made
  AssetsWriter(const std::filesystem::path& run_folder, bool redacted);
  ~AssetsWriter() override;
  void add(const GalleryItem& item) override;
  void finish(const std::vector<GalleryLeftOut>& left_out) override;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

/// Removes gallery.json and the media files of RUN/assets, and the folder when nothing else is in it.
void remove_assets(const std::filesystem::path& run_folder);

/// RUN/assets as it was read.
struct Gallery {
  struct Media {
    std::string what;             ///< "sound", "waveform", "spectrogram", "frames", "audio features", ...
    bool after = false;           ///< of the corrupted sample
    bool plain = true;            ///< may stand in a page that is not redacted
    bool redacted = false;        ///< may stand in one that is
    std::string file, mime_type;  ///< below assets/
    std::string bytes;            ///< empty when the file was refused
  };
  struct Item {
    GalleryRule rule = GalleryRule::kTypical;
    std::string reason, cell, definition, sample, label, label_class;
    GalleryPrediction before, after;
    Dose dose;
    std::map<std::string, double> measures;
    std::vector<std::string> command, lines;
    bool has_text = false, text_taken = false;  ///< words are known; the cell takes the transcript away
    std::string text_before, text_after;        ///< empty in redacted assets
    std::size_t words_removed = 0, words_added = 0;
    std::vector<Media> media;
  };
  bool present = false;             ///< gallery.json is there and could be read
  bool redacted = false;            ///< it was written so: nothing else can be shown
  std::vector<Item> items;          ///< by rule
  std::vector<std::string> faults;  ///< what was refused, one line each: "assets/FILE: why"
  std::size_t left_out = 0;         ///< samples that perturbed again were not what the model was given
};

/// Reads RUN/assets and never throws for what lies there: a damaged gallery.json, and media whose SHA-256 or size is
/// not what it says, are refused by a line in `faults`.
[[nodiscard]] Gallery read_gallery(const std::filesystem::path& run_folder);

struct PageOptions {
  AssetsMode assets = AssetsMode::kInline;
  std::size_t budget_bytes = 8'000'000;  ///< of the page; media that would go beyond are left out and counted
};

/// The report with its gallery: a pure function of its arguments.
[[nodiscard]] std::string to_html(const Results& results, const Gallery& gallery, const PageOptions& options);

/// Samples that such a page shows so that they can be recognised: none when redacted.
[[nodiscard]] std::size_t samples_shown(const Results& results, const Gallery& gallery, const PageOptions& options);

}  // namespace shakedown::reports
