#include "tokenizer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "shakedown/core/text.h"

namespace shakedown::media {
namespace {

using Kind = TokenizerFamily::Kind;

std::vector<TokenizerFamily> make_families() {
  TokenizerFamily bert{"bert", Kind::kWordPiece, {"[CLS]"}, {"[SEP]"}, "[PAD]", "[UNK]"};
  bert.has_case_option = bert.lower_case = true;
  bert.unknown_id = 100;
  TokenizerFamily roberta{"roberta", Kind::kBytePair, {"<s>"}, {"</s>"}, "<pad>", "<unk>"};
  roberta.unknown_id = 3;
  roberta.pad_id = 1;
  // GPT-2 has one special token; what pads is never attended to.
  TokenizerFamily gpt2{"gpt2", Kind::kBytePair, {}, {}, "<|endoftext|>", "<|endoftext|>"};
  gpt2.unknown_id = gpt2.pad_id = 50256;
  TokenizerFamily xlnet{"xlnet", Kind::kSentencePiece, {}, {"<sep>", "<cls>"}, "<pad>", "<unk>"};
  xlnet.pads_left = true;
  xlnet.last_segment = 2;
  xlnet.pad_segment = 3;
  xlnet.pad_id = 5;
  xlnet.prepares = xlnet.has_case_option = true;
  TokenizerFamily xlm_roberta{"xlm_roberta", Kind::kSentencePiece, {"<s>"}, {"</s>"}, "<pad>", "<unk>"};
  xlm_roberta.counts_as_fairseq = true;
  xlm_roberta.unknown_id = 3;
  xlm_roberta.pad_id = 1;
  TokenizerFamily albert{"albert", Kind::kSentencePiece, {"[CLS]"}, {"[SEP]"}, "<pad>", "<unk>"};
  albert.prepares = albert.has_case_option = albert.lower_case = true;
  albert.unknown_id = 1;
  TokenizerFamily deberta_v2{"deberta_v2", Kind::kSentencePiece, {"[CLS]"}, {"[SEP]"}, "[PAD]", "[UNK]"};
  deberta_v2.unknown_id = 3;
  return {bert, roberta, gpt2, xlnet, xlm_roberta, albert, deberta_v2};
}

}  // namespace

const std::vector<TokenizerFamily>& tokenizer_families() {
  static const std::vector<TokenizerFamily> kFamilies = make_families();
  return kFamilies;
}

const TokenizerFamily* find_tokenizer_family(std::string_view name) {
  const auto& families = tokenizer_families();
  const auto found = std::ranges::find(families, name, &TokenizerFamily::name);
  return found == families.end() ? nullptr : &*found;
}

std::unique_ptr<const Tokenizer> make_tokenizer(const TokenizerFamily& family, const TokenizerFiles& files,
                                                const TokenizerOptions& options) {
  switch (family.kind) {
    case Kind::kWordPiece: return make_word_piece(family, files.vocab, options);
    case Kind::kBytePair: return make_byte_pair(family, files, options);
    case Kind::kSentencePiece: break;
  }
  return make_sentence_piece(family, files.vocab, options);
}

std::vector<std::int64_t> Tokenizer::encode(std::string_view text) const {
  if (text.size() > std::numeric_limits<std::int32_t>::max() / 4) {
    throw Error(ErrorKind::kData, "text of " + std::to_string(text.size()) + " bytes: at most 512 MiB are tokenized");
  }
  if (!is_utf8(text)) throw Error(ErrorKind::kData, "the text is not UTF-8, which tokenizers need");
  return pieces(text);
}

Tokens Tokenizer::framed(std::vector<std::int64_t> pieces, std::size_t most) const {
  const std::size_t specials = frame_.before.size() + frame_.after.size();
  if (most < std::max<std::size_t>(1, specials)) {
    throw Error(ErrorKind::kUsage, "token length " + std::to_string(most) + ": " +
                                       std::to_string(std::max<std::size_t>(1, specials)) +
                                       " or more are accepted (the special tokens must fit)");
  }
  if (pieces.size() > most - specials) pieces.resize(most - specials);
  Tokens tokens;
  tokens.ids = frame_.before;
  tokens.ids.insert(tokens.ids.end(), pieces.begin(), pieces.end());
  tokens.ids.insert(tokens.ids.end(), frame_.after.begin(), frame_.after.end());
  tokens.mask.assign(tokens.ids.size(), 1);
  tokens.segments.assign(tokens.ids.size(), 0);
  if (!frame_.after.empty()) tokens.segments.back() = frame_.last_segment;
  tokens.layout = {frame_.before.size(), frame_.after.size(), frame_.pads_left, frame_.unknown, frame_.pad};
  return tokens;
}

Tokens Tokenizer::tokenize_up_to(std::string_view text, std::size_t most) const {
  return framed(encode(text), most);
}

Tokens Tokenizer::tokenize(std::string_view text, std::size_t length) const {
  return padded(framed(encode(text), length), length);
}

Tokens Tokenizer::padded(const Tokens& tokens, std::size_t length) const {
  Tokens whole = tokens;
  if (tokens.padded() >= length) return whole;
  const auto fill = [&](auto& values, auto value) {
    values.insert(frame_.pads_left ? values.begin() : values.end(), length - tokens.padded(), value);
  };
  fill(whole.ids, frame_.pad);
  fill(whole.mask, std::int64_t{0});
  fill(whole.segments, frame_.pad_segment);
  if (!whole.observed.empty()) fill(whole.observed, std::uint8_t{1});
  return whole;
}

}  // namespace shakedown::media
