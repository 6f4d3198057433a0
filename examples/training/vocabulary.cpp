#include "vocabulary.h"

#include <set>

#include "shakedown/media/text.h"

namespace training {

std::string make_vocabulary(const shakedown::datasets::Dataset& train) {
  using namespace shakedown;
  std::set<std::string> words;
  for (std::size_t i = 0; i < train.size(); ++i) {
    const auto sample = train.load(i);
    const std::string text = media::lower_case(sample.transcript->text);
    for (const auto& word : media::segment_words(text)) words.insert(text.substr(word.begin, word.end - word.begin));
  }
  std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n.\n,\n!\n?\n'\n-\n";
  for (const std::string& word : words) {
    if (word.size() > 1) vocabulary += word + '\n';
  }
  for (const char* prefix : {"", "##"}) {
    for (char c = 'a'; c <= 'z'; ++c) vocabulary += std::string(prefix) + c + '\n';
    for (char c = '0'; c <= '9'; ++c) vocabulary += std::string(prefix) + c + '\n';
  }
  return vocabulary;
}

}  // namespace training
