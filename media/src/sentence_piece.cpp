#include <utility>

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "sentencepiece/api.h"
#include "sentencepiece/charsmap.h"
#include "shakedown/core/library.h"
#include "tokenizer.h"

namespace shakedown::media {
namespace {

const SentencePieceApi& open_library() {
  const OwnLibrary library{"libshakedown_sentencepiece.so", "which reads SentencePiece models",
                           SHAKEDOWN_SENTENCEPIECE_BUILD_PATH, true};  // api.h says why
  return *reinterpret_cast<SentencePieceFactory>(symbol_of(library, kSentencePieceSymbol))();
}

const SentencePieceApi& api() {
  static const SentencePieceApi& opened = open_library();
  return opened;
}

/// A .model; null inside when it is none.
class Model {
 public:
  explicit Model(std::string_view bytes) : model_(api().open(bytes.data(), bytes.size())) {}
  [[nodiscard]] explicit operator bool() const { return model_ != nullptr; }
  [[nodiscard]] int pieces() const { return api().pieces(model_.get()); }
  [[nodiscard]] int unknown() const { return api().unknown(model_.get()); }
  [[nodiscard]] std::string piece(int id) const { return api().piece(model_.get(), id); }
  [[nodiscard]] int id(std::string_view piece) const { return api().id(model_.get(), piece.data(), piece.size()); }
  [[nodiscard]] std::vector<int> encode(std::string_view text) const {
    std::vector<int> ids;
    const auto take = [](void* to, const int* from, std::size_t count) {
      static_cast<std::vector<int>*>(to)->assign(from, from + count);
    };
    if (!api().encode(model_.get(), text.data(), text.size(), take, &ids)) {
      throw Error(ErrorKind::kData, "SentencePiece cannot take a text apart");
    }
    return ids;
  }

 private:
  struct Close {
    void operator()(void* model) const { api().close(model); }
  };
  std::unique_ptr<void, Close> model_;
};

constexpr std::string_view kBlank = "\xE2\x96\x81";  // U+2581, which stands for a blank in pieces

/// Python's str.isspace.
bool is_space(UChar32 c) {
  return u_isUWhiteSpace(c) || (c >= 0x1C && c <= 0x1F);
}

/// preprocess_text of XLNet's prepro_utils.py, which ALBERT took over: single blanks, `` and '' as ", accents stripped.
std::string prepared(std::string_view text, bool lower_case) {
  const auto whole =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  icu::UnicodeString clean;
  bool blank = false;
  for (std::int32_t i = 0; i < whole.length(); i = whole.moveIndex32(i, 1)) {
    const UChar32 c = whole.char32At(i);
    if (is_space(c)) {
      blank = !clean.isEmpty();
      continue;
    }
    if (blank) clean.append(u' ');
    blank = false;
    clean.append(c);
  }
  clean.findAndReplace(u"``", u"\"").findAndReplace(u"''", u"\"");
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(status);
  const icu::UnicodeString decomposed = U_SUCCESS(status) ? nfkd->normalize(clean, status) : icu::UnicodeString();
  if (U_FAILURE(status)) {
    throw Error(ErrorKind::kInternal, std::string("ICU cannot decompose a text: ") + u_errorName(status));
  }
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 c = decomposed.char32At(i);
    if (u_getCombiningClass(c) == 0) bare.append(c);
  }
  if (lower_case) bare.toLower(icu::Locale::getRoot());
  std::string result;
  bare.toUTF8String(result);
  return result;
}

/// True for pieces such as "1993,".
bool is_number_and_comma(const std::string& piece) {
  if (piece.size() < 2 || piece.back() != ',') return false;
  const auto characters = icu::UnicodeString::fromUTF8(piece);
  return u_isdigit(characters.char32At(characters.moveIndex32(characters.length(), -2))) != 0;
}

class SentencePiece final : public Tokenizer {
 public:
  using Tokenizer::Frame;
  SentencePiece(Frame frame, Model model, const TokenizerFamily& family, bool lower_case)
      : Tokenizer(std::move(frame)),
        model_(std::move(model)),
        prepares_(family.prepares),
        lower_case_(lower_case),
        offset_(family.counts_as_fairseq ? 1 : 0) {}

 private:
  // Ids and not their text: of a run of unknown characters the text may be that of a special token.
  [[nodiscard]] std::vector<std::int64_t> pieces(std::string_view text) const override {
    std::vector<std::int64_t> ids;
    for (const int id : model_.encode(prepares_ ? prepared(text, lower_case_) : std::string(text))) {
      if (prepares_ && is_number_and_comma(model_.piece(id))) {
        append_apart(model_.piece(id), ids);
      } else {
        ids.push_back(shown(id));
      }
    }
    return ids;
  }

  /// A number and its comma are two pieces, as in encode_pieces of prepro_utils.py.
  void append_apart(const std::string& piece, std::vector<std::int64_t>& ids) const {
    const bool begins_word = piece.starts_with(kBlank);
    const std::size_t begin = begins_word ? kBlank.size() : 0;
    auto parts = model_.encode(piece.substr(begin, piece.size() - begin - 1));
    if (!begins_word && !parts.empty()) {
      const std::string first = model_.piece(parts.front());
      if (first == kBlank) {
        parts.erase(parts.begin());
      } else if (first.starts_with(kBlank)) {
        parts.front() = model_.id(first.substr(kBlank.size()));
      }
    }
    parts.push_back(model_.id(","));
    for (const int part : parts) ids.push_back(shown(part));
  }

  /// The id that the model was trained with.
  [[nodiscard]] std::int64_t shown(int id) const { return id == model_.unknown() ? unknown_id() : id + offset_; }

  Model model_;
  bool prepares_, lower_case_;
  std::int64_t offset_;
};

}  // namespace

std::unique_ptr<const Tokenizer> make_sentence_piece(const TokenizerFamily& family, const VocabularyText& file,
                                                     const TokenizerOptions& options) {
  if (!has_sound_charsmap(file.text)) {
    throw Error(ErrorKind::kData, file.name +
                                      ": is damaged: its normalisation table points outside itself: take the "
                                      ".model file of the release again");
  }
  Model model(file.text);
  if (!model) {
    throw Error(ErrorKind::kData, file.name + ": is no SentencePiece model: the .model file that a release of " +
                                      std::string(family.name) + " carries is accepted");
  }
  if (family.counts_as_fairseq) {
    for (const auto& [id, piece] : {std::pair{0, "<unk>"}, std::pair{1, "<s>"}, std::pair{2, "</s>"}}) {
      if (model.pieces() > id && model.piece(id) == piece) continue;
      throw Error(ErrorKind::kData, file.name + ": piece " + std::to_string(id) + " is not " + piece +
                                        ": a model that starts with <unk> <s> </s> is accepted for " +
                                        std::string(family.name));
    }
  }
  auto frame = frame_of<SentencePiece::Frame>(family, file.name, [&](std::string_view piece) -> std::int64_t {
    if (family.counts_as_fairseq) {
      return piece == "<s>" ? 0 : piece == "<pad>" ? 1 : piece == "</s>" ? 2 : 3;
    }
    if (piece == family.unknown) return model.unknown();  // by its role: its name differs between releases
    const int id = model.id(piece);
    return model.piece(id) == piece ? id : -1;
  });
  return std::make_unique<const SentencePiece>(std::move(frame), std::move(model), family, options.lower_case);
}

}  // namespace shakedown::media
