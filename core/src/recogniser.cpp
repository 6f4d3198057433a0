#include "shakedown/core/recogniser.h"

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown {

std::string words_of(std::string_view printed) {
  if (!is_utf8(printed)) throw Error(ErrorKind::kData, "its transcript is not UTF-8");
  std::string words;
  bool gap = false;
  for (const char c : printed) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) {
      gap = true;
      continue;
    }
    if (gap && !words.empty()) words += ' ';
    gap = false;
    words += c;
  }
  return words;
}

}  // namespace shakedown
