#include "text/read_words.h"

#include <algorithm>

#include "text/alignment.h"
#include "text/english.h"

namespace shakedown::perturb {

ReadBytes read_in_both(const Transcript& before, const Transcript& after, const Readable& readable) {
  const ReadBytes whole{before.text.size(), after.text.size()};
  const bool same = before.text == after.text;
  const std::size_t read_before = readable(before), read_after = same ? read_before : readable(after);
  if (same || (read_before == whole.before && read_after == whole.after)) return {read_before, read_after};

  const auto words_before = media::segment_words(before.text, before.language);
  const auto words_after = media::segment_words(after.text, after.language);
  const Alignment aligned = align(lower_words(before, words_before), lower_words(after, words_after));
  std::size_t b = 0, a = 0;  // words passed
  ReadBytes read;
  for (const char operation : aligned.operations) {
    if (operation != 'I' && words_before[b].end > read_before) break;
    if (operation != 'D' && words_after[a].end > read_after) break;
    if (operation != 'I') read.before = words_before[b++].end;
    if (operation != 'D') read.after = words_after[a++].end;
  }
  return read;
}

Shared<Transcript> beginning_of(const Shared<Transcript>& whole, std::size_t bytes) {
  if (bytes >= whole->text.size()) return whole;
  auto beginning = std::make_shared<Transcript>(*whole);
  beginning->text.resize(bytes);
  std::erase_if(beginning->times, [bytes](const Transcript::Word& word) { return word.end > bytes; });
  return beginning;
}

std::vector<std::size_t> decided_among(const Effect& effect, std::size_t units) {
  std::vector<std::size_t> among;
  for (const std::int64_t decision : effect.decisions) {
    if (decision >= 0 && static_cast<std::size_t>(decision) < units)
      among.push_back(static_cast<std::size_t>(decision));
  }
  return among;
}

}  // namespace shakedown::perturb
