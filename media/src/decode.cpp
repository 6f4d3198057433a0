#include "shakedown/media/decode.h"

#include "checks.h"
#include "container.h"
#include "sound_file.h"

namespace shakedown::media {

Waveform decode_audio(const std::filesystem::path& file, const DecodeLimits& limits) {
  validate(limits);
  require_content(file);
  std::string why_not;
  if (std::optional<Waveform> sound = decode_sound_file(file, limits, why_not)) return *std::move(sound);
  try {
    return decode_container_sound(file, limits);
  } catch (const Error& error) {
    if (why_not.empty()) throw;
    throw Error(error.kind(), std::string(error.what()) + " (libsndfile: " + why_not + ")");
  }
}

bool has_audio(const std::filesystem::path& file) {
  try {
    require_content(file);
    return is_sound_file(file) || probe_container(file).has_audio;
  } catch (const Error&) {  // the answer for what cannot be opened
    return false;
  }
}

bool has_video(const std::filesystem::path& file) {
  try {
    return probe_container(file).has_video;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace shakedown::media
