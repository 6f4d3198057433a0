#include "shakedown/core/hash.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <openssl/evp.h>
#include <xxhash.h>

#include "shakedown/core/error.h"

namespace shakedown {
namespace {

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
      throw Error(ErrorKind::kInternal, "SHA-256 is not available in this OpenSSL");
  }
  void add(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
  std::array<unsigned char, 32> finish() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return digest;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

struct Hasher::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { XXH3_freeState(xxh); }
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  if (state_->xxh == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(state_->xxh);
}
Hasher::~Hasher() = default;

Hasher& Hasher::add(std::span<const std::byte> bytes) {
  const auto size = static_cast<std::uint64_t>(bytes.size());
  XXH3_128bits_update(state_->xxh, &size, sizeof size);
  XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
  return *this;
}
Hasher& Hasher::add(std::string_view text) {
  return add(std::as_bytes(std::span(text.data(), text.size())));
}
Hasher& Hasher::add(std::uint64_t value) {
  XXH3_128bits_update(state_->xxh, &value, sizeof value);
  return *this;
}
Hasher& Hasher::add(std::int64_t value) {
  return add(static_cast<std::uint64_t>(value));
}
Hasher& Hasher::add(double value) {
  return add(std::bit_cast<std::uint64_t>(value));
}

Digest Hasher::finish() const {
  const auto hash = XXH3_128bits_digest(state_->xxh);
  return {hash.high64, hash.low64};
}

std::string Digest::hex() const {
  std::array<unsigned char, 16> bytes{};
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(high >> (56U - 8U * i));
    bytes[8 + i] = static_cast<unsigned char>(low >> (56U - 8U * i));
  }
  return to_hex(bytes);
}

std::optional<Digest> Digest::from_hex(std::string_view digits) {
  static constexpr auto kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(255);
    for (std::size_t i = 0; i < 16; ++i)
      values[static_cast<unsigned char>("0123456789abcdef"[i])] = static_cast<std::uint8_t>(i);
    return values;
  }();
  if (digits.size() != 32) return std::nullopt;
  const auto half = [&](std::size_t from, std::uint8_t& wrong) {
    std::uint64_t value = 0;
    for (std::size_t i = from; i < from + 16; ++i) {
      const std::uint8_t own = kValues[static_cast<unsigned char>(digits[i])];
      wrong |= own & 0x80U;
      value = value << 4U | (own & 0x0FU);
    }
    return value;
  };
  std::uint8_t wrong = 0;
  const Digest digest{half(0, wrong), half(16, wrong)};
  return wrong != 0 ? std::nullopt : std::optional(digest);
}

std::string sha256_file(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), std::fclose);
  if (!stream) throw Error(ErrorKind::kData, file.string() + ": cannot be read: " + std::strerror(errno));
  Sha256 sha;
  std::array<char, 1U << 16U> buffer{};
  for (;;) {
    const auto count = std::fread(buffer.data(), 1, buffer.size(), stream.get());
    sha.add(buffer.data(), count);
    if (count < buffer.size()) break;
  }
  if (std::ferror(stream.get()) != 0)
    throw Error(ErrorKind::kData, file.string() + ": cannot be read: " + std::strerror(errno));
  return to_hex(sha.finish());
}

std::string sha256(std::string_view bytes) {
  Sha256 sha;
  sha.add(bytes.data(), bytes.size());
  return to_hex(sha.finish());
}

std::string sha256_bytes(std::string_view bytes) {
  Sha256 sha;
  sha.add(bytes.data(), bytes.size());
  const auto digest = sha.finish();
  return {digest.begin(), digest.end()};
}

}  // namespace shakedown
