#include <algorithm>
#include <array>
#include <queue>
#include <utility>

#include <nlohmann/json.hpp>
#include <unicode/regex.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "shakedown/core/text.h"
#include "tokenizer.h"

namespace shakedown::media {
namespace {

// What GPT-2 takes for a word (Radford et al. 2019, encoder.py): contractions, letters, numbers, other marks, each with
// the blank before it, and runs of white space. \s is spelt out: ICU's own lacks U+000B and U+0085.
constexpr const char* kWords =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+"
    "|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+";

constexpr std::int64_t kNone = -1;

/// The characters that stand for the 256 bytes in vocab.json: printable Latin-1 for itself, the rest from U+0100 on.
std::array<std::string, 256> byte_pieces() {
  std::array<std::string, 256> pieces;
  int shifted = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    icu::UnicodeString(static_cast<UChar32>(printable ? byte : shifted++))
        .toUTF8String(pieces[static_cast<std::size_t>(byte)]);
  }
  return pieces;
}

Error refusal(const std::string& name, const std::string& why, const std::string& accepted) {
  return {ErrorKind::kData, name + ": " + why + ": " + accepted + " is accepted"};
}

PieceIds read_vocabulary(const VocabularyText& file) {
  const auto refuse = [&file](const std::string& why) {
    return refusal(file.name, why, "a vocab.json {\"piece\": id, ...} with the ids 0, 1, ... each once");
  };
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(file.text);
  } catch (const nlohmann::json::parse_error& error) {
    throw refuse("is not JSON (byte " + std::to_string(error.byte) + ")");
  }
  if (!json.is_object() || json.empty()) throw refuse("is not a JSON object of pieces");
  PieceIds ids;
  std::vector<bool> taken(json.size(), false);
  for (const auto& [piece, id] : json.items()) {
    if (!id.is_number_integer()) throw refuse("the id of '" + piece + "' is no integer");
    const auto value = id.get<std::int64_t>();
    const bool inside = value >= 0 && static_cast<std::size_t>(value) < taken.size();
    if (!inside || taken[static_cast<std::size_t>(value)]) {
      throw refuse(
          "the id " + id.dump() + " of '" + piece + "' " +
          (inside ? "is there twice" : "leaves a hole in those of " + std::to_string(json.size()) + " pieces"));
    }
    taken[static_cast<std::size_t>(value)] = true;
    ids.emplace(piece, value);
  }
  return ids;
}

struct Merge {
  std::size_t rank = 0;
  std::int64_t id = 0;
};
struct PairHash {
  std::size_t operator()(const std::pair<std::int64_t, std::int64_t>& pair) const {
    return std::hash<std::uint64_t>()(static_cast<std::uint64_t>(pair.first) << 32U ^
                                      static_cast<std::uint64_t>(pair.second));
  }
};
using Merges = std::unordered_map<std::pair<std::int64_t, std::int64_t>, Merge, PairHash>;

Merges read_merges(const VocabularyText& file, const PieceIds& vocabulary) {
  Merges merges;
  std::size_t number = 0;
  std::string_view rest = file.text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    const auto refuse = [&](const std::string& why) {
      return refusal(file.name, "line " + std::to_string(number) + " " + why,
                     "a merges.txt with two pieces of vocab.json a line");
    };
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    if (!is_utf8(line)) throw refuse("is not UTF-8");
    const std::size_t blank = line.find(' ');
    if (blank == 0 || blank == std::string_view::npos || blank + 1 >= line.size() ||
        line.find(' ', blank + 1) != std::string_view::npos) {
      throw refuse("is no pair of pieces");
    }
    const auto id_of = [&](const std::string& piece) {
      const auto found = vocabulary.find(piece);
      if (found == vocabulary.end()) throw refuse("names '" + piece + "', which the vocabulary lacks");
      return found->second;
    };
    const std::string left(line.substr(0, blank)), right(line.substr(blank + 1));
    const std::pair pair{id_of(left), id_of(right)};
    merges.try_emplace(pair, Merge{merges.size(), id_of(left + right)});
  }
  if (merges.empty()) throw refusal(file.name, "holds no merge", "a merges.txt with two pieces of vocab.json a line");
  return merges;
}

/// Byte-level byte-pair encoding (Sennrich et al. 2016, on bytes as in GPT-2).
class BytePair final : public Tokenizer {
 public:
  using Tokenizer::Frame;
  BytePair(Frame frame, const PieceIds& vocabulary, Merges merges, bool prefix_space)
      : Tokenizer(std::move(frame)), merges_(std::move(merges)), prefix_space_(prefix_space) {
    const auto pieces = byte_pieces();
    for (std::size_t byte = 0; byte < pieces.size(); ++byte) {
      const auto found = vocabulary.find(pieces[byte]);
      bytes_[byte] = found == vocabulary.end() ? kNone : found->second;
    }
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    words_.reset(icu::RegexPattern::compile(icu::UnicodeString(kWords, -1, US_INV), where, status));
    if (U_FAILURE(status)) throw Error(ErrorKind::kInternal, std::string("ICU regex: ") + u_errorName(status));
  }

 private:
  struct Symbol {
    std::int64_t id = 0;
    std::ptrdiff_t before = 0, after = 0;  ///< neighbours still there; -1: none
  };

  [[nodiscard]] std::vector<std::int64_t> pieces(std::string_view text) const override;
  void append_word(std::string_view word, std::vector<std::int64_t>& ids) const;

  std::array<std::int64_t, 256> bytes_{};
  Merges merges_;
  std::unique_ptr<icu::RegexPattern> words_;
  bool prefix_space_;
};

/// The merge of lowest rank first, of equal ones the leftmost, until none is left.
void BytePair::append_word(std::string_view word, std::vector<std::int64_t>& ids) const {
  std::vector<Symbol> symbols;
  const auto size = static_cast<std::ptrdiff_t>(word.size());
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    symbols.push_back(
        {bytes_[static_cast<unsigned char>(word[static_cast<std::size_t>(i)])], i - 1, i + 1 < size ? i + 1 : -1});
  }
  struct Candidate {
    std::size_t rank;
    std::ptrdiff_t at;
    std::int64_t left, right, merged;
    bool operator>(const Candidate& other) const { return std::pair(rank, at) > std::pair(other.rank, other.at); }
  };
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto symbol = [&symbols](std::ptrdiff_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  const auto consider = [&](std::ptrdiff_t at) {
    if (at < 0 || symbol(at).after < 0) return;
    const std::pair pair{symbol(at).id, symbol(symbol(at).after).id};
    const auto found = merges_.find(pair);
    if (found != merges_.end()) queue.push({found->second.rank, at, pair.first, pair.second, found->second.id});
  };
  constexpr std::int64_t kGone = -2;
  for (std::ptrdiff_t i = 0; i < size; ++i) consider(i);
  while (!queue.empty()) {
    const Candidate next = queue.top();
    queue.pop();
    Symbol& left = symbol(next.at);
    if (left.id != next.left || left.after < 0 || symbol(left.after).id != next.right) continue;  // merged meanwhile
    Symbol& right = symbol(left.after);
    left.id = next.merged;
    right.id = kGone;
    left.after = right.after;
    if (left.after >= 0) symbol(left.after).before = next.at;
    consider(left.before);
    consider(next.at);
  }
  for (std::ptrdiff_t i = 0; i >= 0 && i < size; i = symbol(i).after) {
    ids.push_back(symbol(i).id == kNone ? unknown_id() : symbol(i).id);
  }
}

std::vector<std::int64_t> BytePair::pieces(std::string_view text) const {
  icu::UnicodeString whole =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  if (prefix_space_ && !whole.isEmpty() && whole.charAt(0) != u' ') whole.insert(0, u' ');
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::RegexMatcher> matcher(words_->matcher(whole, status));
  std::vector<std::int64_t> ids;
  std::string word;
  while (U_SUCCESS(status) && matcher->find(status) != 0) {
    const std::int32_t begin = matcher->start(status), end = matcher->end(status);
    word.clear();
    whole.tempSubStringBetween(begin, end).toUTF8String(word);
    append_word(word, ids);
  }
  if (U_FAILURE(status)) {
    throw Error(ErrorKind::kData, std::string("ICU cannot take a text apart: ") + u_errorName(status));
  }
  return ids;
}

}  // namespace

std::unique_ptr<const Tokenizer> make_byte_pair(const TokenizerFamily& family, const TokenizerFiles& files,
                                                const TokenizerOptions& options) {
  const PieceIds vocabulary = read_vocabulary(files.vocab);
  Merges merges = read_merges(files.merges, vocabulary);
  auto frame = frame_of<BytePair::Frame>(family, files.vocab.name, [&vocabulary](std::string_view piece) {
    const auto found = vocabulary.find(piece);
    return found == vocabulary.end() ? kNone : found->second;
  });
  return std::make_unique<const BytePair>(std::move(frame), vocabulary, std::move(merges), options.prefix_space);
}

}  // namespace shakedown::media
