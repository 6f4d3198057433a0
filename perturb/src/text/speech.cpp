#include "text/speech.h"

#include <cctype>
#include <espeak-ng/speak_lib.h>
#include <string_view>

#include "shakedown/core/error.h"

namespace shakedown::perturb {

Speech::Speech() {
  if (espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT) <= 0)
    throw Error(ErrorKind::kData,
                "espeak-ng, which reads words that no dictionary has, finds no data; install the "
                "package espeak-ng-data");
  const char* folder = nullptr;
  espeak_Info(&folder);
  if (folder != nullptr) folder_ = folder;
}

const Speech& Speech::installed() {
  static const Speech kSpeech;
  return kSpeech;
}

std::string Speech::voice_for(const std::string& language) const {
  std::string tag;
  for (const char c : language) tag += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::scoped_lock lock(mutex_);
  voice_.clear();  // setting one that does not exist leaves none
  for (;;) {
    if (!tag.empty() && espeak_SetVoiceByName(tag.c_str()) == EE_OK) {
      voice_ = tag;
      return tag;
    }
    const auto dash = tag.rfind('-');
    if (dash == std::string::npos) return "";
    tag.resize(dash);
  }
}

Phones Speech::phones(const std::string& voice, const std::string& text) const {
  constexpr int kIpa = 0x02;
  const std::scoped_lock lock(mutex_);
  if (voice_ != voice) {
    voice_.clear();
    if (espeak_SetVoiceByName(voice.c_str()) != EE_OK)
      throw Error(ErrorKind::kData, "espeak-ng has no voice '" + voice + "'; install the package espeak-ng-data");
    voice_ = voice;
  }
  Phones phones;
  const void* rest = text.c_str();
  while (rest != nullptr) {
    const char* clause = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, kIpa);
    if (clause == nullptr) break;
    std::string_view ipa = clause;
    while (!ipa.empty()) {  // "(fr)" says that another language begins
      const auto open = ipa.find('(');
      const Phones more = phones_of_ipa(ipa.substr(0, open));
      phones.insert(phones.end(), more.begin(), more.end());
      const auto close = open == std::string_view::npos ? open : ipa.find(')', open);
      ipa.remove_prefix(close == std::string_view::npos ? ipa.size() : close + 1);
    }
  }
  return phones;
}

}  // namespace shakedown::perturb
