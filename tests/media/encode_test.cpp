#include "shakedown/media/encode.h"

#include "media/support.h"
#include "shakedown/media/decode.h"

namespace shakedown::media {
namespace {

std::string_view text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(EncodeWavTest, DecodesToTheSameSixteenBitSamples) {
  const Scratch scratch;
  Waveform waveform{{}, 2, 22050};
  for (int i = -32768; i < 32768; i += 64) waveform.pcm.push_back(static_cast<float>(i) / 32768);
  const Waveform back = decode_audio(scratch.write("a.wav", text(encode_wav(waveform))));
  EXPECT_EQ(back.channels, 2);
  EXPECT_EQ(back.sample_rate_hz, 22050);
  EXPECT_EQ(back.pcm, waveform.pcm);
}

TEST(EncodeWavTest, ClipsBeyondFullScale) {
  const Scratch scratch;
  const Waveform back = decode_audio(scratch.write("a.wav", text(encode_wav({{2, -2, 0}, 1, 8000}))));
  EXPECT_EQ(back.pcm, (std::vector<float>{32767.0F / 32768, -1, 0}));
}

TEST(EncodeWavTest, RefusesNan) {
  EXPECT_NE(error_of([] { (void)encode_wav({{NAN}, 1, 8000}); }).find("NaN"), std::string::npos);
}

TEST(EncodeFlacTest, HoldsTheSamplesOfAWavInFewerBytesAndTheSameEveryTime) {
  const Scratch scratch;
  Waveform waveform{{}, 1, 16000};
  for (int i = 0; i < 32000; ++i)
    waveform.pcm.push_back(std::round(8000 * std::sin(0.05F * static_cast<float>(i))) / 32768);
  const auto flac = encode_flac(waveform);
  EXPECT_LT(2 * flac.size(), encode_wav(waveform).size());
  EXPECT_EQ(flac, encode_flac(waveform));
  const Waveform back = decode_audio(scratch.write("a.flac", text(flac)));
  EXPECT_EQ(back.sample_rate_hz, 16000);
  EXPECT_EQ(back.pcm, waveform.pcm);
}

TEST(EncodeFlacTest, RefusesNan) {
  EXPECT_NE(error_of([] { (void)encode_flac({{NAN}, 1, 8000}); }).find("NaN"), std::string::npos);
}

TEST(EncodePngTest, LosesNothing) {
  const Scratch scratch;
  Image image{16, 8, std::vector<std::uint8_t>(16 * 8 * 3)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(37 * i);
  EXPECT_EQ(decode_image(scratch.write("a.png", text(encode_png(image)))).pixels, image.pixels);
}

TEST(EncodeJpegTest, KeepsThePictureCloseAndShrinksWithQuality) {
  const Scratch scratch;
  Image image{32, 24, std::vector<std::uint8_t>(32 * 24 * 3)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(40 * (i % 3) + 4 * (i / 3 % 32));
  }
  const std::vector<std::uint8_t> fine = encode_jpeg(image, 95);
  EXPECT_LT(encode_jpeg(image, 10).size(), fine.size());
  const Image back = decode_image(scratch.write("a.jpg", text(fine)));
  ASSERT_EQ(back.pixels.size(), image.pixels.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) EXPECT_NEAR(back.pixels[i], image.pixels[i], 12);
}

TEST(EncodeJpegTest, RefusesWhatIsNoPicture) {
  EXPECT_NE(error_of([] {
              (void)encode_jpeg({4, 4, std::vector<std::uint8_t>(48)}, 0);
            }).find("1 to 100"),
            std::string::npos);
  EXPECT_NE(error_of([] {
              (void)encode_jpeg({4, 4, std::vector<std::uint8_t>(47)});
            }).find("47 bytes"),
            std::string::npos);
  EXPECT_NE(error_of([] { (void)encode_jpeg({}); }), "");
}

}  // namespace
}  // namespace shakedown::media
