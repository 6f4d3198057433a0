#include <algorithm>
#include <array>
#include <utility>

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "shakedown/core/text.h"
#include "tokenizer.h"

namespace shakedown::media {
namespace {

constexpr std::size_t kLongestWord = 100;  // characters; longer words become [UNK]

bool is_line_space(UChar32 c) {
  return c == '\t' || c == '\n' || c == '\r';
}

/// As the released tokenizers have it: every "other" category, unassigned and private code points included.
bool is_dropped(UChar32 c) {
  return c == 0 || c == 0xFFFD || (!is_line_space(c) && (U_MASK(u_charType(c)) & U_GC_C_MASK) != 0);
}

bool is_punctuation(UChar32 c) {
  const bool ascii = (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
  return ascii || (U_MASK(u_charType(c)) & U_GC_P_MASK) != 0;
}

/// The blocks named in BERT's tokenization.py; Kana and Hangul are not among them.
bool is_cjk(UChar32 c) {
  static constexpr std::array<std::pair<UChar32, UChar32>, 8> kBlocks = {{{0x4E00, 0x9FFF},
                                                                          {0x3400, 0x4DBF},
                                                                          {0x20000, 0x2A6DF},
                                                                          {0x2A700, 0x2B73F},
                                                                          {0x2B740, 0x2B81F},
                                                                          {0x2B820, 0x2CEAF},
                                                                          {0xF900, 0xFAFF},
                                                                          {0x2F800, 0x2FA1F}}};
  return std::any_of(kBlocks.begin(), kBlocks.end(),
                     [c](const auto& block) { return c >= block.first && c <= block.second; });
}

template <class Function>
void for_each_character(const icu::UnicodeString& text, Function&& function) {
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) function(text.char32At(i));
}

/// Control characters dropped, every white space a blank, blanks around each CJK character.
icu::UnicodeString cleaned(std::string_view text) {
  icu::UnicodeString clean;
  const icu::StringPiece bytes(text.data(), static_cast<std::int32_t>(text.size()));
  for_each_character(icu::UnicodeString::fromUTF8(bytes), [&clean](UChar32 c) {
    if (is_dropped(c)) return;
    if (is_line_space(c) || u_isUWhiteSpace(c)) {
      clean.append(u' ');
    } else if (is_cjk(c)) {
      clean.append(u' ').append(c).append(u' ');
    } else {
      clean.append(c);
    }
  });
  return clean;
}

/// Lower case, then decomposed (NFD) without combining marks.
icu::UnicodeString uncased(icu::UnicodeString text) {
  text.toLower(icu::Locale::getRoot());
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  const icu::UnicodeString decomposed = U_SUCCESS(status) ? nfd->normalize(text, status) : icu::UnicodeString();
  if (U_FAILURE(status)) {
    throw Error(ErrorKind::kInternal, std::string("ICU cannot decompose a text: ") + u_errorName(status));
  }
  icu::UnicodeString stripped;
  for_each_character(decomposed, [&stripped](UChar32 c) {
    if (u_charType(c) != U_NON_SPACING_MARK) stripped.append(c);
  });
  return stripped;
}

/// Runs between blanks, each punctuation character by itself.
std::vector<icu::UnicodeString> basic_tokens(const icu::UnicodeString& text) {
  std::vector<icu::UnicodeString> tokens;
  icu::UnicodeString run;
  const auto end_run = [&] {
    if (!run.isEmpty()) tokens.push_back(run);
    run.remove();
  };
  for_each_character(text, [&](UChar32 c) {
    const bool punctuation = is_punctuation(c);
    if (punctuation || c == ' ') end_run();
    if (punctuation) {
      tokens.emplace_back(c);
    } else if (c != ' ') {
      run.append(c);
    }
  });
  end_run();
  return tokens;
}

Error refusal(const std::string& name, const std::string& why) {
  return {ErrorKind::kData, name + ": " + why + ": a vocab.txt with one token a line is accepted"};
}

std::vector<std::string_view> lines_of(std::string_view text, const std::string& name) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_utf8(line)) throw refusal(name, "line " + std::to_string(lines.size() + 1) + " is not UTF-8");
    lines.push_back(line);
  }
  return lines;
}

/// BERT's tokenizer: basic tokenizer and greedy longest match. As in the authors' tokenization.py, control characters
/// vanish; as in the transformers package, so do private and unassigned characters.
class WordPiece final : public Tokenizer {
 public:
  WordPiece(Frame frame, PieceIds starts, PieceIds continuations, bool lower_case)
      : Tokenizer(std::move(frame)),
        starts_(std::move(starts)),
        continuations_(std::move(continuations)),
        lower_case_(lower_case) {}

  using Tokenizer::Frame;

 private:
  [[nodiscard]] std::vector<std::int64_t> pieces(std::string_view text) const override;
  void append_pieces(const std::string& word, std::vector<std::int64_t>& ids) const;

  PieceIds starts_;         ///< pieces that begin a word
  PieceIds continuations_;  ///< pieces that go on with one, without their "##"
  bool lower_case_;
};

/// Greedy longest match from the left; a word with an unmatched rest is [UNK] as a whole.
void WordPiece::append_pieces(const std::string& word, std::vector<std::int64_t>& ids) const {
  std::vector<std::size_t> bounds = {0};  // byte offsets of the characters, and the end
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(word.size());) {
    U8_FWD_1(word.data(), i, static_cast<std::int32_t>(word.size()));
    bounds.push_back(static_cast<std::size_t>(i));
  }
  const std::size_t characters = bounds.size() - 1;
  if (characters > kLongestWord) {
    ids.push_back(unknown_id());
    return;
  }
  const std::size_t before = ids.size();
  for (std::size_t begin = 0; begin < characters;) {
    const PieceIds& pieces = begin == 0 ? starts_ : continuations_;
    std::size_t end = characters;
    auto found = pieces.end();
    for (; end > begin; --end) {
      found = pieces.find(std::string_view(word).substr(bounds[begin], bounds[end] - bounds[begin]));
      if (found != pieces.end()) break;
    }
    if (found == pieces.end()) {
      ids.resize(before);
      ids.push_back(unknown_id());
      return;
    }
    ids.push_back(found->second);
    begin = end;
  }
}

std::vector<std::int64_t> WordPiece::pieces(std::string_view text) const {
  icu::UnicodeString clean = cleaned(text);
  if (lower_case_) clean = uncased(std::move(clean));
  std::vector<std::int64_t> ids;
  for (const icu::UnicodeString& token : basic_tokens(clean)) {
    std::string word;
    token.toUTF8String(word);
    append_pieces(word, ids);
  }
  return ids;
}

}  // namespace

std::unique_ptr<const Tokenizer> make_word_piece(const TokenizerFamily& family, const VocabularyText& vocab,
                                                 const TokenizerOptions& options) {
  PieceIds starts, continuations;
  const std::vector<std::string_view> lines = lines_of(vocab.text, vocab.name);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto id = static_cast<std::int64_t>(i);
    starts[std::string(lines[i])] = id;
    if (lines[i].size() > 2 && lines[i].starts_with("##")) continuations[std::string(lines[i].substr(2))] = id;
  }
  auto frame = frame_of<WordPiece::Frame>(family, vocab.name, [&starts](std::string_view piece) {
    const auto found = starts.find(piece);
    return found == starts.end() ? -1 : found->second;
  });
  return std::make_unique<const WordPiece>(std::move(frame), std::move(starts), std::move(continuations),
                                           options.lower_case);
}

}  // namespace shakedown::media
