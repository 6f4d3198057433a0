#include "shakedown/core/base64.h"

#include <openssl/evp.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30U;  // OpenSSL counts in int

const unsigned char* as_unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::string base64(std::string_view bytes) {
  if (bytes.size() > kMostBytes) throw Error(ErrorKind::kInternal, "base64: more than 1 GiB");
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), as_unsigned(bytes),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > kMostBytes) return std::nullopt;
  if (text.empty()) return std::string();
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), as_unsigned(text),
                      static_cast<int>(text.size())) < 0)
    return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;  // OpenSSL counts it as bytes
  bytes.resize(bytes.size() - padding);
  if (base64(bytes) != text) return std::nullopt;  // it passes over spaces and takes '=' anywhere
  return bytes;
}

}  // namespace shakedown
