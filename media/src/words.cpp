#include <algorithm>
#include <limits>

#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

#include "shakedown/core/error.h"
#include "shakedown/media/text.h"

namespace shakedown::media {
namespace {

struct CloseText {
  void operator()(UText* text) const { utext_close(text); }
};

void require(UErrorCode status, const char* what) {
  if (U_FAILURE(status))
    throw Error(ErrorKind::kInternal, std::string("ICU cannot ") + what + ": " + u_errorName(status));
}

void require_size(std::string_view text) {
  if (text.size() > std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorKind::kData, "text of " + std::to_string(text.size()) + " bytes: at most 2 GiB are accepted");
  }
}

/// The rules of one kind of boundaries in the language that was asked for last. Each thread keeps its own: making them
/// costs as much as segmenting a sentence.
class Rules {
 public:
  using Maker = icu::BreakIterator* (*)(const icu::Locale&, UErrorCode&);
  icu::BreakIterator& in(const std::string& language, Maker make, const char* what) {
    if (iterator_ && language == language_) return *iterator_;
    UErrorCode status = U_ZERO_ERROR;
    iterator_.reset(make(icu::Locale::createCanonical(language.c_str()), status));
    require(status, what);
    language_ = language;
    return *iterator_;
  }

 private:
  std::string language_;
  std::unique_ptr<icu::BreakIterator> iterator_;
};

/// Boundaries within a text, as byte offsets: it is opened as UTF-8.
class Boundaries {
 public:
  Boundaries(std::string_view text, icu::BreakIterator& rules, const char* what) : iterator_(rules) {
    UErrorCode status = U_ZERO_ERROR;
    units_.reset(utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status));
    require(status, "open a text");
    iterator_.setText(units_.get(), status);
    require(status, what);
  }
  UText& text() { return *units_; }
  icu::BreakIterator* operator->() { return &iterator_; }

 private:
  std::unique_ptr<UText, CloseText> units_;
  icu::BreakIterator& iterator_;
};

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

Character classify(UText& text, std::int32_t begin, std::int32_t end) {
  Character character{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  const UChar32 code = utext_char32At(&text, begin);  // U+FFFD for bytes that are no UTF-8
  using Kind = Character::Kind;
  if (u_isalpha(code) != 0) {
    character.kind = Kind::kLetter;
    character.capital = u_isupper(code) != 0 || u_istitle(code) != 0;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(code, &status);
    character.alphabetic =
        U_SUCCESS(status) && (script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC ||
                              script == USCRIPT_ARMENIAN || script == USCRIPT_GEORGIAN || script == USCRIPT_HEBREW ||
                              script == USCRIPT_ARABIC);
  } else if (u_isdigit(code) != 0) {
    character.kind = Kind::kDigit;
  } else if (u_ispunct(code) != 0) {
    character.kind = Kind::kPunctuation;
  } else if (u_isUWhiteSpace(code) != 0) {
    character.kind = Kind::kSpace;
  }
  return character;
}

}  // namespace

std::vector<WordSpan> segment_words(std::string_view text, const std::string& language) {
  require_size(text);
  if (text.empty()) return {};
  constexpr const char* kTask = "find word boundaries";
  thread_local Rules rules;
  Boundaries boundaries(text, rules.in(language, icu::BreakIterator::createWordInstance, kTask), kTask);
  std::vector<WordSpan> words;
  std::int32_t begin = boundaries->first();
  for (std::int32_t end = boundaries->next(); end != icu::BreakIterator::DONE; end = boundaries->next()) {
    // Statuses below the limit are spaces, punctuation and symbols.
    if (boundaries->getRuleStatus() >= UBRK_WORD_NONE_LIMIT) {
      words.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(end)});
    }
    begin = end;
  }
  return words;
}

std::vector<Character> characters(std::string_view text) {
  require_size(text);
  if (text.empty()) return {};
  constexpr const char* kTask = "find characters";
  thread_local Rules rules;
  Boundaries boundaries(text, rules.in("", icu::BreakIterator::createCharacterInstance, kTask), kTask);
  std::vector<Character> characters;
  std::int32_t begin = boundaries->first();
  for (std::int32_t end = boundaries->next(); end != icu::BreakIterator::DONE; begin = end, end = boundaries->next()) {
    characters.push_back(classify(boundaries.text(), begin, end));
  }
  return characters;
}

std::string lower_case(std::string_view text, const std::string& language) {
  require_size(text);
  std::string lowered;
  // Turkish and Azerbaijani (tr, tur, az, aze) have an i of their own.
  const bool own_i = !language.empty() && std::string_view("tTaA").find(language.front()) != std::string_view::npos;
  if (!own_i && is_ascii(text)) {
    lowered = text;
    for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lowered;
  }
  lowered.reserve(text.size());
  icu::StringByteSink<std::string> sink(&lowered);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower(language.c_str(), 0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())),
                            sink, nullptr, status);
  require(status, "lower the case of a text");
  return lowered;
}

}  // namespace shakedown::media
