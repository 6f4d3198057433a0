#include "shakedown/media/han.h"

#include <memory>
#include <mutex>

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include "shakedown/core/error.h"

namespace shakedown::media {
namespace {

// ICU's transliterators keep state while they work.
class Transliteration {
 public:
  explicit Transliteration(const char* id) {
    UErrorCode status = U_ZERO_ERROR;
    transliterator_.reset(icu::Transliterator::createInstance(id, UTRANS_FORWARD, status));
    if (U_FAILURE(status) || !transliterator_) {
      throw Error(ErrorKind::kInternal, std::string("ICU cannot transliterate by ") + id + ": " + u_errorName(status));
    }
  }
  std::string operator()(std::string_view text) const {
    auto units = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    {
      const std::scoped_lock lock(mutex_);
      transliterator_->transliterate(units);
    }
    std::string out;
    return units.toUTF8String(out);
  }

 private:
  std::unique_ptr<icu::Transliterator> transliterator_;
  mutable std::mutex mutex_;
};

}  // namespace

std::vector<std::string> pinyin(std::string_view word) {
  static const Transliteration kLatin("Han-Latin");
  const std::string latin = kLatin(word);
  std::vector<std::string> readings(1);
  for (const char c : latin) {
    if (c != ' ') {
      readings.back() += c;
    } else {
      readings.emplace_back();
    }
  }
  const auto characters = static_cast<std::size_t>(
      icu::UnicodeString::fromUTF8({word.data(), static_cast<std::int32_t>(word.size())}).countChar32());
  if (readings.size() != characters) readings.clear();
  return readings;
}

std::string simplified(std::string_view text) {
  static const Transliteration kSimplified("Traditional-Simplified");
  return kSimplified(text);
}

std::string traditional(std::string_view text) {
  static const Transliteration kTraditional("Simplified-Traditional");
  return kTraditional(text);
}

}  // namespace shakedown::media
