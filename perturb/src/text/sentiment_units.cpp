#include "text/sentiment_units.h"

#include <algorithm>
#include <unordered_set>

#include "shakedown/core/text.h"
#include "shakedown/media/text.h"
#include "shakedown/perturb/installed.h"
#include "text/polarity.h"
#include "text/scripts.h"

namespace shakedown::perturb {
namespace {

using Words = std::unordered_set<std::string_view>;

bool is_noun_marker(const std::string& word) {
  static const Words kWords = {"the",   "a",    "an",   "my",    "your",    "his",  "her",   "its",  "our",
                               "their", "this", "that", "these", "those",   "no",   "some",  "any",  "much",
                               "of",    "with", "in",   "for",   "without", "such", "every", "each", "from",
                               "by",    "what", "into", "more",  "pure",    "full"};
  return kWords.count(word) != 0;
}

bool is_verb_marker(const std::string& word) {
  static const Words kWords = {"i",        "you",   "we",     "they",    "he",    "she",    "it",   "who",    "people",
                               "everyone", "to",    "not",    "never",   "do",    "does",   "did",  "will",   "would",
                               "can",      "could", "should", "must",    "may",   "might",  "i'll", "you'll", "we'll",
                               "cannot",   "i'd",   "always", "they'll", "he'll", "she'll", "it'll"};
  return kWords.count(word) != 0 || word.ends_with("n't") || word.ends_with("n\u2019t");
}

// What an object begins with: the word before it is a verb.
bool is_object_marker(const std::string& word) {
  static const Words kWords = {"me",  "us",   "him",   "them", "it", "you",  "the",   "my",    "his",      "her",
                               "our", "your", "their", "a",    "an", "this", "these", "those", "everyone", "every"};
  return kWords.count(word) != 0;
}

// A verb behind which an adjective stands, adverbs apart ("was really exhausted").
bool predicate_follows(const std::vector<Token>& tokens, std::size_t at) {
  static const Words kWords = {"is",     "are",     "was",     "were",  "be",     "been",    "being", "am",
                               "feel",   "felt",    "feels",   "seem",  "seems",  "seemed",  "look",  "looks",
                               "looked", "get",     "gets",    "got",   "become", "became",  "it's",  "he's",
                               "she's",  "that's",  "i'm",     "sound", "sounds", "sounded", "isn't", "wasn't",
                               "aren't", "weren't", "they're", "we're"};
  while (has_left(tokens, at) &&
         (is_plain_adverb(tokens[at - 1].word) || is_intensifier(tokens[at - 1].word) || tokens[at - 1].negates))
    --at;
  return has_left(tokens, at) && kWords.count(tokens[at - 1].word) != 0;
}

bool is_one_of(const std::string& list, const std::string& word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool context_allows(const std::string& rules, const std::vector<Token>& tokens, std::size_t at) {
  if (rules.empty()) return true;
  const std::string left = has_left(tokens, at) ? tokens[at - 1].word : "";
  const std::string right = has_left(tokens, at + 1) ? tokens[at + 1].word : "";
  for (const std::string& rule : split(rules, ';')) {
    const std::string list = rule.find(':') == std::string::npos ? "" : rule.substr(rule.find(':') + 1);
    if (rule.starts_with("+after:") && !is_one_of(list, left)) return false;
    if (rule.starts_with("-after:") && is_one_of(list, left)) return false;
    if (rule.starts_with("-before:") && is_one_of(list, right)) return false;
    if (rule == "+verb" && (!verb_follows(tokens, at) || left == "would" || left == "i'd")) return false;
  }
  return true;
}

const LexiconEntry* first_of(const std::vector<LexiconEntry>& senses, std::string_view order) {
  for (const char part : order) {
    for (const LexiconEntry& sense : senses) {
      if (sense.part_of_speech == part) return &sense;
    }
  }
  return nullptr;
}

const LexiconEntry* sense_in(const std::vector<LexiconEntry>& senses, bool noun, bool verb) {
  const LexiconEntry* found = first_of(senses, noun ? "an" : verb ? "vadn" : "advn");
  if (found != nullptr || !noun) return found;
  // "the hated rival": a participle may stand where a noun is expected, "the support" is no verb.
  found = first_of(senses, "vd");
  return found != nullptr && (found->form == "base" || found->form == "third") ? nullptr : found;
}

}  // namespace

bool is_plain_adverb(const std::string& word) {
  static const Words kWords = {"really", "just",  "absolutely", "truly", "totally", "also",     "always", "still",
                               "even",   "quite", "definitely", "only",  "so",      "actually", "both",   "completely"};
  return kWords.count(word) != 0;
}

bool has_left(const std::vector<Token>& tokens, std::size_t at) {
  return at > 0 && at < tokens.size() && !tokens[at].starts_clause;
}

bool verb_follows(const std::vector<Token>& tokens, std::size_t at) {
  while (has_left(tokens, at) && is_plain_adverb(tokens[at - 1].word)) --at;
  return has_left(tokens, at) && is_verb_marker(tokens[at - 1].word);
}

SentimentReader::SentimentReader(const std::string& path, const std::string& wordnet) {
  if (!path.empty()) own_ = std::make_shared<const Lexicon>(Lexicon::read(path));
  if (wordnet.empty()) return;
  const std::string folder = wordnet == "auto" ? std::string(kWordNetFolder) : wordnet;
  wordnet_ = std::make_shared<const WordNetPartners>(WordNet::read(folder), own_ ? *own_ : Lexicon::builtin("en"));
}

const LexiconEntry* SentimentReader::wordnet_sense(const std::vector<Token>& tokens, std::size_t at, bool noun,
                                                   bool verb) const {
  const std::string& word = tokens[at].word;
  // WordNet has adjectives that we have not ("a bashful smile"), and participles as adjectives of their own.
  if (!noun && !verb && has_left(tokens, at)) {
    const auto& before = wordnet_->find(tokens[at - 1].word);
    noun = first_of(before, "a") != nullptr && first_of(before, "v") == nullptr;
  }
  const bool participle = word.ends_with("ed") || word.ends_with("ing");
  const bool clause = participle && !noun && !predicate_follows(tokens, at);
  return sense_in(wordnet_->find(word), noun, verb || clause);
}

std::optional<LexiconEntry> SentimentReader::sense_of(const std::vector<Token>& tokens, std::size_t at,
                                                      const std::string& language) const {
  const Lexicon& builtin = Lexicon::builtin(language);
  const std::string& word = tokens[at].word;
  const auto& senses = builtin.find(word);
  if ((own_ ? own_->find(word) : senses).empty()) return std::nullopt;
  const LexiconEntry* sense = nullptr;
  const LexiconEntry* more = nullptr;  // what WordNet has
  if (is_mandarin(language)) {
    // A word that can be both is a verb where an object follows ("讨厌迟到").
    static const Words kNoObject = {"的", "地", "得", "了", "过", "着", "吗", "啊", "呢", "吧", "和", "是"};
    const bool object = has_left(tokens, at + 1) && kNoObject.count(tokens[at + 1].word) == 0;
    // "好可爱": 好 says how much.
    const bool degree = word == "好" && has_left(tokens, at + 1) && tokens[at + 1].polarity != 0;
    sense = degree ? nullptr : first_of(senses, object ? "vand" : "avnd");
  } else {
    const std::string left = has_left(tokens, at) ? tokens[at - 1].word : "";
    const auto& before = builtin.find(left);
    const bool noun = is_noun_marker(left) || (first_of(before, "a") != nullptr && left != "like");
    const bool verb = verb_follows(tokens, at) || (has_left(tokens, at + 1) && is_object_marker(tokens[at + 1].word));
    sense = sense_in(senses, noun, verb);
    if (wordnet_) more = wordnet_sense(tokens, at, noun, verb);
    // "terribly long": the adverb says how much.
    const bool degree = has_left(tokens, at + 1) && (is_intensifier(word) || tokens[at + 1].polarity != 0);
    for (const LexiconEntry** each : {&sense, &more})
      if (degree && *each != nullptr && (*each)->form == "adverb") *each = nullptr;
  }
  const auto complete = [&more](LexiconEntry entry) {
    if (more == nullptr || (entry.part_of_speech != '?' && entry.part_of_speech != more->part_of_speech)) return entry;
    if (entry.antonym.empty()) entry.antonym = more->antonym;
    if (entry.synonym.empty()) entry.synonym = more->synonym;
    if (entry.part_of_speech == '?') entry.part_of_speech = more->part_of_speech;
    return entry;
  };
  if (own_) {
    const auto& given = own_->find(word);
    if (given.empty() || given.front().leans()) return std::nullopt;
    const LexiconEntry* partners = sense;
    LexiconEntry entry = given.front();
    if (partners != nullptr && (partners->polarity > 0) == (entry.polarity > 0)) {
      if (entry.part_of_speech == '?') {
        entry.part_of_speech = partners->part_of_speech;
        entry.form = partners->form;
        entry.lemma = partners->lemma;
      }
      if (entry.antonym.empty()) entry.antonym = partners->antonym;
      if (entry.synonym.empty()) entry.synonym = partners->synonym;
      if (entry.neutral.empty()) entry.neutral = partners->neutral;
    }
    if (!context_allows(entry.context, tokens, at)) return std::nullopt;
    return complete(std::move(entry));
  }
  if (sense == nullptr || !context_allows(sense->context, tokens, at)) return std::nullopt;
  return complete(*sense);
}

SentimentText SentimentReader::read(const Transcript& transcript) const {
  const bool own = own_ && is_mandarin(transcript.language);
  const Lexicon& lexicon = own ? *own_ : Lexicon::builtin(transcript.language);
  SentimentText text{tokens_of(transcript.text, transcript.language, lexicon), {}};
  if (!own) text.polarity = polarity_of(text.tokens);
  for (std::size_t i = 0; i < text.tokens.size(); ++i) {
    if (text.tokens[i].negates) continue;
    if (auto sense = sense_of(text.tokens, i, transcript.language)) text.units.push_back({i, std::move(*sense)});
  }
  return text;
}

std::string in_case_of(std::string_view original, const std::string& word) {
  const auto characters = media::characters(original);
  const auto capitals = std::count_if(characters.begin(), characters.end(), [](const auto& c) { return c.capital; });
  std::string result = word;
  const auto raise = [](char& c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  };
  if (capitals > 1 && static_cast<std::size_t>(capitals) == characters.size()) {
    std::for_each(result.begin(), result.end(), raise);
  } else if (!characters.empty() && characters.front().capital && !result.empty()) {
    raise(result.front());
  }
  return result;
}

std::optional<Edit> without_negator(const Transcript& transcript, const std::vector<Token>& tokens, std::size_t token) {
  const auto& [begin, end] = std::pair(tokens[token].begin, tokens[token].end);
  const std::string_view original = std::string_view(transcript.text).substr(begin, end - begin);
  const std::string& word = tokens[token].word;
  static const Words kRemovable = {"not", "never", "hardly", "barely", "scarcely", "rarely", "seldom", "no",
                                   "不",  "没",    "没有",   "并不",   "从不",     "绝不",   "毫不",   "未"};
  if (kRemovable.count(word) != 0) {
    std::size_t to = end;
    if (to < transcript.text.size() && transcript.text[to] == ' ') ++to;
    return Edit{begin, to, ""};
  }
  if (word == "不是") return Edit{begin, end, "是"};
  if (word == "cannot") return Edit{begin, end, std::string(original.substr(0, 3))};
  const std::size_t mark = word.ends_with("n't") ? 3 : word.ends_with("n\u2019t") ? 5 : 0;
  if (mark == 0 || word.starts_with("ain")) return std::nullopt;
  if (word.starts_with("won")) return Edit{begin, end, in_case_of(original, "will")};
  if (word.starts_with("shan")) return Edit{begin, end, in_case_of(original, "shall")};
  if (word.starts_with("can")) return Edit{begin, end, std::string(original.substr(0, 3))};
  return Edit{begin, end, std::string(original.substr(0, original.size() - mark))};
}

}  // namespace shakedown::perturb
