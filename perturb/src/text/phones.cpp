#include "text/phones.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace shakedown::perturb {
namespace {

// Vowels: height (0 open to 3 close), backness (0 front to 2 back), rounding, glide (0 none, 1 to i, 2 to u, 3 r).
// Consonants: place (0 lips to 6 glottis), manner (0 stop, 1 affricate, 2 fricative, 3 nasal, 4 lateral, 5
// approximant), voice.
struct Features {
  std::string_view name;
  bool vowel;
  std::array<double, 4> values;
  double loss;
};
constexpr std::array<Features, kPhones> kTable = {{
    {"AA", true, {0, 2, 0, 0}, .6},    {"AE", true, {.5, 0, 0, 0}, .6},   {"AH", true, {1.2, 1, 0, 0}, .35},
    {"AO", true, {.8, 2, 1, 0}, .6},   {"AW", true, {0, 1, .5, 2}, .7},   {"AY", true, {0, 1, 0, 1}, .7},
    {"B", false, {0, 0, 1, 0}, .5},    {"CH", false, {3.5, 1, 0, 0}, .6}, {"D", false, {3, 0, 1, 0}, .35},
    {"DH", false, {2, 2, 1, 0}, .4},   {"EH", true, {1, 0, 0, 0}, .6},    {"ER", true, {1.5, 1, .3, 3}, .6},
    {"EY", true, {1.7, 0, 0, 1}, .7},  {"F", false, {1, 2, 0, 0}, .5},    {"G", false, {5, 0, 1, 0}, .5},
    {"HH", false, {6, 2, 0, 0}, .35},  {"IH", true, {2.4, .3, 0, 0}, .4}, {"IY", true, {3, 0, 0, 0}, .6},
    {"JH", false, {3.5, 1, 1, 0}, .6}, {"K", false, {5, 0, 0, 0}, .5},    {"L", false, {3, 4, 1, 0}, .45},
    {"M", false, {0, 3, 1, 0}, .5},    {"N", false, {3, 3, 1, 0}, .45},   {"NG", false, {5, 3, 1, 0}, .5},
    {"OW", true, {1.7, 2, 1, 2}, .7},  {"OY", true, {1, 2, 1, 1}, .8},    {"P", false, {0, 0, 0, 0}, .5},
    {"R", false, {3.5, 5, 1, 0}, .45}, {"S", false, {3, 2, 0, 0}, .5},    {"SH", false, {3.5, 2, 0, 0}, .6},
    {"T", false, {3, 0, 0, 0}, .35},   {"TH", false, {2, 2, 0, 0}, .5},   {"UH", true, {2.4, 1.7, 1, 0}, .5},
    {"UW", true, {3, 2, 1, 0}, .6},    {"V", false, {1, 2, 1, 0}, .45},   {"W", false, {.5, 5, 1, 0}, .5},
    {"Y", false, {4, 5, 1, 0}, .45},   {"Z", false, {3, 2, 1, 0}, .5},    {"ZH", false, {3.5, 2, 1, 0}, .6},
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
  const auto found =
      std::lower_bound(kTable.begin(), kTable.end(), name, [](const Features& a, auto b) { return a.name < b; });
  if (found == kTable.end() || found->name != name) return std::nullopt;
  return static_cast<Phone>(found - kTable.begin());
}

double phone_distance(Phone a, Phone b) {
  static const auto kDistances = all_distances();
  return kDistances[a][b];
}

double phone_loss(Phone phone) {
  return kTable[phone].loss;
}

}  // namespace shakedown::perturb
