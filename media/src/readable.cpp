#include "shakedown/media/readable.h"

#include <algorithm>
#include <string_view>

#include "shakedown/core/text.h"
#include "shakedown/media/text.h"

namespace shakedown::media {

std::size_t readable_bytes(const Tokenizer& tokenizer, const Transcript& transcript, std::size_t length) {
  const std::string_view text = transcript.text;
  if (!is_utf8(text)) return text.size();
  const std::size_t room = length - tokenizer.tokenize_up_to("", length).ids.size();
  const auto fits = [&](std::size_t bytes) { return tokenizer.encode(text.substr(0, bytes)).size() <= room; };
  if (fits(text.size())) return text.size();
  // Pieces do not tell where in the text they come from (it is normalised before), but those of whole words come first
  // in the pieces of a longer text too.
  const auto words = segment_words(text, transcript.language);
  const auto beyond =
      std::partition_point(words.begin(), words.end(), [&](const auto& word) { return fits(word.end); });
  return beyond == words.begin() ? 0 : std::prev(beyond)->end;
}

}  // namespace shakedown::media
