#include "text/pinyin.h"

#include <algorithm>
#include <array>
#include <string>

namespace shakedown::perturb {
namespace {

// `merged`: what of a confused pair both are taken for. `group`: sounds made in related ways.
struct Sound {
  std::string_view name, merged;
  int group;
};

constexpr std::array<Sound, 24> kInitials = {
    {{"", "", 0},   {"b", "b", 1}, {"p", "p", 1}, {"m", "m", 2},  {"f", "h", 3},  {"d", "d", 4},
     {"t", "t", 4}, {"n", "l", 2}, {"l", "l", 5}, {"g", "g", 6},  {"k", "k", 6},  {"h", "h", 3},
     {"j", "j", 7}, {"q", "q", 7}, {"x", "x", 8}, {"zh", "z", 7}, {"ch", "c", 7}, {"sh", "s", 8},
     {"r", "r", 5}, {"z", "z", 7}, {"c", "c", 7}, {"s", "s", 8},  {"y", "y", 0},  {"w", "w", 0}}};
constexpr std::array<Sound, 38> kFinals = {{{"a", "a", 1},
                                            {"o", "o", 2},
                                            {"e", "e", 2},
                                            {"ai", "ai", 3},
                                            {"ei", "ei", 4},
                                            {"ao", "ao", 5},
                                            {"ou", "ou", 6},
                                            {"an", "an", 7},
                                            {"en", "en", 8},
                                            {"ang", "an", 7},
                                            {"eng", "en", 8},
                                            {"ong", "ong", 8},
                                            {"i", "i", 9},
                                            {"ia", "ia", 1},
                                            {"ie", "ie", 10},
                                            {"iao", "iao", 5},
                                            {"iu", "iu", 6},
                                            {"ian", "ian", 7},
                                            {"in", "in", 8},
                                            {"iang", "ian", 7},
                                            {"ing", "in", 8},
                                            {"iong", "iong", 8},
                                            {"u", "u", 11},
                                            {"ua", "ua", 1},
                                            {"uo", "uo", 2},
                                            {"uai", "uai", 3},
                                            {"ui", "ui", 4},
                                            {"uan", "uan", 7},
                                            {"un", "un", 8},
                                            {"uang", "uan", 7},
                                            {"\xC3\xBC", "\xC3\xBC", 9},
                                            {"\xC3\xBC"
                                             "e",
                                             "\xC3\xBC"
                                             "e",
                                             10},
                                            {"\xC3\xBC"
                                             "an",
                                             "\xC3\xBC"
                                             "an",
                                             7},
                                            {"\xC3\xBC"
                                             "n",
                                             "\xC3\xBC"
                                             "n",
                                             8},
                                            {"-i", "-i", 9},
                                            {"er", "er", 2},
                                            {"eh", "e", 10},
                                            {"m", "m", 8}}};

// Letters with tone marks, by letter: tones 1 to 4.
struct Marked {
  std::string_view letter;
  std::array<std::string_view, 4> marks;
};
constexpr std::array<Marked, 6> kMarked = {{{"a", {"\xC4\x81", "\xC3\xA1", "\xC7\x8E", "\xC3\xA0"}},
                                            {"e", {"\xC4\x93", "\xC3\xA9", "\xC4\x9B", "\xC3\xA8"}},
                                            {"i", {"\xC4\xAB", "\xC3\xAD", "\xC7\x90", "\xC3\xAC"}},
                                            {"o", {"\xC5\x8D", "\xC3\xB3", "\xC7\x92", "\xC3\xB2"}},
                                            {"u", {"\xC5\xAB", "\xC3\xBA", "\xC7\x94", "\xC3\xB9"}},
                                            {"\xC3\xBC", {"\xC7\x96", "\xC7\x98", "\xC7\x9A", "\xC7\x9C"}}}};
constexpr std::string_view kU = "\xC3\xBC";

template <std::size_t n>
std::optional<std::uint8_t> index_of(const std::array<Sound, n>& sounds, std::string_view name) {
  const auto found = std::find_if(sounds.begin(), sounds.end(), [&](const Sound& each) { return each.name == name; });
  if (found == sounds.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - sounds.begin());
}

// Spelling to sound: "ju" is jü, "zhi" has the apical vowel, "yan" is -ian without an initial.
std::string as_pronounced(std::string_view initial, std::string rest) {
  if (rest.starts_with("v")) rest.replace(0, 1, kU);
  const bool palatal = initial == "j" || initial == "q" || initial == "x";
  if ((palatal || initial == "y") && rest.starts_with("u")) return std::string(kU) + rest.substr(1);
  constexpr std::array<std::string_view, 7> kApical = {"zh", "ch", "sh", "r", "z", "c", "s"};
  if (rest == "i" && std::find(kApical.begin(), kApical.end(), initial) != kApical.end()) return "-i";
  if (initial == "y") {
    if (rest == "a" || rest == "ao" || rest == "ang") return "i" + rest;
    if (rest == "an") return "ian";
    if (rest == "e") return "ie";
    if (rest == "ou") return "iu";
    if (rest == "ong") return "iong";
  }
  if (initial == "w") {
    if (rest == "a" || rest == "o" || rest == "ai" || rest == "an" || rest == "ang") return "u" + rest;
    if (rest == "ei") return "ui";
    if (rest == "en") return "un";
  }
  const bool labial = initial == "b" || initial == "p" || initial == "m" || initial == "f";
  if (rest == "o" && labial) return "uo";
  return rest;
}

template <std::size_t n>
double apart(const std::array<Sound, n>& sounds, std::size_t a, std::size_t b) {
  constexpr double kConfused = .2, kRelated = .4, kOther = .8;
  if (a == b) return 0;
  if (sounds[a].merged == sounds[b].merged) return kConfused;
  return sounds[a].group == sounds[b].group ? kRelated : kOther;
}

}  // namespace

std::optional<Syllable> syllable_of(std::string_view pinyin) {
  Syllable syllable;
  std::string plain(pinyin);
  for (const Marked& each : kMarked) {
    for (std::size_t tone = 0; tone < each.marks.size(); ++tone) {
      const auto at = plain.find(each.marks[tone]);
      if (at == std::string::npos) continue;
      plain.replace(at, each.marks[tone].size(), each.letter);
      syllable.tone = static_cast<std::uint8_t>(tone + 1);
    }
  }
  const std::string_view letters = plain;
  const std::size_t longest = letters.size() >= 2 && letters[1] == 'h' && letters != "eh" ? 2 : 1;
  std::string_view initial = letters.substr(0, std::min(longest, letters.size()));
  auto known = index_of(kInitials, initial);
  if (!known || letters == "m") initial = "", known = 0;
  const auto final = index_of(kFinals, as_pronounced(initial, std::string(letters.substr(initial.size()))));
  if (!final) return std::nullopt;
  syllable.initial = *known;
  syllable.final = *final;
  return syllable;
}

double syllable_distance(Syllable a, Syllable b) {
  constexpr double kTone = .1;
  const double tone = a.tone == b.tone ? 0 : (a.tone == 0 || b.tone == 0 ? kTone / 2 : kTone);
  return apart(kInitials, a.initial, b.initial) + apart(kFinals, a.final, b.final) + tone;
}

std::uint16_t confusion_class(Syllable syllable) {
  const auto initial = index_of(kInitials, kInitials[syllable.initial].merged);
  const auto final = index_of(kFinals, kFinals[syllable.final].merged);
  return static_cast<std::uint16_t>(*initial * kFinals.size() + *final);
}

}  // namespace shakedown::perturb
