#include <fstream>
#include <iterator>
#include <limits>

#include "json_values.h"
#include "media_files.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"
#include "shakedown/core/text.h"
#include "shakedown/reports/gallery.h"

namespace shakedown::reports {
namespace {

constexpr std::uintmax_t kMostManifestBytes = 16'000'000, kMostMediaBytes = 256'000'000;
constexpr std::size_t kMostItems = 1000;

/// The bytes of a plain file of at most `most` bytes. @throws Error(kData) saying what is wrong, without the name
std::string bytes_of(const std::filesystem::path& file, std::uintmax_t most) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) throw Error(ErrorKind::kData, "is not there");
  const auto size = std::filesystem::file_size(file, code);
  if (code || size > most) throw Error(ErrorKind::kData, "is larger than it can be");
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof()) throw Error(ErrorKind::kData, "cannot be read");
  return bytes;
}

double number_of(const Json& json) {
  return json.is_number() ? json.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

GalleryPrediction prediction_of(const Json& json) {
  GalleryPrediction prediction{json.at("decision").get<std::string>(), number_of(json.at("value")), {}};
  for (const auto& output : json.at("outputs")) prediction.outputs.push_back(number_of(output));
  return prediction;
}

/// Reads one file of an item; refuses it by a fault.
void read_media(const std::filesystem::path& folder, const Json& json, Gallery::Item& item, Gallery& gallery) {
  Gallery::Media media;
  media.what = json.at("what").get<std::string>();
  media.after = json.at("of").get<std::string>() == "after";
  const auto use = json.at("use").get<std::string>();
  media.plain = use == "plain" || use == "both";
  media.redacted = use == "redacted" || use == "both";
  media.file = json.at("file").get<std::string>();
  const auto digest = json.at("sha256").get<std::string>();
  const auto type = media_type(media.file);
  if (!type) {
    gallery.faults.push_back(std::string(kAssetsFolder) + "/" + kGalleryFile + ": '" + media.file +
                             "' cannot name a file of the gallery: left out");
    return;
  }
  media.mime_type = *type;
  try {
    media.bytes = bytes_of(folder / media.file, kMostMediaBytes);
    if (sha256(media.bytes) != digest) throw Error(ErrorKind::kData, "is not the file that was written (SHA-256)");
  } catch (const Error& error) {
    gallery.faults.push_back(std::string(kAssetsFolder) + "/" + media.file + ": " + error.what() + ": left out");
    media.bytes.clear();
  }
  item.media.push_back(std::move(media));
}

Gallery::Item item_of(const Json& json) {
  Gallery::Item item;
  item.rule = gallery_rule_from_name(json.at("rule").get<std::string>());
  item.reason = json.at("reason").get<std::string>();
  item.cell = json.at("cell").get<std::string>();
  item.definition = json.at("definition").get<std::string>();
  item.sample = json.at("sample").get<std::string>();
  item.label = json.at("label").get<std::string>();
  item.label_class = json.at("label_class").get<std::string>();
  item.before = prediction_of(json.at("before"));
  item.after = prediction_of(json.at("after"));
  item.dose.realised = number_of(json.at("dose").at("realised"));
  item.dose.taken = number_of(json.at("dose").at("taken"));
  item.dose.eligible = number_of(json.at("dose").at("eligible"));
  for (const auto& [name, value] : json.at("measures").items()) item.measures[name] = number_of(value);
  item.command = json.at("command").get<std::vector<std::string>>();
  item.lines = json.at("lines").get<std::vector<std::string>>();
  if (const auto text = json.find("text"); text != json.end()) {
    item.has_text = true;
    item.text_taken = text->at("taken").get<bool>();
    item.words_removed = text->at("removed").get<std::size_t>();
    item.words_added = text->at("added").get<std::size_t>();
    item.text_before = text->value("before", "");
    item.text_after = text->value("after", "");
  }
  return item;
}

void fill(const std::filesystem::path& folder, Gallery& gallery) {
  const auto json = Json::parse(bytes_of(folder / kGalleryFile, kMostManifestBytes));
  if (json.at("schema") != kGallerySchema) {
    throw Error(ErrorKind::kData,
                "schema is '" + json.at("schema").get<std::string>() + "': this version reads " + kGallerySchema);
  }
  gallery.redacted = json.at("redacted").get<bool>();
  gallery.left_out = json.at("left_out").size();
  if (json.at("items").size() > kMostItems) throw Error(ErrorKind::kData, "has more items than a gallery can have");
  for (const auto& entry : json.at("items")) {
    auto item = item_of(entry);
    for (const auto& media : entry.at("media")) read_media(folder, media, item, gallery);
    gallery.items.push_back(std::move(item));
  }
  gallery.present = true;
}

}  // namespace

std::optional<std::string_view> media_type(std::string_view file_name) {
  const auto digits = file_name.substr(0, kNameDigits);
  if (digits.size() != kNameDigits || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return std::nullopt;
  const auto extension = file_name.substr(kNameDigits);
  if (extension == ".flac") return "audio/flac";
  if (extension == ".png") return "image/png";
  if (extension == ".jpg") return "image/jpeg";
  return std::nullopt;
}

AssetsMode assets_mode(const std::string& word) {
  if (word == "inline") return AssetsMode::kInline;
  if (word == "folder") return AssetsMode::kFolder;
  if (word == "none") return AssetsMode::kNone;
  if (word == "redacted") return AssetsMode::kRedacted;
  throw Error(ErrorKind::kUsage, "--assets: '" + word + "'" +
                                     suggestion(word, {"inline", "folder", "none", "redacted"}) +
                                     ": inline, folder, none or redacted is accepted");
}

Gallery read_gallery(const std::filesystem::path& run_folder) {
  const auto folder = run_folder / kAssetsFolder;
  Gallery gallery;
  std::error_code code;
  if (!std::filesystem::exists(folder / kGalleryFile, code)) return gallery;
  std::string why;
  try {
    fill(folder, gallery);
    return gallery;
  } catch (const Error& error) {
    why = error.what();
  } catch (const Json::parse_error&) {
    why = "is no JSON";
  } catch (const Json::exception&) {
    why = "lacks a key, or one has a value of another kind";
  }
  gallery = Gallery{};
  gallery.faults.push_back(std::string(kAssetsFolder) + "/" + kGalleryFile + ": " + why + ": no gallery is shown");
  return gallery;
}

}  // namespace shakedown::reports
