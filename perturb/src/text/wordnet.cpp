#include "text/wordnet.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

std::string_view file_name(WordNet::Part part) {
  switch (part) {
    case WordNet::Part::kAdjective: return "adj";
    case WordNet::Part::kAdverb: return "adv";
    case WordNet::Part::kNoun: return "noun";
    case WordNet::Part::kVerb: break;
  }
  return "verb";
}

/// The fields of one line, which blanks separate.
class Fields {
 public:
  Fields(std::string_view line, std::string where) : line_(line), where_(std::move(where)) {}

  std::string_view next() {
    const auto begin = std::min(line_.find_first_not_of(' '), line_.size());
    const auto end = std::min(line_.find(' ', begin), line_.size());
    const auto field = line_.substr(begin, end - begin);
    if (field.empty()) fail("the line ends too early");
    line_.remove_prefix(end);
    return field;
  }
  std::size_t number(int base = 10) { return number_in(next(), base); }
  std::size_t number_in(std::string_view field, int base) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, base);
    if (error != std::errc() || end != field.data() + field.size()) fail("'" + std::string(field) + "' is no number");
    return value;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kUsage, "wordnet: " + where_ + ": " + what + "; files as wndb(5WN) describes are accepted");
  }

 private:
  std::string_view line_;
  std::string where_;
};

std::string_view line_at(std::string_view text, std::size_t begin) {
  return text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
}

// A line of the licence in front of the entries.
bool is_comment(std::string_view line) {
  return line.empty() || line.front() == ' ';
}

std::string_view key_of(std::string_view line) {
  return line.substr(0, line.find(' '));
}

std::string read_file(const std::string& folder, const std::string& name) {
  try {
    return read_text_file(folder + "/" + name, kMostBytes);
  } catch (const Error& error) {
    throw Error(ErrorKind::kUsage, std::string("wordnet: ") + error.what() +
                                       "; the folder of Debian's wordnet-base, or files as it has, are accepted");
  }
}

void require_order(std::string_view index, const std::string& name) {
  std::string_view last;
  for (std::size_t at = 0, line = 1; at < index.size(); ++line) {
    const std::string_view text = line_at(index, at);
    at += text.size() + 1;
    if (is_comment(text)) continue;
    if (!last.empty() && key_of(text) <= last) {
      throw Error(ErrorKind::kUsage, "wordnet: " + name + ":" + std::to_string(line) + ": '" +
                                         std::string(key_of(text)) + "' stands behind '" + std::string(last) +
                                         "'; an index in the order of its bytes is accepted");
    }
    last = key_of(text);
  }
}

// Endings that a form may have, and what stands in their place in the lemma: morphy(7WN).
struct Ending {
  std::string_view form, lemma;
};
const std::vector<Ending>& endings(WordNet::Part part) {
  static const std::vector<Ending> kNoun = {{"s", ""},      {"ses", "s"},   {"xes", "x"},   {"zes", "z"},
                                            {"ches", "ch"}, {"shes", "sh"}, {"men", "man"}, {"ies", "y"}};
  static const std::vector<Ending> kVerb = {{"s", ""},   {"ies", "y"}, {"es", "e"},  {"es", ""},
                                            {"ed", "e"}, {"ed", ""},   {"ing", "e"}, {"ing", ""}};
  static const std::vector<Ending> kAdjective = {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}};
  static const std::vector<Ending> kNone;
  switch (part) {
    case WordNet::Part::kNoun: return kNoun;
    case WordNet::Part::kVerb: return kVerb;
    case WordNet::Part::kAdjective: return kAdjective;
    case WordNet::Part::kAdverb: break;
  }
  return kNone;
}

void add(std::vector<std::string>& words, const std::string& word) {
  if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

}  // namespace

WordNet WordNet::read(const std::string& folder) {
  WordNet wordnet;
  for (const Part part : kParts) {
    const std::string name(file_name(part));
    Files files;
    files.index_name = folder + "/index." + name;
    files.data_name = folder + "/data." + name;
    files.index = read_file(folder, "index." + name);
    files.data = read_file(folder, "data." + name);
    require_order(files.index, files.index_name);
    for (const std::string& line : split(read_file(folder, name + ".exc"), '\n')) {
      const auto words = split(std::string(trim(line)), ' ');
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].empty()) continue;
        files.lemmas_of[words.front()].push_back(words[i]);
        files.forms_of[words[i]].push_back(words.front());
      }
    }
    wordnet.files_[part] = std::move(files);
  }
  return wordnet;
}

WordNet::Senses WordNet::senses(std::string_view lemma, Part part) const {
  const Files& file = files(part);
  const std::string_view index = file.index;
  std::size_t low = 0, high = index.size();
  while (low < high) {  // the line sought begins in [low, high)
    const std::size_t middle = low + (high - low) / 2;
    const std::size_t before = middle == 0 ? std::string_view::npos : index.rfind('\n', middle - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = line_at(index, begin);
    const bool comment = is_comment(line);
    if (!comment && key_of(line) == lemma) {
      Fields fields(line, file.index_name + " ('" + std::string(lemma) + "')");
      fields.next();
      fields.next();
      const std::size_t synsets = fields.number();
      for (std::size_t pointers = fields.number(); pointers > 0; --pointers) fields.next();
      fields.next();
      Senses found;
      found.tagged = fields.number();
      for (std::size_t i = 0; i < synsets; ++i) found.offsets.push_back(fields.number());
      return found;
    }
    if (comment || key_of(line) < lemma) {
      low = begin + line.size() + 1;
    } else {
      high = begin;
    }
  }
  return {};
}

WordNet::Synset WordNet::synset(std::size_t offset, Part part) const {
  const Files& file = files(part);
  Fields fields(offset < file.data.size() ? line_at(file.data, offset) : std::string_view(),
                file.data_name + ", byte " + std::to_string(offset));
  if (fields.number() != offset) fields.fail("no synset begins here");
  fields.next();
  Synset synset;
  synset.satellite = fields.next() == "s";
  for (std::size_t words = fields.number(16); words > 0; --words) {
    std::string word(fields.next());
    fields.next();
    const auto marker = word.find('(');  // (p), (a), (ip): adjectives of one position
    const bool free =
        marker == std::string::npos && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
    std::string key = word.substr(0, marker);
    for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    synset.keys.push_back(std::move(key));
    synset.words.push_back(free ? std::move(word) : std::string());
  }
  for (std::size_t pointers = fields.number(); pointers > 0; --pointers) {
    Pointer pointer;
    pointer.symbol = fields.next();
    pointer.offset = fields.number();
    const auto target = fields.next();
    pointer.part = target == "n"   ? Part::kNoun
                   : target == "v" ? Part::kVerb
                   : target == "r" ? Part::kAdverb
                                   : Part::kAdjective;
    const auto places = fields.next();
    if (places.size() != 4) fields.fail("'" + std::string(places) + "' is no pair of words");
    pointer.from = fields.number_in(places.substr(0, 2), 16);
    pointer.to = fields.number_in(places.substr(2), 16);
    if (pointer.from > synset.words.size()) fields.fail("a pointer of a word that the synset lacks");
    synset.pointers.push_back(pointer);
  }
  return synset;
}

bool WordNet::has(std::string_view lemma, Part part) const {
  return !senses(lemma, part).offsets.empty();
}

std::vector<std::string> WordNet::lemmas(const std::string& word, Part part) const {
  std::vector<std::string> found;
  if (has(word, part)) found.push_back(word);
  const auto& exceptions = files(part).lemmas_of;
  if (const auto listed = exceptions.find(word); listed != exceptions.end()) {
    for (const std::string& lemma : listed->second)
      if (has(lemma, part)) add(found, lemma);
    return found;
  }
  for (const auto& [form, lemma] : endings(part)) {
    if (!word.ends_with(form) || word.size() <= form.size()) continue;
    const std::string base = word.substr(0, word.size() - form.size()) + std::string(lemma);
    if (has(base, part)) add(found, base);
  }
  return found;
}

std::vector<std::string> WordNet::irregular(const std::string& lemma, Part part) const {
  const auto& forms = files(part).forms_of;
  const auto found = forms.find(lemma);
  return found == forms.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> WordNet::antonyms(std::string_view lemma, Part part) const {
  // The antonyms that `of` (0: any) of the words of `synset` has.
  const auto direct = [this](const Synset& synset, std::size_t of, std::vector<std::string>& found) {
    std::vector<Pointer> opposites;
    for (const Pointer& pointer : synset.pointers) {
      if (pointer.symbol != "!" || (of != 0 && pointer.from != 0 && pointer.from != of)) continue;
      const Synset other = this->synset(pointer.offset, pointer.part);
      if (pointer.to > other.words.size()) continue;
      opposites.push_back(pointer);
      if (pointer.to != 0) add(found, other.words[pointer.to - 1]);
      if (pointer.to == 0) std::for_each(other.words.begin(), other.words.end(), [&](auto& word) { add(found, word); });
    }
    return opposites;
  };
  const Senses senses = this->senses(lemma, part);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < std::min(senses.offsets.size(), std::max<std::size_t>(1, senses.tagged)); ++i) {
    const Synset synset = this->synset(senses.offsets[i], part);
    const auto place = std::find(synset.keys.begin(), synset.keys.end(), lemma) - synset.keys.begin();
    const std::size_t before = found.size();
    std::vector<Pointer> opposites = direct(synset, static_cast<std::size_t>(place) + 1, found);
    if (found.size() == before) opposites = direct(synset, 0, found);
    if (part != Part::kAdjective) continue;
    if (found.size() == before) {
      for (const Pointer& similar : synset.pointers) {
        if (similar.symbol != "&" || !synset.satellite) continue;
        const auto more = direct(this->synset(similar.offset, similar.part), 0, found);
        opposites.insert(opposites.end(), more.begin(), more.end());
      }
    }
    for (const Pointer& opposite : opposites) {
      const Synset head = this->synset(opposite.offset, opposite.part);
      for (const std::string& word : head.words) add(found, word);
      for (const Pointer& similar : head.pointers) {
        if (similar.symbol != "&") continue;
        for (const std::string& word : this->synset(similar.offset, similar.part).words) add(found, word);
      }
    }
  }
  return found;
}

std::vector<std::string> WordNet::synonyms(std::string_view lemma, Part part) const {
  const Senses senses = this->senses(lemma, part);
  std::vector<std::string> found;
  if (senses.offsets.empty()) return found;
  const Synset synset = this->synset(senses.offsets.front(), part);
  for (const std::string& word : synset.words)
    if (word != lemma) add(found, word);
  for (const Pointer& similar : synset.pointers) {
    if (part != Part::kAdjective || similar.symbol != "&") continue;
    for (const std::string& word : this->synset(similar.offset, similar.part).words)
      if (word != lemma) add(found, word);
  }
  return found;
}

}  // namespace shakedown::perturb
