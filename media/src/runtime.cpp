#include "shakedown/media/runtime.h"

#include <array>
#include <mutex>

#include <fftw3.h>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <sndfile.h>
#include <soxr.h>
#include <unicode/uversion.h>

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/log.h>
}

namespace shakedown::media {

void configure_opencv_single_thread() {
  silence_libraries();
  cv::setNumThreads(1);
}

void silence_libraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    // A callback, not the level: OpenCV's FFmpeg back end sets the level again when it opens a file.
    av_log_set_callback([](void*, int, const char*, va_list) {});
  });
}

std::map<std::string, std::string> environment() {
  UVersionInfo version{};
  u_getVersion(version);
  std::array<char, U_MAX_VERSION_STRING_LENGTH> icu{};
  u_versionToString(version, icu.data());
  return {{"opencv", cv::getVersionString()},
          {"ffmpeg", av_version_info()},
          {"libsndfile", sf_version_string()},
          {"icu", icu.data()},
          {"fftw", fftwf_version},
          {"soxr", soxr_version()}};
}

}  // namespace shakedown::media
