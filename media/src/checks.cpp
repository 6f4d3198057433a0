#include "checks.h"

#include <system_error>

#include "shakedown/core/text.h"

namespace shakedown::media {

Error refusal(const std::filesystem::path& file, const std::string& reason) {
  return {ErrorKind::kData, file.string() + ": " + reason};
}

void require_content(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) throw refusal(file, "no such file");
  if (!std::filesystem::is_regular_file(status)) throw refusal(file, "is not a file: a regular file is accepted");
  if (std::filesystem::file_size(file, error) == 0) throw refusal(file, "is empty: a media file is accepted");
}

void validate(const DecodeLimits& limits) {
  const auto refuse = [](const std::string& what, double given, const std::string& accepted) {
    throw Error(ErrorKind::kUsage, what + ": " + format_number(given) + " given, " + accepted + " accepted");
  };
  if (!(limits.fps >= 0 && limits.fps <= 1000)) refuse("fps", limits.fps, "0 (as it is) to 1000 is");
  if (limits.max_side < 0) refuse("max_side", limits.max_side, "0 (as it is) or more is");
  if (!(limits.max_seconds > 0)) refuse("max_seconds", limits.max_seconds, "a positive number is");
}

void require_sound_format(const std::filesystem::path& file, int channels, int sample_rate_hz) {
  if (channels < 1 || channels > kMaxChannels) {
    throw refusal(file, std::to_string(channels) + " channels: 1 to " + std::to_string(kMaxChannels) + " are accepted");
  }
  if (sample_rate_hz < kMinRateHz || sample_rate_hz > kMaxRateHz) {
    throw refusal(file, "sample rate " + std::to_string(sample_rate_hz) + " Hz: " + std::to_string(kMinRateHz) +
                            " to " + std::to_string(kMaxRateHz) + " Hz are accepted");
  }
}

void require_duration(const std::filesystem::path& file, double seconds, const DecodeLimits& limits) {
  if (seconds > limits.max_seconds) {
    throw refusal(file, "lasts " + format_number(seconds) + " s: at most " + format_number(limits.max_seconds) +
                            " s are accepted (max_seconds)");
  }
}

void require_sound_fits(const std::filesystem::path& file, double frames, int channels, int sample_rate_hz,
                        const DecodeLimits& limits) {
  require_duration(file, frames / sample_rate_hz, limits);
  const double bytes = frames * channels * static_cast<double>(sizeof(float));
  if (bytes > static_cast<double>(limits.max_bytes)) {
    throw refusal(file, "sound of " + format_number(bytes) + " bytes once decoded: at most " +
                            std::to_string(limits.max_bytes) + " are accepted");
  }
}

void require_picture_size(const std::filesystem::path& file, std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1 || width > kMaxPixels / height) {
    throw refusal(file, "picture of " + std::to_string(width) + " x " + std::to_string(height) +
                            " pixels: 1 to 67 million pixels are accepted");
  }
}

}  // namespace shakedown::media
