#include "shakedown/media/runtime.h"

#include <opencv2/core.hpp>

#include "media/support.h"

namespace shakedown::media {
namespace {

TEST(RuntimeTest, NamesEveryLibraryWithItsVersion) {
  const std::map<std::string, std::string> versions = environment();
  for (const char* library : {"opencv", "ffmpeg", "libsndfile", "icu", "fftw", "soxr"}) {
    ASSERT_TRUE(versions.contains(library)) << library;
    EXPECT_NE(versions.at(library).find_first_of("0123456789"), std::string::npos) << library;
  }
}

TEST(RuntimeTest, OpencvRunsOnOneThreadWhenToldSo) {
  const int before = cv::getNumThreads();
  configure_opencv_single_thread();
  EXPECT_EQ(cv::getNumThreads(), 1);
  cv::setNumThreads(before);
}

}  // namespace
}  // namespace shakedown::media
