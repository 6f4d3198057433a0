#include "text/phones.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace shakedown::perturb {
namespace {

// Vowels: height (0 open to 3 close), backness (0 front to 2 back), rounding, glide (0 none, 1 to i, 2 to u, 3 r).
// Consonants: place (0 lips to 6 glottis), manner (0 stop, 1 affricate, 2 fricative, 3 nasal, 4 lateral, 5
// approximant), voice.
struct Features {
  std::string_view name, ipa;  // ipa: its symbols, between spaces
  bool vowel;
  std::array<double, 4> values;
  double loss;
};
constexpr std::array<Features, kPhones> kTable = {{
    {"AA", "ɑ", true, {0, 2, 0, 0}, .6},        {"AE", "æ", true, {.5, 0, 0, 0}, .6},
    {"AH", "ʌ ə ɐ", true, {1.2, 1, 0, 0}, .35}, {"AO", "ɔ", true, {.8, 2, 1, 0}, .6},
    {"AW", "aʊ", true, {0, 1, .5, 2}, .7},      {"AY", "aɪ", true, {0, 1, 0, 1}, .7},
    {"B", "b", false, {0, 0, 1, 0}, .5},        {"CH", "tʃ", false, {3.5, 1, 0, 0}, .6},
    {"D", "d", false, {3, 0, 1, 0}, .35},       {"DH", "ð", false, {2, 2, 1, 0}, .4},
    {"EH", "ɛ", true, {1, 0, 0, 0}, .6},        {"ER", "ɜ ɚ ɝ", true, {1.5, 1, .3, 3}, .6},
    {"EY", "eɪ", true, {1.7, 0, 0, 1}, .7},     {"F", "f", false, {1, 2, 0, 0}, .5},
    {"G", "ɡ g", false, {5, 0, 1, 0}, .5},      {"HH", "h", false, {6, 2, 0, 0}, .35},
    {"IH", "ɪ ᵻ", true, {2.4, .3, 0, 0}, .4},   {"IY", "i", true, {3, 0, 0, 0}, .6},
    {"JH", "dʒ", false, {3.5, 1, 1, 0}, .6},    {"K", "k", false, {5, 0, 0, 0}, .5},
    {"L", "l ɫ", false, {3, 4, 1, 0}, .45},     {"M", "m", false, {0, 3, 1, 0}, .5},
    {"N", "n", false, {3, 3, 1, 0}, .45},       {"NG", "ŋ", false, {5, 3, 1, 0}, .5},
    {"OW", "oʊ əʊ", true, {1.7, 2, 1, 2}, .7},  {"OY", "ɔɪ", true, {1, 2, 1, 1}, .8},
    {"P", "p", false, {0, 0, 0, 0}, .5},        {"R", "ɹ ɻ", false, {3.5, 5, 1, 0}, .45},
    {"S", "s", false, {3, 2, 0, 0}, .5},        {"SH", "ʃ", false, {3.5, 2, 0, 0}, .6},
    {"T", "t", false, {3, 0, 0, 0}, .35},       {"TH", "θ", false, {2, 2, 0, 0}, .5},
    {"UH", "ʊ", true, {2.4, 1.7, 1, 0}, .5},    {"UW", "u", true, {3, 2, 1, 0}, .6},
    {"V", "v", false, {1, 2, 1, 0}, .45},       {"W", "w", false, {.5, 5, 1, 0}, .5},
    {"Y", "j", false, {4, 5, 1, 0}, .45},       {"Z", "z", false, {3, 2, 1, 0}, .5},
    {"ZH", "ʒ", false, {3.5, 2, 1, 0}, .6},     {"", "a", true, {0, 1, 0, 0}, .6},
    {"", "ɒ", true, {.3, 2, 1, 0}, .6},         {"", "e", true, {1.7, 0, 0, 0}, .6},
    {"", "o", true, {1.7, 2, 1, 0}, .6},        {"", "y ʏ", true, {3, 0, 1, 0}, .6},
    {"", "ø", true, {1.7, 0, 1, 0}, .6},        {"", "œ ɶ", true, {1, 0, 1, 0}, .6},
    {"", "ɯ", true, {3, 2, 0, 0}, .6},          {"", "ɤ", true, {1.7, 2, 0, 0}, .6},
    {"", "ɨ", true, {3, 1, 0, 0}, .5},          {"", "ʉ", true, {3, 1, 1, 0}, .5},
    {"", "ɘ ɵ", true, {1.7, 1, .5, 0}, .5},     {"", "au", true, {0, 1, .5, 2}, .7},
    {"", "ts", false, {3, 1, 0, 0}, .6},        {"", "dz", false, {3, 1, 1, 0}, .6},
    {"", "tɕ tʂ", false, {3.7, 1, 0, 0}, .6},   {"", "dʑ dʐ", false, {3.7, 1, 1, 0}, .6},
    {"", "pf", false, {.5, 1, 0, 0}, .6},       {"", "c", false, {4.5, 0, 0, 0}, .5},
    {"", "ɟ", false, {4.5, 0, 1, 0}, .5},       {"", "q", false, {5.5, 0, 0, 0}, .5},
    {"", "ɢ", false, {5.5, 0, 1, 0}, .5},       {"", "ʔ", false, {6, 0, 0, 0}, .2},
    {"", "ʈ", false, {3.7, 0, 0, 0}, .4},       {"", "ɖ", false, {3.7, 0, 1, 0}, .4},
    {"", "ɸ", false, {0, 2, 0, 0}, .5},         {"", "β", false, {0, 2, 1, 0}, .45},
    {"", "ɕ ʂ", false, {3.7, 2, 0, 0}, .6},     {"", "ʑ ʐ", false, {3.7, 2, 1, 0}, .6},
    {"", "ç", false, {4, 2, 0, 0}, .5},         {"", "ʝ", false, {4, 2, 1, 0}, .45},
    {"", "x", false, {5, 2, 0, 0}, .5},         {"", "ɣ", false, {5, 2, 1, 0}, .45},
    {"", "χ", false, {5.5, 2, 0, 0}, .5},       {"", "ħ ʜ", false, {5.8, 2, 0, 0}, .45},
    {"", "ʕ ɦ", false, {6, 2, 1, 0}, .35},      {"", "ɬ", false, {3, 2, 0, 0}, .5},
    {"", "ɲ", false, {4, 3, 1, 0}, .45},        {"", "ɳ", false, {3.7, 3, 1, 0}, .45},
    {"", "ɱ", false, {1, 3, 1, 0}, .5},         {"", "ɴ", false, {5.5, 3, 1, 0}, .5},
    {"", "ʎ", false, {4, 4, 1, 0}, .45},        {"", "ɭ", false, {3.7, 4, 1, 0}, .45},
    {"", "r", false, {3, 5, 1, 0}, .45},        {"", "ɾ", false, {3, 0, 1, 0}, .35},
    {"", "ɽ", false, {3.7, 5, 1, 0}, .45},      {"", "ʁ ʀ", false, {5.5, 5, 1, 0}, .45},
    {"", "ɥ", false, {4, 5, 1, 0}, .45},        {"", "ʋ", false, {1, 5, 1, 0}, .45},
    {"", "ɰ", false, {5, 5, 1, 0}, .45},
}};

// Neighbouring manners: a stop is nearer to an affricate than to a nasal.
constexpr double kManner[6][6] = {{0, .25, .5, .5, .7, .8}, {.25, 0, .25, .7, .8, .8}, {.5, .25, 0, .7, .6, .5},
                                  {.5, .7, .7, 0, .5, .6},  {.7, .8, .6, .5, 0, .3},   {.8, .8, .5, .6, .3, 0}};

double distance(const Features& a, const Features& b) {
  if (a.vowel != b.vowel) return 1;
  const auto apart = [&](std::size_t feature) { return std::abs(a.values[feature] - b.values[feature]); };
  if (a.vowel) {
    const double glide = a.values[3] == b.values[3] ? 0 : .2;
    return std::min(1.0, .25 * apart(0) + .15 * apart(1) + .1 * apart(2) + glide);
  }
  const auto manner = [](const Features& phone) { return static_cast<std::size_t>(phone.values[1]); };
  return std::min(1.0, .13 * apart(0) + kManner[manner(a)][manner(b)] + .2 * apart(2));
}

std::array<std::array<double, kPhones>, kPhones> all_distances() {
  std::array<std::array<double, kPhones>, kPhones> all{};
  for (std::size_t a = 0; a < kPhones; ++a)
    for (std::size_t b = 0; b < kPhones; ++b) all[a][b] = distance(kTable[a], kTable[b]);
  return all;
}

}  // namespace

std::optional<Phone> phone_of(std::string_view name) {
  const auto found = std::lower_bound(kTable.begin(), kTable.begin() + kEnglishPhones, name,
                                      [](const Features& a, auto b) { return a.name < b; });
  if (found == kTable.begin() + kEnglishPhones || found->name != name) return std::nullopt;
  return static_cast<Phone>(found - kTable.begin());
}

Phones phones_of_ipa(std::string_view ipa) {
  static const auto kSymbols = [] {
    std::vector<std::pair<std::string_view, Phone>> symbols;
    for (std::size_t i = 0; i < kTable.size(); ++i) {
      std::string_view rest = kTable[i].ipa;
      while (!rest.empty()) {
        const auto symbol = rest.substr(0, rest.find(' '));
        symbols.emplace_back(symbol, static_cast<Phone>(i));
        rest.remove_prefix(std::min(rest.size(), symbol.size() + 1));
      }
    }
    std::stable_sort(symbols.begin(), symbols.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return symbols;
  }();
  Phones phones;
  while (!ipa.empty()) {
    const auto known = std::find_if(kSymbols.begin(), kSymbols.end(),
                                    [&](const auto& symbol) { return ipa.starts_with(symbol.first); });
    if (known != kSymbols.end()) phones.push_back(known->second);
    ipa.remove_prefix(known == kSymbols.end() ? 1 : known->first.size());  // stress, length and the like
  }
  return phones;
}

double phone_distance(Phone a, Phone b) {
  static const auto kDistances = all_distances();
  return kDistances[a][b];
}

double phone_loss(Phone phone) {
  return kTable[phone].loss;
}

}  // namespace shakedown::perturb
