#include <cstdint>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "checks.h"
#include "image.h"
#include "shakedown/media/decode.h"
#include "shakedown/media/runtime.h"

namespace shakedown::media {
namespace {

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{256} << 20;

using Bytes = std::vector<std::uint8_t>;

std::int64_t big_endian(const Bytes& bytes, std::size_t at, std::size_t count) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

bool starts_with(const Bytes& bytes, std::string_view signature) {
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).starts_with(signature);
}

struct Size {
  std::int64_t width = 0, height = 0;
};

/// The size that a JPEG's frame header claims; nothing when there is no such header.
std::optional<Size> jpeg_size(const Bytes& bytes) {
  for (std::size_t at = 2; at + 9 <= bytes.size();) {
    if (bytes[at] != 0xFF) {  // garbage between segments: decoders skip it too
      ++at;
      continue;
    }
    const std::uint8_t marker = bytes[at + 1];
    const bool bare = marker == 0x00 || marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    const bool frame_header = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame_header) return Size{big_endian(bytes, at + 7, 2), big_endian(bytes, at + 5, 2)};
    at += bare ? 1 : 2 + static_cast<std::size_t>(big_endian(bytes, at + 2, 2));
  }
  return std::nullopt;
}

/// The size that the header claims, so that an absurd one is refused before OpenCV allocates it.
std::optional<Size> claimed_size(const Bytes& bytes) {
  using std::string_view_literals::operator""sv;
  if (starts_with(bytes, "\xFF\xD8\xFF"sv)) return jpeg_size(bytes);
  if (starts_with(bytes, "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"sv) && bytes.size() >= 24) {
    return Size{big_endian(bytes, 16, 4), big_endian(bytes, 20, 4)};
  }
  return std::nullopt;
}

Bytes read_file(const std::filesystem::path& file) {
  require_content(file);
  if (std::filesystem::file_size(file) > kMaxFileBytes) throw refusal(file, "larger than 256 MiB: no more is accepted");
  Bytes bytes(std::filesystem::file_size(file));
  std::ifstream stream(file, std::ios::binary);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) {
    throw refusal(file, "cannot be read");
  }
  return bytes;
}

}  // namespace

Image decode_image(const std::filesystem::path& file) {
  silence_libraries();
  const Bytes bytes = read_file(file);
  const std::optional<Size> size = claimed_size(bytes);
  if (!size) throw refusal(file, "no picture that is known: JPEG and PNG are accepted");
  require_picture_size(file, size->width, size->height);
  cv::Mat picture;
  try {
    picture = cv::imdecode(bytes, cv::IMREAD_COLOR);
  } catch (const cv::Exception& error) {
    throw refusal(file, "damaged picture: " + error.err);
  }
  if (picture.empty()) throw refusal(file, "damaged picture: a whole JPEG or PNG is accepted");
  return image_of(picture);
}

}  // namespace shakedown::media
