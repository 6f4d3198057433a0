// FacialMMT's MELD features (Zheng et al., ACL 2023): meld_<split>_audio_utt.pkl and meld_<split>_vision_utt.pkl hold
// {split: {audio | vision [utterances, steps, columns], <modality>_utt_mask [utterances, steps], labels}};
// <split>_utt_profile.json gives [utterance, dialogue, index of the dialogue, its length, position] of each row.
#include <array>
#include <utility>

#include <fmt/format.h>

#include "feature_files.h"
#include "fields.h"
#include "shakedown/core/error.h"
#include "shakedown/core/yaml.h"

namespace shakedown::datasets {
namespace {

constexpr std::array<const char*, 7> kEmotions{"neutral", "surprise", "fear", "sadness", "joy", "disgust", "anger"};

const PickleObject& require(const PickleObject& dict, const std::string& key) {
  if (const PickleObject* const value = dict.find(key)) return *value;
  throw Error(ErrorKind::kData, fmt::format("no key '{}', which FacialMMT's pickles have", key));
}

/// Number of leading steps that the mask [utterances, steps] marks as real.
std::vector<std::int64_t> lengths(const std::string& key, const PickleObject& mask, std::size_t file_size) {
  const SequenceColumn rows(key, mask, file_size);
  if (rows.has_time()) throw Error(ErrorKind::kData, key + ": [utterances, steps] is expected");
  std::vector<std::int64_t> lengths;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::int64_t length = 0;
    for (const float value : rows.read(row).values) {
      if (value != 1.0F) break;
      ++length;
    }
    lengths.push_back(length);
  }
  return lengths;
}

/// Ids and dialogues of `rows` utterances.
std::pair<std::vector<std::string>, std::vector<std::string>> read_profile(const std::filesystem::path& file,
                                                                           std::size_t rows) {
  const Yaml profile = Yaml::load(file);  // JSON is YAML
  std::pair<std::vector<std::string>, std::vector<std::string>> names;
  for (std::size_t row = 0; row < rows; ++row) {
    const Yaml entry = profile.require(std::to_string(row));
    if (entry.kind() != Yaml::Kind::kList || entry.size() < 2) entry.fail("[utterance, dialogue, ...] is expected");
    names.first.push_back(entry.at(0).text());
    names.second.push_back(entry.at(1).text());
  }
  return names;
}

}  // namespace

void find_facialmmt(Manifest& manifest) {
  if (!manifest.files.empty()) {
    throw Error(ErrorKind::kUsage, manifest.manifest_file.string() +
                                       ": format facialmmt finds its files by their names: give `path:`, their folder");
  }
  for (const char* const split : {"train", "val", "valid", "dev", "test"}) {
    const std::filesystem::path file = manifest.root / fmt::format("meld_{}_vision_utt.pkl", split);
    if (std::filesystem::exists(file) && file_of(manifest, split) == nullptr) manifest.files[split] = file;
  }
  if (manifest.files.empty()) {
    throw Error(ErrorKind::kData, manifest.root.string() + ": holds no meld_<split>_vision_utt.pkl");
  }
}

std::shared_ptr<const Pickle> open_facialmmt(const Manifest& manifest, const std::string& split) {
  const std::filesystem::path* const vision = file_of(manifest, split);
  // meld_<name>_vision_utt.pkl: the authors' name of the split is in it.
  const std::string file = vision->filename().string();
  const std::string name = file.substr(5, file.size() - std::string("meld__vision_utt.pkl").size());
  const std::filesystem::path folder = vision->parent_path();
  const std::array paths{folder / fmt::format("meld_{}_audio_utt.pkl", name), *vision};
  std::vector<std::shared_ptr<const Pickle>> pickles;
  for (const auto& path : paths) pickles.push_back(Pickle::open(path));
  PickleUnion all(pickles);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    in_context(paths[i].string(), [&] {
      const std::string modality = i == 0 ? "audio" : "vision";
      const PickleObject& dict = require(pickles[i]->root(), name);
      all.add(modality, require(dict, modality));
      const std::string mask = modality + "_utt_mask";
      const std::vector<std::int64_t> valid = lengths(mask, require(dict, mask), pickles[i]->file_size());
      all.add(modality + "_lengths", valid);
      rows = valid.size();
      if (modality == "audio") return;
      const Column labels("labels", require(dict, "labels"));
      std::vector<std::string> emotions;
      for (std::size_t row = 0; row < labels.size(); ++row) {
        const double label = labels.number(row);
        const bool known = label >= 0 && label < static_cast<double>(kEmotions.size());
        if (!known || label != static_cast<double>(static_cast<std::size_t>(label))) {
          throw Error(ErrorKind::kData,
                      fmt::format("labels: row {}: {} is none of MELD's emotions 0 to 6", row, label));
        }
        emotions.emplace_back(kEmotions[static_cast<std::size_t>(label)]);
      }
      all.add("emotion", emotions);
    });
  }
  const auto [ids, dialogues] = read_profile(folder / (name + "_utt_profile.json"), rows);
  all.add("id", ids);
  all.add("dialogue", dialogues);
  return all.finish(split);
}

}  // namespace shakedown::datasets
