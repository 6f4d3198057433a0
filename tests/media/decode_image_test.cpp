#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "media/support.h"
#include "shakedown/media/decode.h"

namespace shakedown::media {
namespace {

std::string encoded(const std::string& extension, int type = CV_8UC3) {
  cv::Mat picture(20, 30, type, cv::Scalar::all(0));
  picture(cv::Rect(0, 0, 15, 20)).setTo(cv::Scalar(200, 100, 50, 255));
  std::vector<std::uint8_t> bytes;
  cv::imencode(extension, picture, bytes);
  return {bytes.begin(), bytes.end()};
}

std::string message(const std::filesystem::path& file) {
  return error_of([&] { (void)decode_image(file); });
}

TEST(DecodeImageTest, ReadsJpegAndPngByContent) {
  const Scratch scratch;
  for (const std::string extension : {".jpg", ".png"}) {
    const Image image = decode_image(scratch.write("picture.bin", encoded(extension)));
    ASSERT_EQ(image.width, 30);
    ASSERT_EQ(image.height, 20);
    ASSERT_EQ(image.pixels.size(), 30U * 20 * 3);
    EXPECT_NEAR(image.pixels[0], 200, 6) << "blue first";
    EXPECT_NEAR(image.pixels[1], 100, 6);
    EXPECT_NEAR(image.pixels[2], 50, 6);
    EXPECT_NEAR(image.pixels[29 * 3], 0, 6);
  }
}

TEST(DecodeImageTest, GreyAndTransparentPicturesBecomeBgr) {
  const Scratch scratch;
  EXPECT_EQ(decode_image(scratch.write("grey.png", encoded(".png", CV_8UC1))).pixels.size(), 30U * 20 * 3);
  EXPECT_EQ(decode_image(scratch.write("alpha.png", encoded(".png", CV_8UC4))).pixels[1], 100);
}

TEST(DecodeImageTest, NamesTheFileAndTheReason) {
  const Scratch scratch;
  EXPECT_NE(message(scratch.path("absent.png")).find("absent.png: no such file"), std::string::npos);
  EXPECT_NE(message(scratch.write("empty.png", "")).find("is empty"), std::string::npos);
  EXPECT_NE(message(scratch.write("text.png", "only words")).find("JPEG and PNG are accepted"), std::string::npos);
  EXPECT_NE(message(scratch.write("stub.jpg", "\xFF\xD8\xFF\xD9")).find("JPEG and PNG are accepted"),
            std::string::npos);
}

TEST(DecodeImageTest, RefusesAnAbsurdSizeFromItsHeader) {
  const Scratch scratch;
  std::string png = encoded(".png");
  png[16] = png[20] = '\0';
  png[17] = png[21] = '\0';
  png[18] = png[22] = '\x75';  // 30,000 x 30,000
  EXPECT_NE(message(scratch.write("huge.png", png)).find("67 million pixels"), std::string::npos);
  std::string jpeg = encoded(".jpg");
  const std::size_t frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (std::size_t i = 5; i < 9; ++i) jpeg[frame + i] = '\xff';  // 65,535 x 65,535
  EXPECT_NE(message(scratch.write("huge.jpg", jpeg)).find("67 million pixels"), std::string::npos);
}

TEST(DecodeImageTest, DamagedPicturesGiveAnErrorOrAPicture) {
  const Scratch scratch;
  std::uint32_t random = 3;
  for (const std::string extension : {".jpg", ".png"}) {
    const std::string whole = encoded(extension);
    for (std::size_t round = 0; round < 60; ++round) {
      std::string bytes = whole.substr(0, round % 2 == 0 ? whole.size() : whole.size() * round / 60);
      random = 1664525U * random + 1013904223U;
      if (!bytes.empty()) bytes[(random >> 8U) % bytes.size()] = static_cast<char>(random >> 24U);
      try {
        const Image image = decode_image(scratch.write("damaged", bytes));
        EXPECT_EQ(image.pixels.size(),
                  static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3);
      } catch (const Error&) {  // either is fine; anything else fails the test
      }
    }
  }
}

}  // namespace
}  // namespace shakedown::media
