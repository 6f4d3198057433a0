#include "text/rewrite.h"

#include <algorithm>

namespace shakedown::perturb {
namespace {

struct Mark {
  std::size_t before = 0, after = 0;  // lengths of text in front of an edit, old and new
};

}  // namespace

Transcript rewrite(const Transcript& before, const std::vector<Edit>& edits) {
  Transcript after;
  after.language = before.language;
  std::vector<Mark> starts, ends;  // of the edits, in the old and in the new text
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    after.text.append(before.text, at, edit.begin - at);
    starts.push_back({edit.begin, after.text.size()});
    after.text += edit.text;
    ends.push_back({edit.end, after.text.size()});
    at = edit.end;
  }
  after.text.append(before.text, at);

  // Where a position of the old text stands now: `leaning` on what follows it (the begin of a word) or on what
  // goes before (its end).
  const auto place = [&](std::size_t position, bool begins) {
    Mark last;
    for (std::size_t i = 0; i < edits.size(); ++i) {
      const bool insertion = edits[i].begin == edits[i].end;
      const bool passed = begins || !insertion ? ends[i].before <= position : ends[i].before < position;
      if (passed) {
        last = ends[i];
        continue;
      }
      if (edits[i].begin < position) return begins ? starts[i].after : ends[i].after;  // inside the edit
      break;
    }
    return last.after + (position - last.before);
  };
  for (Transcript::Word word : before.times) {
    const std::size_t begin = place(word.begin, true), end = place(word.end, false);
    word.begin = begin;
    word.end = std::max(begin, end);
    if (word.begin < word.end) after.times.push_back(word);
  }
  return after;
}

std::vector<Span> touched_by(const std::vector<Edit>& edits) {
  std::vector<Span> spans;
  for (const Edit& edit : edits) {
    const auto begin = static_cast<double>(edit.begin), end = static_cast<double>(edit.end);
    if (!spans.empty() && spans.back().end == begin) {
      spans.back().end = end;
    } else {
      spans.push_back({begin, end});
    }
  }
  return spans;
}

}  // namespace shakedown::perturb
