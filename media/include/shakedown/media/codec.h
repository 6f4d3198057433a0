#pragma once

#include <span>
#include <string>
#include <vector>

namespace shakedown::media {

/// What libsndfile both encodes and decodes.
enum class Codec { kMuLaw, kALaw, kGsm, kImaAdpcm, kVorbis, kOpus, kMp3 };

/// "mu-law", "a-law", "gsm", "ima-adpcm", "vorbis", "opus", "mp3", in the enumeration's order.
[[nodiscard]] const std::vector<std::string>& codec_names();
/// @throws Error(kUsage) naming those that there are
[[nodiscard]] Codec codec_of(const std::string& name);
/// Whether a rate in kbit/s can be asked for; the others have one of their own.
[[nodiscard]] bool has_variable_rate(Codec codec);

/// The sample rate nearest to `sample_rate_hz` that the codec is defined for: 8000 Hz for mu-law, A-law (ITU-T G.711)
/// and GSM 06.10, any for IMA ADPCM, the rates of their standards for the others.
[[nodiscard]] int nearest_rate(Codec codec, int sample_rate_hz);

/// Sound that has been encoded and decoded.
struct Coded {
  std::vector<float> mono;  ///< as many samples as went in, in time with them
  double kbps = 0;          ///< of the coded sound, without its container
  int delay = 0;            ///< samples by which the decoder was late, taken out
  int encodings = 0;        ///< it took to come near the rate asked for
};

/// `mono` through the codec and back. Codecs with a variable rate are tried at several qualities until they come within
/// 3 % of `kbps`; the nearest that there is is taken. Values beyond full scale are cut off, as every encoder does.
/// @throws Error(kInternal) when libsndfile cannot encode at this sample rate
[[nodiscard]] Coded code(std::span<const float> mono, int sample_rate_hz, Codec codec, double kbps);

}  // namespace shakedown::media
