#include "shakedown/media/encoding.h"

#include <memory>

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/unistr.h>

#include "shakedown/core/error.h"

namespace shakedown::media {

std::optional<std::string> to_utf8(std::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> converter(ucnv_open(encoding, &status), ucnv_close);
  // Without it ICU would put U+FFFD in the place of what it cannot read.
  if (U_SUCCESS(status)) {
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  }
  if (U_FAILURE(status)) throw Error(ErrorKind::kInternal, std::string("ICU does not know the encoding ") + encoding);
  icu::UnicodeString text;
  const auto size = static_cast<int32_t>(bytes.size());
  const int32_t most = size + 1;  // code units: no encoding has less than a byte for one
  const int32_t count = ucnv_toUChars(converter.get(), text.getBuffer(most), most, bytes.data(), size, &status);
  text.releaseBuffer(U_SUCCESS(status) ? count : 0);
  if (U_FAILURE(status)) return std::nullopt;
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

}  // namespace shakedown::media
