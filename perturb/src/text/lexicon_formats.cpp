#include "text/lexicon_formats.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/media/encoding.h"
#include "shakedown/media/text.h"

namespace shakedown::perturb {
namespace {

using Fields = std::vector<std::string>;

constexpr double kMostPolar = 4;
constexpr double kListed = 2;  // what a word of a list without strengths is worth
constexpr double kMostDutir = 9;
constexpr std::size_t kFields = 9, kVaderFields = 4;
constexpr std::size_t kLongestWord = 128;  // bytes
constexpr std::string_view kPartsOfSpeech = "adnvx";

constexpr std::string_view kTabbed = "tab-separated lexicon", kVader = "VADER lexicon", kDutir = "DUTIR lexicon",
                           kList = "word list";

/// One line of a file, for errors.
struct Place {
  std::string_view kind;
  std::string name;
  std::size_t line = 0;
  std::string_view accepted;

  [[nodiscard]] Error error(const std::string& what) const {
    return {ErrorKind::kUsage, std::string(kind) + " " + name + ":" + std::to_string(line) + ": " + what +
                                   "; accepted: " + std::string(accepted)};
  }
};

/// As much of a line as an error can show.
std::string shown(std::string_view line) {
  constexpr std::size_t kMost = 60;
  std::string text;
  for (const auto& character : media::characters(line.substr(0, 4 * kMost))) {
    if (text.size() + character.end - character.begin > kMost) return "'" + text + "...'";
    const auto part = line.substr(character.begin, character.end - character.begin);
    text +=
        std::any_of(part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }) ? " " : part;
  }
  return "'" + text + "'";
}

bool is_word(std::string_view word) {
  return !word.empty() && word.size() <= kLongestWord &&
         std::none_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::optional<double> within(std::string_view text, double least, double most) {
  const auto value = parse_number(trim(text));
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

LexiconEntry plain_entry(std::string_view word, double polarity, char part_of_speech = '?') {
  LexiconEntry entry;
  entry.word = entry.lemma = std::string(word);
  entry.polarity = polarity;
  entry.part_of_speech = part_of_speech;
  entry.form = "base";
  return entry;
}

/// -1, 0 or 1 for "negative", "neutral", "positive"; a number for itself.
std::optional<double> polarity_of(std::string_view text) {
  const std::string word = media::lower_case(trim(text));
  if (word == "positive") return 1;
  if (word == "negative") return -1;
  if (word == "neutral") return 0;
  return within(word, -kMostPolar, kMostPolar);
}

LexiconEntry tabbed_entry(Fields fields, std::string_view line, const Place& place) {
  const auto polarity = fields.size() < 2 ? std::nullopt : polarity_of(fields[1]);
  if (!polarity || !is_word(trim(fields[0]))) throw place.error(shown(line) + " is no entry");
  LexiconEntry entry = plain_entry(trim(fields[0]), *polarity);
  if (fields.size() < 3 || trim(fields[2]).empty()) return entry;
  if (fields[2].size() == 1 && kPartsOfSpeech.find(fields[2]) != std::string::npos) {
    fields.resize(std::max(fields.size(), kFields));
    entry.part_of_speech = fields[2].front();
    if (!fields[3].empty()) entry.form = fields[3];
    if (!fields[4].empty()) entry.lemma = fields[4];
    entry.antonym = fields[5];
    entry.synonym = fields[6];
    entry.neutral = fields[7];
    entry.context = fields[8];
    return entry;
  }
  const auto strength = within(fields[2], 0, kMostPolar);
  const double sign = *polarity > 0 ? 1 : *polarity < 0 ? -1 : 0;
  if (!strength || *polarity != sign)
    throw place.error(shown(line) + " has no part of speech and no strength that goes with its polarity");
  entry.polarity = sign * *strength;
  return entry;
}

LexiconEntry vader_entry(const Fields& fields, std::string_view line, const Place& place) {
  const bool complete = fields.size() == kVaderFields && is_word(trim(fields[0])) && parse_number(trim(fields[2])) &&
                        trim(fields[3]).starts_with('[') && trim(fields[3]).ends_with(']');
  const auto mean = complete ? within(fields[1], -kMostPolar, kMostPolar) : std::nullopt;
  if (!mean) throw place.error(shown(line) + " is no entry");
  return plain_entry(trim(fields[0]), *mean);
}

/// The columns of the ontology by their names in the header: the first of "强度" and "极性" belong to the main emotion.
struct DutirColumns {
  std::size_t word = 0, part_of_speech = 0, strength = 0, polarity = 0;
  char separator = ',';
};

Fields separated(std::string_view line, char separator) {
  Fields fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  for (std::string& field : fields) field = std::string(trim(field));
  return fields;
}

std::optional<DutirColumns> dutir_columns(std::string_view header) {
  DutirColumns columns;
  columns.separator = header.find('\t') == std::string_view::npos ? ',' : '\t';
  const Fields names = separated(header, columns.separator);
  const auto find = [&names](std::string_view name, std::size_t& at) {
    at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    return at < names.size();
  };
  if (!find("词语", columns.word) || !find("强度", columns.strength) || !find("极性", columns.polarity))
    return std::nullopt;
  find("词性种类", columns.part_of_speech);
  return columns;
}

LexiconEntry dutir_entry(const DutirColumns& columns, std::string_view line, const Place& place) {
  const Fields fields = separated(line, columns.separator);
  const auto field = [&fields](std::size_t at) { return at < fields.size() ? fields[at] : std::string(); };
  const auto strength = within(field(columns.strength), 1, kMostDutir),
             polarity = within(field(columns.polarity), 0, 9);
  if (!is_word(field(columns.word)) || !strength || !polarity || *polarity != std::floor(*polarity)) {
    throw place.error(shown(line) + " is no entry");
  }
  const double sign = *polarity == 1 ? 1 : *polarity == 2 ? -1 : 0;  // 0 is neutral, 3 both
  static constexpr std::pair<std::string_view, char> kParts[] = {
      {"adj", 'a'}, {"adv", 'd'}, {"noun", 'n'}, {"verb", 'v'}};
  char part = '?';
  for (const auto& [name, letter] : kParts) part = field(columns.part_of_speech) == name ? letter : part;
  return plain_entry(field(columns.word), sign * *strength * kMostPolar / kMostDutir, part);
}

/// Calls `take` with each line that is no comment; Latin-1 is read where `latin` allows it.
void for_each_line(std::string_view text, Place& place, std::string_view comments, bool latin,
                   const std::function<void(std::string_view)>& take) {
  for (std::string whole : split(text, '\n')) {
    ++place.line;
    if (whole.ends_with('\r')) whole.pop_back();
    if (trim(whole).empty() || comments.find(whole.front()) != std::string_view::npos) continue;
    if (!is_utf8(whole)) {
      if (!latin) throw place.error("not UTF-8 (iconv -f GB18030 or -f LATIN1, -t UTF-8, may make it so)");
      whole = media::to_utf8(whole, "ISO-8859-1").value();
    }
    take(whole);
  }
}

std::vector<std::string> words_of_list(const std::string& path) {
  Place place{kList, path, 0, "one word a line, ; or # before comments"};
  const std::string text = read_lexicon_file(path);
  std::vector<std::string> words;
  // Hu and Liu's lists, which begin with such comments, are Latin-1.
  for_each_line(text, place, ";#", text.starts_with(';'), [&](std::string_view line) {
    const auto word = trim(line);
    if (!is_word(word)) throw place.error(shown(line) + " is no word");
    words.emplace_back(word);
  });
  if (words.empty()) throw place.error("holds no word");
  return words;
}

}  // namespace

std::string read_lexicon_file(const std::string& path) {
  std::string text;
  try {
    text = read_text_file(path, kMostLexiconBytes);
  } catch (const Error& error) {
    throw Error(ErrorKind::kUsage, std::string("lexicon: ") + error.what());
  }
  if (text.starts_with("\xEF\xBB\xBF")) return text.substr(3);
  if (!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) return text;
  // As NTUSD is handed out.
  auto utf8 = media::to_utf8(text, "UTF-16");
  if (!utf8) throw Error(ErrorKind::kUsage, "lexicon: " + path + ": damaged UTF-16 and not UTF-8: save it as UTF-8");
  return std::move(*utf8);
}

std::vector<LexiconEntry> entries_of(std::string_view text, const std::string& name) {
  std::vector<LexiconEntry> entries;
  Place place{
      kTabbed, name, 0,
      "a word, a tab, a polarity from -4 to 4 (or positive, negative, neutral), then a strength from 0 to 4 behind "
      "-1 or 1, or a part of speech (a, d, n, v, x) and further fields; a folder with two lists of words"};
  std::optional<DutirColumns> dutir;
  bool first = true;
  for_each_line(text, place, "#", false, [&](std::string_view line) {
    if (std::exchange(first, false)) {
      dutir = dutir_columns(line);
      if (dutir) {
        place.kind = kDutir;
        place.accepted =
            "rows below a header with 词语, 强度 (1 to 9) and 极性 (1 positive, 2 negative, other digits none)";
        return;
      }
      const Fields fields = split(line, '\t');
      if (fields.size() >= kVaderFields && fields[3].starts_with('[')) {
        place.kind = kVader;
        place.accepted =
            "a word, its mean rating from -4 to 4, the deviation and the ratings in brackets, tabs between";
      }
    }
    if (dutir) {
      entries.push_back(dutir_entry(*dutir, line, place));
    } else if (place.kind == kVader) {
      entries.push_back(vader_entry(split(line, '\t'), line, place));
    } else {
      entries.push_back(tabbed_entry(split(line, '\t'), line, place));
    }
  });
  return entries;
}

std::vector<LexiconEntry> entries_of_lists(const std::string& folder) {
  std::vector<std::string> positive, negative;
  std::error_code code;
  for (std::filesystem::directory_iterator file(folder, code), end; !code && file != end; file.increment(code)) {
    const std::string name = media::lower_case(file->path().filename().string());
    if (name.find("positive") != std::string::npos) positive.push_back(file->path().string());
    if (name.find("negative") != std::string::npos) negative.push_back(file->path().string());
  }
  if (code || positive.size() != 1 || negative.size() != 1) {
    throw Error(ErrorKind::kUsage,
                "lexicon: " + folder + " has " + std::to_string(positive.size()) + " files of positive and " +
                    std::to_string(negative.size()) +
                    " of negative words; accepted: a folder with one file whose name holds 'positive' and "
                    "one whose name holds 'negative', or a lexicon file");
  }
  const auto good = words_of_list(positive.front()), bad = words_of_list(negative.front());
  const std::unordered_set<std::string> in_good(good.begin(), good.end()), in_bad(bad.begin(), bad.end());
  std::vector<LexiconEntry> entries;
  for (const auto& word : good)
    if (in_bad.count(word) == 0) entries.push_back(plain_entry(word, kListed));
  for (const auto& word : bad)
    if (in_good.count(word) == 0) entries.push_back(plain_entry(word, -kListed));
  return entries;
}

}  // namespace shakedown::perturb
