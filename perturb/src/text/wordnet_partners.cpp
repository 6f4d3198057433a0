#include "text/wordnet_partners.h"

#include <algorithm>

namespace shakedown::perturb {
namespace {

using Part = WordNet::Part;

bool is_vowel(char c) {
  return std::string_view("aeiou").find(c) != std::string_view::npos;
}

// `stem` with an ending that begins with e (ed, er, est), with i (ing), or is s.
std::string spelled(const std::string& stem, std::string_view ending) {
  const char last = stem.back();
  const char before = stem.size() > 1 ? stem[stem.size() - 2] : 'a';
  const std::string shorter = stem.substr(0, stem.size() - 1);
  const bool consonant_y = last == 'y' && !is_vowel(before);
  if (ending == "s") {
    for (const char* hissing : {"s", "x", "z", "ch", "sh"})
      if (stem.ends_with(hissing)) return stem + "es";
    return consonant_y ? shorter + "ies" : stem + "s";
  }
  if (ending == "ing") {
    if (stem.ends_with("ie")) return stem.substr(0, stem.size() - 2) + "ying";
    return last == 'e' && before != 'e' && before != 'o' && before != 'y' ? shorter + "ing" : stem + "ing";
  }
  if (last == 'e') return shorter + std::string(ending);
  if (consonant_y) return shorter + "i" + std::string(ending);
  return stem + std::string(ending);
}

std::size_t syllables(const std::string& word) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool vowel = is_vowel(word[i]) || word[i] == 'y';
    const bool starts = vowel && (i == 0 || (!is_vowel(word[i - 1]) && word[i - 1] != 'y'));
    const bool silent = word[i] == 'e' && i + 1 == word.size() && count > 0 && !word.ends_with("le");
    count += starts && !silent ? 1 : 0;
  }
  return count;
}

// "bigger", "happier", else "more careful".
std::string compared(const WordNet& wordnet, const std::string& lemma, bool most) {
  const std::string ending = most ? "est" : "er";
  for (const std::string& form : wordnet.irregular(lemma, Part::kAdjective))
    if (form.ends_with(most ? "st" : "r")) return form;
  const std::size_t length = syllables(lemma);
  const bool participle = lemma.ends_with("ed") || lemma.ends_with("ing");
  const bool takes_ending =
      !participle && (length == 1 || (length == 2 && lemma.ends_with("y") && !lemma.ends_with("ly")));
  return takes_ending ? spelled(lemma, ending) : (most ? "most " : "more ") + lemma;
}

// Past and participle of a verb; equal where there is one form.
struct Past {
  std::string past, participle;
};
Past past_of(const WordNet& wordnet, const std::string& lemma) {
  std::vector<std::string> forms;
  for (const std::string& form : wordnet.irregular(lemma, Part::kVerb))
    if (!form.ends_with("ing") && !form.ends_with("s")) forms.push_back(form);
  if (forms.empty()) return {spelled(lemma, "ed"), spelled(lemma, "ed")};
  if (forms.size() == 1) return {forms.front(), forms.front()};
  if (forms.size() != 2) return {};
  // forgave, forgiven; sank, sunk; else two spellings, of which none is wrong
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string &one = forms[i], &other = forms[1 - i];
    if (one.ends_with("n") && !other.ends_with("n")) return {other, one};
    const bool vowels =
        one.size() == other.size() && one.find('u') != std::string::npos && one.find('u') == other.find('a');
    if (vowels) return {other, one};
  }
  return {};
}

std::string third_of(const WordNet& wordnet, const std::string& lemma) {
  for (const std::string& form : wordnet.irregular(lemma, Part::kVerb))
    if (form.ends_with("s") && !form.ends_with("ss")) return form;
  return spelled(lemma, "s");
}

std::string gerund_of(const WordNet& wordnet, const std::string& lemma) {
  for (const std::string& form : wordnet.irregular(lemma, Part::kVerb))
    if (form.ends_with("ing")) return form;
  return spelled(lemma, "ing");
}

std::string plural_of(const WordNet& wordnet, const std::string& lemma) {
  const auto forms = wordnet.irregular(lemma, Part::kNoun);
  return forms.empty() ? spelled(lemma, "s") : forms.size() == 1 ? forms.front() : "";
}

// The form in which `word` stands of `lemma`; "" for none that is known.
std::string form_of(const WordNet& wordnet, const std::string& word, const std::string& lemma, Part part) {
  if (word == lemma) return part == Part::kAdverb ? "adverb" : "base";
  static const std::string_view kForms[] = {"plural", "third",      "gerund",      "past/participle",
                                            "past",   "participle", "comparative", "superlative"};
  for (const std::string_view form : kForms)
    if (inflected(wordnet, lemma, part, form) == word) return std::string(form);
  return "";
}

}  // namespace

std::string inflected(const WordNet& wordnet, const std::string& lemma, Part part, std::string_view form) {
  if (form == "base" || form == "adverb") return lemma;
  if (part == Part::kNoun) return form == "plural" ? plural_of(wordnet, lemma) : "";
  if (part == Part::kAdjective && (form == "comparative" || form == "superlative"))
    return compared(wordnet, lemma, form == "superlative");
  if (part != Part::kVerb) return "";
  if (form == "third") return third_of(wordnet, lemma);
  if (form == "gerund") return gerund_of(wordnet, lemma);
  const auto [past, participle] = past_of(wordnet, lemma);
  if (form == "past/participle") return past == participle ? past : "";
  return form == "past" ? past : form == "participle" ? participle : "";
}

WordNetPartners::WordNetPartners(const WordNet& wordnet, const Lexicon& lexicon) {
  const Lexicon& builtin = Lexicon::builtin("en");
  for (const auto& [word, sign] : lexicon.signs()) {
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") != std::string::npos) continue;
    for (const Part part : WordNet::kParts) {
      LexiconEntry sense;
      sense.word = word;
      sense.part_of_speech = static_cast<char>(part);
      const auto lemmas = wordnet.lemmas(word, part);
      const auto found = std::find_if(lemmas.begin(), lemmas.end(), [&](const std::string& lemma) {
        sense.form = form_of(wordnet, word, lemma, part);
        return !sense.form.empty();
      });
      if (found == lemmas.end()) continue;
      sense.lemma = *found;
      sense.polarity = sign;
      ++counts_.words;
      std::size_t rated = 0;
      // The first of `partners` with the sign sought, in the form of the word.
      const auto partner = [&](const std::vector<std::string>& partners, int sought) {
        for (const std::string& lemma : partners) {
          std::string other = inflected(wordnet, lemma, part, sense.form);
          if (other.empty() || other == word || other.ends_with("nesses"))
            continue;  // "fearlessnesses" are not written
          int rating = lexicon.sign(other);
          if (rating == 0) rating = lexicon.sign(lemma);
          const int known = builtin.sign(lemma);
          if (rating == 0) rating = known;
          rated += rating != 0 ? 1 : 0;
          if (rating == sought && known != -sought) return other;
        }
        return std::string();
      };
      sense.synonym = partner(wordnet.synonyms(sense.lemma, part), sign);
      rated = 0;
      const auto antonyms = wordnet.antonyms(sense.lemma, part);
      sense.antonym = partner(antonyms, -sign);
      counts_.synonyms += sense.synonym.empty() ? 0 : 1;
      counts_.antonyms += sense.antonym.empty() ? 0 : 1;
      if (sense.antonym.empty() && !antonyms.empty()) ++(rated == 0 ? counts_.unrated : counts_.unturned);
      senses_[word].push_back(std::move(sense));
    }
  }
}

const std::vector<LexiconEntry>& WordNetPartners::find(std::string_view word) const {
  static const std::vector<LexiconEntry> kNone;
  const auto found = senses_.find(word);
  return found == senses_.end() ? kNone : found->second;
}

}  // namespace shakedown::perturb
