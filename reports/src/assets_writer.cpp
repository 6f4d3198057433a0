#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "gallery_words.h"
#include "json_values.h"
#include "media_files.h"
#include "pictures.h"
#include "sample_text.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/media/encode.h"
#include "shakedown/reports/gallery.h"
#include "shakedown/reports/report.h"
#include "word_diff.h"

namespace shakedown::reports {
namespace {

constexpr int kJpegQuality = 80;

/// Perturbations that leave every frame where it was and the face in it: the boxes of the clean clip say where faces
/// are.
bool keeps_faces_in_place(const CellRow& cell) {
  static const std::set<std::string> kKeep = {
      "video.color_cast", "video.compression",   "video.contrast",  "video.defocus",        "video.face_occlusion",
      "video.flicker",    "video.gamma",         "video.low_light", "video.low_resolution", "video.noise",
      "video.patch_mask", "video.over_exposure", "video.shadow",    "video.side_light"};
  return std::all_of(cell.parts.begin(), cell.parts.end(),
                     [](const PartRow& part) { return kKeep.contains(part.perturbation); });
}

bool same_shape(const Clip& a, const Clip& b) {
  return std::equal(a.frames.begin(), a.frames.end(), b.frames.begin(), b.frames.end(),
                    [](const auto& x, const auto& y) { return x->width == y->width && x->height == y->height; });
}

Json prediction_json(const GalleryPrediction& prediction) {
  Json outputs = Json::array();
  for (const double output : prediction.outputs) outputs.push_back(number(output));
  return {{"decision", prediction.decision}, {"value", number(prediction.value)}, {"outputs", std::move(outputs)}};
}

}  // namespace

class AssetsWriter::Writer {
 public:
  Writer(const std::filesystem::path& run_folder, bool redacted)
      : folder_(run_folder / kAssetsFolder), redacted_(redacted) {
    remove_assets(run_folder);
    std::error_code code;
    std::filesystem::create_directories(folder_, code);
    if (code) throw Error(ErrorKind::kIncomplete, folder_.string() + ": cannot be made: " + code.message());
  }

  void add(const GalleryItem& item) {
    const auto& choice = item.choice;
    media_ = Json::array();
    lines_ = Json::array();
    Json json = {{"rule", gallery_rule_name(choice.rule)},
                 {"reason", reason_of(choice)},
                 {"cell", item.cell.id},
                 {"definition", item.cell.definition},
                 {"sample", redacted_ ? std::to_string(items_.size() + 1) : item.sample.id},
                 {"label", choice.label},
                 {"label_class", choice.label_class},
                 {"before", prediction_json(choice.before)},
                 {"after", prediction_json(choice.after)},
                 {"damage", number(choice.damage)},
                 {"shift", number(choice.shift)},
                 {"dose",
                  {{"realised", number(item.dose.realised)},
                   {"taken", number(item.dose.taken)},
                   {"eligible", number(item.dose.eligible)}}}};
    Json measures = Json::object();
    for (const auto& [name, value] : item.measures) measures[name] = number(value);
    json["measures"] = std::move(measures);
    json["command"] = redacted_ ? without_sample(item.command) : item.command;
    item_ = &item;
    add_text(json);
    add_sound();
    add_frames();
    // Words can be read off their embeddings.
    add_features("text embedding", Form::kEmbedding, item.clean.embedding, item.corrupted.embedding, Use::kPlain);
    add_features("audio features", Form::kAudioFeatures, item.clean.audio_features, item.corrupted.audio_features,
                 Use::kBoth);
    add_features("vision features", Form::kVisionFeatures, item.clean.vision_features, item.corrupted.vision_features,
                 Use::kBoth);
    json["lines"] = std::move(lines_);
    json["media"] = std::move(media_);
    items_.push_back(std::move(json));
  }

  void finish(const std::vector<GalleryLeftOut>& left_out) {
    Json missing = Json::array();
    for (std::size_t i = 0; i < left_out.size(); ++i) {
      missing.push_back({{"cell", left_out[i].cell},
                         {"sample", redacted_ ? std::string(kHiddenSample) : left_out[i].sample},
                         {"why", redacted_ ? std::string("see the terminal") : left_out[i].why}});
    }
    write_file(folder_ / kGalleryFile, to_text({{"schema", kGallerySchema},
                                                {"redacted", redacted_},
                                                {"items", std::move(items_)},
                                                {"left_out", std::move(missing)}}));
  }

 private:
  enum class Use { kPlain, kRedacted, kBoth };

  /// A form that the cell removed: by taking the modality away, or because another form of it was written.
  [[nodiscard]] bool taken_away(Form form) const {
    for (const Form left : item_->corrupted.present().list())
      if (modality_of(left) == modality_of(form)) return false;
    return true;
  }

  /// Whether the corrupted sample has a form of its own to show; else a line says what became of it.
  template <class Part>
  bool differs(const char* what, Form form, const Shared<Part>& clean, const Shared<Part>& corrupted) {
    if (corrupted) return corrupted != clean;
    if (taken_away(form)) lines_.push_back("the cell takes the " + std::string(what) + " away");
    return false;
  }

  void add_text(Json& json) {
    const auto &clean = item_->clean.transcript, &corrupted = item_->corrupted.transcript;
    if (clean) {
      const bool taken = !corrupted && taken_away(Form::kTranscript);
      const std::string before = clean->text, after = taken ? "" : corrupted ? corrupted->text : before;
      std::size_t removed = 0, added = 0;
      for (const auto& run : word_diff(before, after)) {
        if (run.kind == DiffRun::Kind::kRemoved) removed += run.words;
        if (run.kind == DiffRun::Kind::kAdded) added += run.words;
      }
      json["text"] = {{"taken", taken}, {"removed", removed}, {"added", added}};
      if (!redacted_) json["text"].update({{"before", before}, {"after", after}});
    }
    const auto &tokens = item_->clean.tokens, &now = item_->corrupted.tokens;
    if (!tokens || !now || tokens == now) return;
    lines_.push_back(std::to_string(changed_tokens(*tokens, *now)) + " of " + std::to_string(tokens->length()) +
                     " token ids changed");
  }

  void add_sound() {
    const auto &clean = item_->clean.waveform, &corrupted = item_->corrupted.waveform;
    if (!clean) return;
    const double top = clean->pcm.empty() ? 0 : loudest_db(*clean);
    const auto show = [&](const Waveform& sound, bool after) {
      if (sound.pcm.empty()) {
        lines_.push_back(after ? "no sound is left" : "the sound is empty");
        return;
      }
      if (std::any_of(sound.pcm.begin(), sound.pcm.end(), [](float x) { return !std::isfinite(x); })) {
        lines_.push_back("the sound is not finite and cannot be played");
        return;
      }
      if (!redacted_) add_file("sound", after, Use::kPlain, ".flac", media::encode_flac(sound));
      add_picture("waveform", after, Use::kBoth, waveform_picture(sound));
      add_picture("spectrogram", after, Use::kBoth, spectrogram(sound, top));
    };
    show(*clean, false);
    if (differs("sound", Form::kWaveform, clean, corrupted)) show(*corrupted, true);
  }

  void add_frames() {
    const auto &clean = item_->clean.clip, &corrupted = item_->corrupted.clip;
    if (!clean) return;
    const auto* faces = item_->clean.faces.get();
    const auto show = [&](const Clip& clip, bool after, const FaceTrack* known) {
      if (clip.frames.empty()) lines_.push_back(after ? "no frame is left" : "there is no frame");
      if (!redacted_) add_picture("frames", after, Use::kPlain, frame_strip(clip, known));
      add_picture("frames", after, Use::kRedacted, hidden_strip(clip, known));
    };
    show(*clean, false, faces);
    if (!differs("frames", Form::kFrames, clean, corrupted)) return;
    show(*corrupted, true, keeps_faces_in_place(item_->cell) && same_shape(*clean, *corrupted) ? faces : nullptr);
  }

  void add_features(const char* what, Form form, const Shared<Sequence>& clean, const Shared<Sequence>& corrupted,
                    Use use) {
    if (!clean) return;
    add_picture(what, false, use, feature_map(*clean, *clean));
    if (differs(what, form, clean, corrupted)) add_picture(what, true, use, feature_map(*corrupted, *clean));
  }

  void add_picture(const std::string& what, bool after, Use use, const std::optional<Image>& picture) {
    if (!picture || (redacted_ && use == Use::kPlain)) return;
    if (what == "frames" || what == "spectrogram") {
      add_file(what, after, use, ".jpg", media::encode_jpeg(*picture, kJpegQuality));
    } else {
      add_file(what, after, use, ".png", media::encode_png(*picture));
    }
  }

  void add_file(const std::string& what, bool after, Use use, const std::string& extension,
                const std::vector<std::uint8_t>& bytes) {
    const std::string content(bytes.begin(), bytes.end());
    const std::string digest = sha256(content);
    const std::string name = digest.substr(0, kNameDigits) + extension;
    if (written_.insert(name).second) write_file(folder_ / name, content);
    media_.push_back({{"what", what},
                      {"of", after ? "after" : "before"},
                      {"use", use == Use::kBoth    ? "both"
                              : use == Use::kPlain ? "plain"
                                                   : "redacted"},
                      {"file", name},
                      {"bytes", content.size()},
                      {"sha256", digest}});
  }

  std::filesystem::path folder_;
  bool redacted_;
  const GalleryItem* item_ = nullptr;  ///< in work
  std::set<std::string> written_;
  Json items_ = Json::array(), media_, lines_;
};

AssetsWriter::AssetsWriter(const std::filesystem::path& run_folder, bool redacted)
    : writer_(std::make_unique<Writer>(run_folder, redacted)) {}
AssetsWriter::~AssetsWriter() = default;
void AssetsWriter::add(const GalleryItem& item) {
  writer_->add(item);
}
void AssetsWriter::finish(const std::vector<GalleryLeftOut>& left_out) {
  writer_->finish(left_out);
}

void remove_assets(const std::filesystem::path& run_folder) {
  const auto folder = run_folder / kAssetsFolder;
  std::error_code code;
  std::vector<std::filesystem::path> ours;
  for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
    const auto name = entry->path().filename().string();
    if (name == kGalleryFile || media_type(name)) ours.push_back(entry->path());
  }
  std::filesystem::remove(folder / kGalleryFile, code);  // first: what is half removed must not be read
  for (const auto& file : ours) std::filesystem::remove(file, code);
  std::filesystem::remove(folder, code);
}

}  // namespace shakedown::reports
