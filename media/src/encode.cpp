#include "shakedown/media/encode.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "image.h"
#include "shakedown/core/error.h"
#include "sound_memory.h"

namespace shakedown::media {
namespace {

std::vector<short> to_16_bit(const std::vector<float>& pcm) {
  std::vector<short> samples(pcm.size());
  std::transform(pcm.begin(), pcm.end(), samples.begin(), [](float value) {
    if (std::isnan(value)) throw Error(ErrorKind::kInternal, "waveform with NaN samples cannot be encoded");
    return static_cast<short>(std::clamp(std::nearbyint(value * 32768.0), -32768.0, 32767.0));
  });
  return samples;
}

std::vector<std::uint8_t> encode_picture(const Image& image, const std::string& extension,
                                         const std::vector<int>& settings) {
  std::vector<std::uint8_t> bytes;
  try {
    if (cv::imencode(extension, view_of(image), bytes, settings)) return bytes;
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::kInternal, "OpenCV cannot encode a " + extension + ": " + error.err);
  }
  throw Error(ErrorKind::kInternal, "OpenCV cannot encode a " + extension);
}

/// `write` takes (file, frames) and says how many frames it wrote.
std::vector<std::uint8_t> encode_sound(const Waveform& waveform, int format, const std::string& what,
                                       const std::function<sf_count_t(SNDFILE*, sf_count_t)>& write) {
  SF_INFO info{};
  info.channels = waveform.channels;
  info.samplerate = waveform.sample_rate_hz;
  info.format = format;
  SF_VIRTUAL_IO io = sound_memory_io();
  SoundMemory memory;
  SoundHandle file(sf_open_virtual(&io, SFM_WRITE, &info, &memory));
  if (!file) throw Error(ErrorKind::kInternal, "libsndfile cannot write " + what + ": " + sf_strerror(nullptr));
  sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);  // of float files: it says when it was written
  const auto frames = static_cast<sf_count_t>(waveform.frames());
  if (write(file.get(), frames) != frames) {
    throw Error(ErrorKind::kInternal, "libsndfile cannot write " + what + ": " + sf_strerror(file.get()));
  }
  file.reset();  // writes the final header
  return std::move(memory.bytes);
}

std::vector<std::uint8_t> encode_16_bit(const Waveform& waveform, int container, const std::string& what) {
  const std::vector<short> samples = to_16_bit(waveform.pcm);
  return encode_sound(waveform, container | SF_FORMAT_PCM_16, what,
                      [&](SNDFILE* file, sf_count_t frames) { return sf_writef_short(file, samples.data(), frames); });
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality) {
  if (quality < 1 || quality > 100) {
    throw Error(ErrorKind::kUsage, "JPEG quality " + std::to_string(quality) + ": 1 to 100 is accepted");
  }
  return encode_picture(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

std::vector<std::uint8_t> encode_png(const Image& image) {
  return encode_picture(image, ".png", {});
}

Image decode_jpeg(const std::vector<std::uint8_t>& bytes) {
  const cv::Mat picture = cv::imdecode(bytes, cv::IMREAD_COLOR);
  if (picture.empty()) throw Error(ErrorKind::kInternal, "OpenCV cannot decode a JPEG that it encoded");
  return image_of(picture);
}

std::vector<std::uint8_t> encode_wav(const Waveform& waveform) {
  return encode_16_bit(waveform, SF_FORMAT_WAV, "a WAV");
}

std::vector<std::uint8_t> encode_float_wav(const Waveform& waveform) {
  return encode_sound(waveform, SF_FORMAT_WAV | SF_FORMAT_FLOAT, "a WAV", [&](SNDFILE* file, sf_count_t frames) {
    return sf_writef_float(file, waveform.pcm.data(), frames);
  });
}

std::vector<std::uint8_t> encode_flac(const Waveform& waveform) {
  return encode_16_bit(waveform, SF_FORMAT_FLAC, "FLAC");
}

}  // namespace shakedown::media
