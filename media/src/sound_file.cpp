#include "sound_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <string_view>

#include <sndfile.h>

#include "checks.h"
#include "shakedown/core/text.h"

namespace shakedown::media {
namespace {

constexpr std::size_t kBlockFrames = 1 << 14;

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, Close>;

/// Opened by descriptor: with a name in hand libsndfile would also judge by the extension.
SoundFile open_sound(const std::filesystem::path& file, SF_INFO& info) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw refusal(file, std::string("cannot be opened: ") + std::strerror(errno));
  return SoundFile(sf_open_fd(descriptor, SFM_READ, &info, SF_TRUE));
}

/// An MP3 (or MP1, MP2) stream, perhaps behind an ID3 tag. libsndfile reads these too, but conceals broken frames and
/// prints to stderr; FFmpeg does neither.
bool is_mpeg_stream(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<unsigned char, 10> head{};
  const auto read = [&] { return static_cast<bool>(stream.read(reinterpret_cast<char*>(head.data()), head.size())); };
  if (!read()) return false;
  if (std::memcmp(head.data(), "ID3", 3) == 0) {  // a tag, whose size has seven bits a byte
    stream.seekg(head[6] << 21U | head[7] << 14U | head[8] << 7U | head[9], std::ios::cur);
    if (!read()) return false;
  }
  const bool sync = head[0] == 0xFF && (head[1] & 0xE0U) == 0xE0;
  return sync && (head[1] & 0x06U) != 0 && (head[1] & 0x18U) != 0x08 && (head[2] & 0xF0U) != 0xF0;
}

/// Bytes of sample data that a RIFF header promises beyond the end of the file, which libsndfile would pass over in
/// silence. Sizes of 0 and of 2 GiB or more are left by recorders that write to a pipe and promise nothing.
std::uintmax_t missing_riff_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 12> riff{};
  stream.read(riff.data(), riff.size());
  if (!stream || std::string_view(riff.data(), 4) != "RIFF" || std::string_view(riff.data() + 8, 4) != "WAVE") return 0;
  const std::uintmax_t total = std::filesystem::file_size(file);
  for (std::uintmax_t at = riff.size(); at + 8 <= total;) {
    std::array<unsigned char, 8> chunk{};
    stream.seekg(static_cast<std::streamoff>(at));
    if (!stream.read(reinterpret_cast<char*>(chunk.data()), chunk.size())) return 0;
    const std::uintmax_t size = chunk[4] | chunk[5] << 8U | chunk[6] << 16U | std::uintmax_t{chunk[7]} << 24U;
    if (std::memcmp(chunk.data(), "data", 4) == 0) {
      return size < std::uintmax_t{1} << 31U && at + 8 + size > total ? at + 8 + size - total : 0;
    }
    at += 8 + size + size % 2;
  }
  return 0;
}

void require_finite(const std::filesystem::path& file, const float* block, std::size_t count, std::size_t before,
                    const SF_INFO& info) {
  const float* bad = std::find_if_not(block, block + count, [](float value) { return std::isfinite(value); });
  if (bad == block + count) return;
  const double seconds = static_cast<double>(before + static_cast<std::size_t>(bad - block)) /
                         (static_cast<double>(info.channels) * info.samplerate);
  throw refusal(file, "NaN or infinite sample at " + format_number(seconds) + " s: finite samples are accepted");
}

}  // namespace

std::optional<Waveform> decode_sound_file(const std::filesystem::path& file, const DecodeLimits& limits,
                                          std::string& why_not) {
  why_not.clear();
  if (is_mpeg_stream(file)) return std::nullopt;
  SF_INFO info{};
  const SoundFile sound = open_sound(file, info);
  if (!sound) {
    why_not = sf_error(nullptr) == SF_ERR_UNRECOGNISED_FORMAT ? "" : sf_strerror(nullptr);
    return std::nullopt;
  }
  require_sound_format(file, info.channels, info.samplerate);
  const bool length_known = info.frames < SF_COUNT_MAX;
  if (length_known) {
    require_sound_fits(file, static_cast<double>(info.frames), info.channels, info.samplerate, limits);
  }
  if (const std::uintmax_t missing = missing_riff_bytes(file); missing > 0) {
    throw refusal(file, "truncated: " + std::to_string(missing) + " bytes of sound are missing");
  }

  Waveform waveform;
  waveform.channels = info.channels;
  waveform.sample_rate_hz = info.samplerate;
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> block(kBlockFrames * channels);
  for (;;) {  // grows with what is really there, never with what the header claims
    const sf_count_t read = sf_readf_float(sound.get(), block.data(), static_cast<sf_count_t>(kBlockFrames));
    if (read <= 0) break;
    const std::size_t count = static_cast<std::size_t>(read) * channels;
    require_finite(file, block.data(), count, waveform.pcm.size(), info);
    waveform.pcm.insert(waveform.pcm.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
    require_sound_fits(file, static_cast<double>(waveform.frames()), info.channels, info.samplerate, limits);
  }
  if (sf_error(sound.get()) != SF_ERR_NO_ERROR) {
    throw refusal(file, std::string("damaged: ") + sf_strerror(sound.get()));
  }
  if (length_known && waveform.frames() < static_cast<std::size_t>(std::max<sf_count_t>(info.frames, 0))) {
    throw refusal(file, "truncated: " + std::to_string(waveform.frames()) + " of " + std::to_string(info.frames) +
                            " sample frames are there");
  }
  if (waveform.pcm.empty()) throw refusal(file, "holds no sound: at least one sample is accepted");
  return waveform;
}

bool is_sound_file(const std::filesystem::path& file) {
  SF_INFO info{};
  return !is_mpeg_stream(file) && open_sound(file, info) != nullptr;
}

}  // namespace shakedown::media
