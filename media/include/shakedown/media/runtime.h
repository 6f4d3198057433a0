#pragma once

#include <map>
#include <string>

namespace shakedown::media {

/// Stops OpenCV's worker threads for the whole process (cv::setNumThreads(1)) and silences the libraries. Called
/// once by a program's main(): parallelism is by samples, and no result depends on OpenCV's number of threads.
/// Modules never change it.
void configure_opencv_single_thread();

/// Turns off the log output of OpenCV and FFmpeg for the whole process; what goes wrong arrives as an Error.
/// Thread-safe; every decoder calls it first. (libjpeg and libpng inside OpenCV keep a line or two on stderr for
/// damaged pictures; they cannot be told not to.)
void silence_libraries();

/// Versions of the libraries that media are decoded and computed with: opencv, ffmpeg, libsndfile, icu, fftw, soxr.
[[nodiscard]] std::map<std::string, std::string> environment();

}  // namespace shakedown::media
