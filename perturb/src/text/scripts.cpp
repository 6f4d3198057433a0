#include "text/scripts.h"

#include <string_view>

#include "shakedown/media/scripts.h"

namespace shakedown::perturb {
namespace {

bool has_region(const std::string& tag, std::string_view language) {
  return tag.starts_with(language) &&
         (tag.size() == language.size() || tag[language.size()] == '-' || tag[language.size()] == '_');
}

}  // namespace

bool is_mandarin(const std::string& language) {
  return has_region(language, "zh") || has_region(language, "cmn");
}

Tongue tongue_of(const Transcript& transcript) {
  const std::string& language = transcript.language;
  const media::Scripts scripts = media::scripts_of(transcript.text);
  if (is_mandarin(language)) return Tongue::kMandarin;
  if (language.empty() && scripts.han && !scripts.other_unspaced) return Tongue::kMandarin;
  if (scripts.han || scripts.other_unspaced) return Tongue::kUnspaced;
  if (has_region(language, "en")) return Tongue::kEnglish;
  if (!language.empty()) return Tongue::kSpaced;
  return scripts.beyond_latin ? Tongue::kUnknown : Tongue::kEnglish;
}

std::string named_language(const Transcript& transcript) {
  return transcript.language.empty() ? "its language is unknown" : "its language is '" + transcript.language + "'";
}

}  // namespace shakedown::perturb
