#include "shakedown/media/codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "sound_memory.h"

namespace shakedown::media {
namespace {

int container_of(Codec codec) {
  switch (codec) {
    case Codec::kMuLaw: return SF_FORMAT_AU | SF_FORMAT_ULAW;
    case Codec::kALaw: return SF_FORMAT_AU | SF_FORMAT_ALAW;
    case Codec::kGsm: return SF_FORMAT_WAV | SF_FORMAT_GSM610;
    case Codec::kImaAdpcm: return SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM;
    case Codec::kVorbis: return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    case Codec::kOpus: return SF_FORMAT_OGG | SF_FORMAT_OPUS;
    case Codec::kMp3: return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  }
  return 0;
}

std::vector<int> legal_rates(Codec codec) {
  switch (codec) {
    case Codec::kMuLaw:
    case Codec::kALaw:
    case Codec::kGsm: return {8000};
    case Codec::kImaAdpcm: return {};
    case Codec::kVorbis: return {8000, 11025, 16000, 22050, 32000, 44100, 48000};
    case Codec::kOpus: return {8000, 12000, 16000, 24000, 48000};
    case Codec::kMp3: return {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
  }
  return {};
}

Error failure(const std::string& what, SNDFILE* file) {
  return {ErrorKind::kInternal, "libsndfile cannot " + what + ": " + sf_strerror(file)};
}

/// Writes into `memory`; `level` is libsndfile's compression level, 0 best to 1 smallest.
void encode(SoundMemory& memory, std::span<const float> mono, int sample_rate_hz, Codec codec, double level) {
  SF_INFO info{};
  info.channels = 1;
  info.samplerate = sample_rate_hz;
  info.format = container_of(codec);
  SF_VIRTUAL_IO io = sound_memory_io();
  const SoundHandle file(sf_open_virtual(&io, SFM_WRITE, &info, &memory));
  if (!file) {
    throw failure(
        "encode " + codec_names()[static_cast<std::size_t>(codec)] + " at " + std::to_string(sample_rate_hz) + " Hz",
        nullptr);
  }
  sf_command(file.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
  if (has_variable_rate(codec)) {
    int constant = SF_BITRATE_MODE_CONSTANT;
    if (codec == Codec::kMp3) sf_command(file.get(), SFC_SET_BITRATE_MODE, &constant, sizeof constant);
    sf_command(file.get(), SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
  }
  const auto frames = static_cast<sf_count_t>(mono.size());
  if (sf_writef_float(file.get(), mono.data(), frames) != frames) throw failure("encode", file.get());
}

std::vector<float> decode(SoundMemory& memory) {
  SF_INFO info{};
  SF_VIRTUAL_IO io = sound_memory_io();
  memory.at = 0;
  const SoundHandle file(sf_open_virtual(&io, SFM_READ, &info, &memory));
  if (!file) throw failure("decode what it encoded", nullptr);
  std::vector<float> mono;
  std::array<float, 4096> block{};
  for (;;) {
    const sf_count_t read = sf_readf_float(file.get(), block.data(), static_cast<sf_count_t>(block.size()));
    if (read <= 0) break;
    mono.insert(mono.end(), block.begin(), block.begin() + read);
  }
  return mono;
}

/// Bytes of the sound's own packets in an Ogg stream: without page headers and the codec's header packets.
std::size_t ogg_payload(const std::vector<std::uint8_t>& bytes, std::size_t header_packets) {
  constexpr std::size_t kPageHeader = 27;
  std::size_t payload = 0, packet = 0;
  for (std::size_t at = 0; at + kPageHeader <= bytes.size();) {
    const std::size_t segments = bytes[at + kPageHeader - 1];
    std::size_t size = 0;
    for (std::size_t i = 0; i < segments && at + kPageHeader + i < bytes.size(); ++i) {
      const std::size_t lace = bytes[at + kPageHeader + i];
      size += lace;
      if (packet >= header_packets) payload += lace;
      if (lace < 255) ++packet;  // a shorter segment ends its packet
    }
    at += kPageHeader + segments + size;
  }
  return payload;
}

/// kbit/s of the coded sound. Codecs without a variable rate have it by definition.
double rate_of(const SoundMemory& memory, Codec codec, std::size_t samples, int sample_rate_hz) {
  const double seconds = static_cast<double>(samples) / sample_rate_hz;
  const auto measured = [&](std::size_t bytes) { return static_cast<double>(bytes) * 8 / 1000 / seconds; };
  switch (codec) {
    case Codec::kMuLaw:
    case Codec::kALaw: return 8.0 * sample_rate_hz / 1000;
    case Codec::kGsm: return 33.0 * 8 / 160 * sample_rate_hz / 1000;  // 33 bytes for 20 ms
    case Codec::kImaAdpcm: return 4.0 * sample_rate_hz / 1000;
    case Codec::kVorbis: return measured(ogg_payload(memory.bytes, 3));
    case Codec::kOpus: return measured(ogg_payload(memory.bytes, 2));
    case Codec::kMp3: return measured(memory.bytes.size());  // a stream without a container
  }
  return 0;
}

/// The rates in kbit/s that libsndfile spreads its compression level over, from 1 to 0: exact for Opus and MP3, though
/// what comes out differs; for Vorbis, which is told a quality, about what that gives.
struct Range {
  double least = 0, most = 0;
  [[nodiscard]] double level_of(double kbps) const { return std::clamp((most - kbps) / (most - least), 0.0, 1.0); }
  [[nodiscard]] double kbps_of(double level) const { return most - level * (most - least); }
};

Range range_of(Codec codec, int sample_rate_hz) {
  if (codec == Codec::kOpus) return {6, 256};
  if (codec == Codec::kVorbis) return {sample_rate_hz * 1.5e-3, sample_rate_hz * 6e-3};
  return sample_rate_hz >= 32000 ? Range{32, 320} : sample_rate_hz >= 16000 ? Range{8, 160} : Range{8, 64};
}

/// Encodes at compression levels that come nearer and nearer to `kbps`; leaves the nearest in `memory`.
double approach(SoundMemory& memory, std::span<const float> mono, int sample_rate_hz, Codec codec, double kbps,
                int& encodings) {
  constexpr int kMostEncodings = 8;
  constexpr double kNear = 0.03;
  struct Tried {
    double level, off;  // off: log of the rate that came out over the one asked for
  };
  const Range range = range_of(codec, sample_rate_hz);
  std::optional<Tried> above, below;  // the nearest with too many and with too few bits
  double level = range.level_of(kbps), best = 0;
  for (encodings = 0; encodings < kMostEncodings;) {
    SoundMemory attempt;
    encode(attempt, mono, sample_rate_hz, codec, level);
    const double got = rate_of(attempt, codec, mono.size(), sample_rate_hz);
    ++encodings;
    const double off = std::log(got / kbps);
    if (encodings == 1 || std::abs(off) < std::abs(std::log(best / kbps))) {
      best = got;
      memory = std::move(attempt);
    }
    if (!has_variable_rate(codec) || std::abs(got / kbps - 1) < kNear) break;
    // An encoder of fixed steps gave that before: there is none between.
    const bool seen = (above && above->off == off) || (below && below->off == off);
    if (seen) break;
    (off > 0 ? above : below) = Tried{level, off};
    const double previous = level;
    if (above && below) {
      const double share = std::clamp(above->off / (above->off - below->off), 0.1, 0.9);
      level = above->level + share * (below->level - above->level);
    } else {
      level = range.level_of(range.kbps_of(level) * kbps / got);
    }
    if (level == previous) break;  // the end of its range
  }
  return best;
}

}  // namespace

const std::vector<std::string>& codec_names() {
  static const std::vector<std::string> kNames = {"mu-law", "a-law", "gsm", "ima-adpcm", "vorbis", "opus", "mp3"};
  return kNames;
}

Codec codec_of(const std::string& name) {
  const auto found = std::find(codec_names().begin(), codec_names().end(), name);
  if (found == codec_names().end()) {
    throw Error(ErrorKind::kUsage, "codec: '" + name + "' is none of " + join(codec_names(), ", "));
  }
  return static_cast<Codec>(found - codec_names().begin());
}

bool has_variable_rate(Codec codec) {
  return codec == Codec::kVorbis || codec == Codec::kOpus || codec == Codec::kMp3;
}

int nearest_rate(Codec codec, int sample_rate_hz) {
  const std::vector<int> rates = legal_rates(codec);
  if (rates.empty()) return sample_rate_hz;
  return *std::min_element(rates.begin(), rates.end(),
                           [&](int a, int b) { return std::abs(a - sample_rate_hz) < std::abs(b - sample_rate_hz); });
}

Coded code(std::span<const float> mono, int sample_rate_hz, Codec codec, double kbps) {
  Coded coded;
  if (mono.empty()) return coded;
  SoundMemory memory;
  coded.kbps = approach(memory, mono, sample_rate_hz, codec, kbps, coded.encodings);
  coded.mono = decode(memory);
  // LAME's stream says how late it is, unless its frames are too small for that; then nothing was taken out.
  constexpr int kMp3Delay = 576 + 529;
  if (codec == Codec::kMp3 && coded.mono.size() != mono.size()) {
    coded.delay = kMp3Delay;
    const std::size_t late = std::min<std::size_t>(kMp3Delay, coded.mono.size());
    coded.mono.erase(coded.mono.begin(), coded.mono.begin() + static_cast<std::ptrdiff_t>(late));
  }
  coded.mono.resize(mono.size(), 0.0F);  // block codecs fill their last block
  return coded;
}

}  // namespace shakedown::media
