#include "text/mandarin.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/han.h"
#include "text/pinyin.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kNeighbours = 12, kLongest = 4;
constexpr double kWordCount = 600;        // 3 in a million of the vocabulary's running words: 66,000 words
constexpr double kCharacterShare = 1e-5;  // some 3,300 characters
constexpr double kFalloff = 4, kScale = 1e6;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what, const std::string& package) {
  throw Error(ErrorKind::kData, "Chinese recogniser errors and homophones need " + file.string() + ": " + what +
                                    "; install the package " + package);
}

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    const bool goes_on = (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
    if (goes_on && !characters.empty()) {
      characters.back() += c;
    } else {
      characters.emplace_back(1, c);
    }
  }
  return characters;
}

// The plain form of each character, found once. The vocabulary's spellings that ICU leaves alone are added.
class Simplifier {
 public:
  std::string operator()(std::string_view text) {
    std::string out;
    for (std::string& each : characters_of(text)) {
      auto known = plain_.find(each);
      if (known == plain_.end()) {
        std::string plain = media::simplified(each);
        known = plain_.emplace(std::move(each), std::move(plain)).first;
      }
      out += known->second;
    }
    return out;
  }

 private:
  std::unordered_map<std::string, std::string> plain_ = {{"峯", "峰"}, {"麪", "面"}, {"牀", "床"}, {"喫", "吃"}};
};

double number(std::string_view text) {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() ? value : -1;
}

struct Reading {
  Syllable syllable;
  double share = 1;
};
using Word = std::vector<std::string>;
using Sound = std::vector<Syllable>;

std::string key_of(const Sound& sound) {
  std::string key;
  for (const Syllable each : sound) {
    const std::uint16_t merged = confusion_class(each);
    key += static_cast<char>(merged & 0xFFU);
    key += static_cast<char>(merged >> 8U);
  }
  return key;
}

}  // namespace

struct Mandarin::Impl {
  struct Entry {
    Word plain, full;
    double frequency = 0;
    Sound sound;
  };
  struct Spelling {
    std::string full;
    double most = 0, count = 0;
  };
  std::vector<Entry> words, characters;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_sound;
  std::unordered_map<std::string, std::uint32_t> index;
  std::unordered_map<std::string, std::vector<Reading>> written;   // by the character as the dictionary writes it
  std::unordered_map<std::string, std::vector<Reading>> readings;  // by the simplified one
  std::unordered_map<std::string, Sound> phrases;
  mutable std::shared_mutex guard;
  mutable std::unordered_map<std::string, std::vector<SoundsLikeHan>> found;

  void read_readings(const std::filesystem::path& file, Simplifier& simplify);
  void read_vocabulary(const std::filesystem::path& file, Simplifier& simplify);
  void add_tones();
  [[nodiscard]] const std::vector<Reading>* readings_of(const std::string& character) const;
  [[nodiscard]] Sound sound_of(const Word& word) const;
  [[nodiscard]] std::vector<SoundsLikeHan> search(const Word& word, const std::vector<std::size_t>& places,
                                                  bool traditional) const;
};

// "word<TAB>syllables[<TAB>share%]" after the line "...".
void Mandarin::Impl::read_readings(const std::filesystem::path& file, Simplifier& simplify) {
  constexpr const char* kPackage = "rime-data-luna-pinyin";
  std::ifstream in(file);
  if (!in) fail(file, "it cannot be opened", kPackage);
  std::string line;
  while (std::getline(in, line) && line != "...") continue;
  while (std::getline(in, line)) {
    const auto fields = split(line, '\t');
    if (fields.size() < 2) continue;
    Sound sound;
    for (const auto& each : split(fields[1], ' '))
      if (const auto syllable = syllable_of(each)) sound.push_back(*syllable);
    const std::string plain = simplify(fields[0]);
    const std::size_t length = characters_of(plain).size();
    if (sound.size() != length) continue;  // Bopomofo, interjections without a vowel
    if (length > 1) {
      phrases.try_emplace(plain, std::move(sound));
      continue;
    }
    double share = 1;
    if (fields.size() > 2) share = number(fields[2].substr(0, fields[2].find('%'))) / 100;
    auto& known = written[std::string(fields[0])];
    const auto same =
        std::find_if(known.begin(), known.end(), [&](const Reading& each) { return each.syllable == sound.front(); });
    if (same == known.end()) known.push_back({sound.front(), share});
  }
  if (written.empty()) fail(file, "it holds no readings", kPackage);
  for (auto& [character, all] : written) {
    std::stable_sort(all.begin(), all.end(), [](const Reading& a, const Reading& b) { return a.share > b.share; });
  }
}

// "word<TAB>count", in traditional characters.
void Mandarin::Impl::read_vocabulary(const std::filesystem::path& file, Simplifier& simplify) {
  constexpr const char* kPackage = "rime-essay";
  std::ifstream in(file);
  if (!in) fail(file, "it cannot be opened", kPackage);
  double total = 0;
  std::map<std::string, Spelling> spelt, single;  // ordered: the same order on every machine
  const auto add = [](Spelling& spelling, const std::string& full, double count) {
    if (count > spelling.most) spelling.full = full, spelling.most = count;
    spelling.count += count;
  };
  for (std::string line; std::getline(in, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const double count = number(std::string_view(line).substr(tab + 1));
    if (count <= 0) continue;
    total += count;
    const std::string full = line.substr(0, tab), plain = simplify(full);
    const Word full_word = characters_of(full), plain_word = characters_of(plain);
    if (full_word.size() != plain_word.size()) continue;
    for (std::size_t i = 0; i < plain_word.size(); ++i) add(single[plain_word[i]], full_word[i], count);
    if (plain_word.size() <= kLongest) add(spelt[plain], full, count);
  }
  if (total <= 0) fail(file, "it holds no words with counts", kPackage);
  // A simplified character is read as the traditional one that it mostly stands for: as itself it may be a rare one.
  for (const auto& [plain, spelling] : single) {
    auto known = written.find(spelling.full);
    if (known == written.end()) known = written.find(plain);
    if (known != written.end()) readings.emplace(plain, known->second);
  }
  for (const auto& [plain, spelling] : single) {
    if (spelling.count / total < kCharacterShare || readings_of(plain) == nullptr) continue;
    characters.push_back({{plain}, {spelling.full}, spelling.count / total, {}});
  }
  for (const auto& [plain, spelling] : spelt) {
    if (spelling.count < kWordCount) continue;
    Entry entry{characters_of(plain), characters_of(spelling.full), spelling.count / total, {}};
    const bool read = std::all_of(entry.plain.begin(), entry.plain.end(),
                                  [&](const std::string& each) { return readings_of(each) != nullptr; });
    if (read) words.push_back(std::move(entry));
  }
}

// The dictionary has no tones. ICU's are taken where it reads the same syllable.
void Mandarin::Impl::add_tones() {
  const auto tone = [](const std::string& character, std::vector<Reading>& all) {
    const auto icu = media::pinyin(character);
    const auto syllable = icu.empty() ? std::nullopt : syllable_of(icu.front());
    if (!syllable) return;
    for (Reading& each : all) {
      if (each.syllable.initial != syllable->initial || each.syllable.final != syllable->final) continue;
      each.syllable.tone = syllable->tone == 0 ? 5 : syllable->tone;  // without a mark: neutral
    }
  };
  for (const Entry& each : characters) tone(each.plain.front(), readings[each.plain.front()]);
}

const std::vector<Reading>* Mandarin::Impl::readings_of(const std::string& character) const {
  const auto known = readings.find(character);
  return known == readings.end() ? nullptr : &known->second;
}

// Empty when one of the characters has no reading.
Sound Mandarin::Impl::sound_of(const Word& word) const {
  constexpr double kRareReading = .01;
  Sound sound;
  bool several = false;
  for (const std::string& each : word) {
    const auto* all = readings_of(each);
    if (all == nullptr) return {};
    sound.push_back(all->front().syllable);
    several = several || (all->size() > 1 && (*all)[1].share >= kRareReading);
  }
  if (!several || word.size() == 1) return sound;
  Sound better;
  if (const auto phrase = phrases.find(join(word, "")); phrase != phrases.end()) {
    better = phrase->second;
  } else {
    for (const std::string& each : media::pinyin(join(word, ""))) {
      const auto syllable = syllable_of(each);
      if (!syllable) return sound;
      better.push_back(*syllable);
      if (better.back().tone == 0) better.back().tone = 5;
    }
  }
  if (better.size() != sound.size()) return sound;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    if (better[i].tone != 0) continue;  // a phrase of the dictionary: the tone of the character that is read so
    for (const Reading& each : *readings_of(word[i]))
      if (each.syllable.initial == better[i].initial && each.syllable.final == better[i].final)
        better[i] = each.syllable;
  }
  return better;
}

std::vector<SoundsLikeHan> Mandarin::Impl::search(const Word& word, const std::vector<std::size_t>& places,
                                                  bool traditional) const {
  constexpr double kLeastShare = .05, kFarthest = 1.7;
  Word plain;
  for (const std::string& each : word) plain.push_back(media::simplified(each));
  std::vector<Sound> sounds;
  if (plain.size() == 1) {
    if (const auto* all = readings_of(plain.front())) {
      for (const Reading& each : *all)
        if (each.share >= kLeastShare) sounds.push_back({each.syllable});
    }
  } else if (auto sound = sound_of(plain); !sound.empty()) {
    sounds.push_back(std::move(sound));
  }
  std::vector<SoundsLikeHan> all;
  const auto add = [&](const Entry& entry, const std::vector<std::size_t>& taken, double distance) {
    SoundsLikeHan like;
    for (const std::size_t at : taken) like.characters.push_back((traditional ? entry.full : entry.plain)[at]);
    like.weight = 1 + static_cast<std::uint64_t>(kScale * std::sqrt(entry.frequency) * std::exp(-kFalloff * distance));
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const SoundsLikeHan& each) { return each.characters == like.characters; });
    if (same == all.end()) {
      all.push_back(std::move(like));
    } else {
      same->weight = std::max(same->weight, like.weight);
    }
  };
  for (const Sound& sound : sounds) {
    const auto bucket = by_sound.find(key_of(sound));
    if (bucket == by_sound.end()) continue;
    for (const std::uint32_t each : bucket->second) {
      const Entry& entry = words[each];
      std::vector<std::size_t> unlike;
      double distance = 0;
      for (std::size_t i = 0; i < plain.size(); ++i) {
        if (entry.plain[i] == plain[i]) continue;
        unlike.push_back(i);
        distance += syllable_distance(sound[i], entry.sound[i]);
      }
      if (unlike == places) add(entry, places, distance);
    }
  }
  if (all.empty() && places.size() == 1) {
    const std::size_t at = places.front();
    for (const Sound& sound : sounds) {
      for (const Entry& each : characters) {
        const double distance = syllable_distance(sound[at], each.sound.front());
        if (each.plain.front() != plain[at] && distance < kFarthest) add(each, {0}, distance);
      }
    }
  }
  std::sort(all.begin(), all.end(), [](const SoundsLikeHan& a, const SoundsLikeHan& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.characters < b.characters;
  });
  if (all.size() > kNeighbours) all.resize(kNeighbours);
  return all;
}

Mandarin::Mandarin(const std::filesystem::path& folder) : impl_(std::make_unique<Impl>()) {
  Simplifier simplify;
  impl_->read_readings(folder / kReadings, simplify);
  impl_->read_vocabulary(folder / kVocabulary, simplify);
  impl_->add_tones();
  for (auto& each : impl_->characters) each.sound = impl_->sound_of(each.plain);
  for (std::uint32_t i = 0; i < impl_->words.size(); ++i) {
    auto& word = impl_->words[i];
    word.sound = impl_->sound_of(word.plain);
    impl_->by_sound[key_of(word.sound)].push_back(i);
    impl_->index.emplace(join(word.plain, ""), i);
  }
}

Mandarin::~Mandarin() = default;

std::filesystem::path Mandarin::installed_folder() {
  return "/usr/share/rime-data";
}

const Mandarin& Mandarin::installed() {
  static const Mandarin kMandarin(installed_folder());
  return kMandarin;
}

const std::vector<SoundsLikeHan>& Mandarin::near(const std::vector<std::string>& word,
                                                 const std::vector<std::size_t>& places, bool traditional) const {
  std::string key = join(word, "") + (traditional ? "|t" : "|s");
  for (const std::size_t place : places) key += "|" + std::to_string(place);
  {
    const std::shared_lock lock(impl_->guard);
    if (const auto known = impl_->found.find(key); known != impl_->found.end()) return known->second;
  }
  auto fresh = impl_->search(word, places, traditional);
  const std::unique_lock lock(impl_->guard);
  return impl_->found.try_emplace(std::move(key), std::move(fresh)).first->second;  // nodes of the map never move
}

std::vector<SoundsLike> Mandarin::homophones(const std::string& word, double ratio, bool traditional) const {
  auto known = impl_->index.find(word);
  if (known == impl_->index.end()) known = impl_->index.find(media::simplified(word));
  if (known == impl_->index.end()) return {};
  const Impl::Entry& own = impl_->words[known->second];
  std::vector<SoundsLike> all;
  for (const std::uint32_t each : impl_->by_sound.at(key_of(own.sound))) {
    const Impl::Entry& other = impl_->words[each];
    if (each == known->second || other.sound != own.sound) continue;
    if (other.frequency > ratio * own.frequency || own.frequency > ratio * other.frequency) continue;
    all.push_back(
        {join(traditional ? other.full : other.plain, ""), 1 + static_cast<std::uint64_t>(other.frequency * 1e9)});
  }
  std::sort(all.begin(), all.end(), [](const SoundsLike& a, const SoundsLike& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  return all;
}

bool is_traditional(std::string_view text) {
  const auto before = characters_of(text), plain = characters_of(media::simplified(text)),
             full = characters_of(media::traditional(text));
  std::size_t changed_by_plain = 0, changed_by_full = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    changed_by_plain += i < plain.size() && before[i] != plain[i] ? 1 : 0;
    changed_by_full += i < full.size() && before[i] != full[i] ? 1 : 0;
  }
  return changed_by_plain > changed_by_full;
}

}  // namespace shakedown::perturb
