#include "shakedown/media/write_clip.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
}

#include "h264.h"
#include "shakedown/core/error.h"
#include "shakedown/media/encode.h"

namespace shakedown::media {
namespace {

constexpr int kCrf = 12;  // the picture is read again by extractors: nothing that they would see is lost
constexpr int kMostChannels = 8;

struct FreeOutput {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
using Output = std::unique_ptr<AVFormatContext, FreeOutput>;

[[noreturn]] void not_written(const std::filesystem::path& file, const std::string& why) {
  throw Error(ErrorKind::kIncomplete, file.string() + ": cannot be written: " + why);
}

/// What was encoded, of both streams, to be written in the order of time.
struct Coded {
  av::Packet packet;
  double seconds;
};

class SoundEncoder {
 public:
  explicit SoundEncoder(const Waveform& sound) : sound_(sound) {
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_FLAC);
    if (codec == nullptr) throw Error(ErrorKind::kInternal, "mp4: this libavcodec has no FLAC");
    context_.reset(av::allocated(avcodec_alloc_context3(codec)));
    context_->sample_fmt = AV_SAMPLE_FMT_S16;
    context_->sample_rate = sound.sample_rate_hz;
    context_->time_base = {1, sound.sample_rate_hz};
    context_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    av_channel_layout_default(&context_->ch_layout, sound.channels);
    require(avcodec_open2(context_.get(), codec, nullptr));
  }

  [[nodiscard]] AVCodecContext* context() const { return context_.get(); }

  void encode(std::vector<Coded>& into) {
    const std::size_t total = sound_.frames(), piece = static_cast<std::size_t>(context_->frame_size);
    for (std::size_t at = 0; at < total; at += piece) {
      send(at, std::min(piece, total - at));
      receive(into);
    }
    require(avcodec_send_frame(context_.get(), nullptr));
    receive(into);
  }

 private:
  static void require(int code) {
    if (code < 0) throw Error(ErrorKind::kInternal, "mp4: the sound is refused: " + av::reason(code));
  }

  void send(std::size_t at, std::size_t count) {
    const av::Frame frame(av::allocated(av_frame_alloc()));
    frame->format = context_->sample_fmt;
    frame->nb_samples = static_cast<int>(count);
    frame->sample_rate = sound_.sample_rate_hz;
    require(av_channel_layout_copy(&frame->ch_layout, &context_->ch_layout));
    require(av_frame_get_buffer(frame.get(), 0));
    const auto channels = static_cast<std::size_t>(sound_.channels);
    auto* out = reinterpret_cast<std::int16_t*>(frame->data[0]);
    for (std::size_t i = 0; i < count * channels; ++i) {
      const double value = sound_.pcm[at * channels + i];
      out[i] = static_cast<std::int16_t>(std::clamp(std::nearbyint(value * 32768.0), -32768.0, 32767.0));
    }
    frame->pts = static_cast<std::int64_t>(at);
    require(avcodec_send_frame(context_.get(), frame.get()));
  }

  void receive(std::vector<Coded>& into) {
    for (;;) {
      av::Packet packet(av::allocated(av_packet_alloc()));
      const int code = avcodec_receive_packet(context_.get(), packet.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      require(code);
      packet->stream_index = 1;
      const double seconds = static_cast<double>(packet->pts) / sound_.sample_rate_hz;
      into.push_back({std::move(packet), seconds});
    }
  }

  const Waveform& sound_;
  av::CodecContext context_;
};

void encode_frames(H264Encoder& encoder, const Clip& clip, std::vector<Coded>& into) {
  const auto receive = [&] {
    for (;;) {
      av::Packet packet(av::allocated(av_packet_alloc()));
      if (!encoder.receive(*packet)) return;
      packet->stream_index = 0;
      if (packet->duration == 0) packet->duration = 1;
      const double seconds = static_cast<double>(packet->pts) / clip.fps;
      into.push_back({std::move(packet), seconds});
    }
  };
  for (const auto& frame : clip.frames) {
    encoder.send(*frame);
    receive();
  }
  encoder.finish();
  receive();
}

void add_stream(AVFormatContext& output, const AVCodecContext& codec) {
  AVStream* stream = av::allocated(avformat_new_stream(&output, nullptr));
  stream->time_base = codec.time_base;
  require_h264(avcodec_parameters_from_context(stream->codecpar, &codec), "its description is refused");
}

void write_streams(const std::filesystem::path& file, H264Encoder& video, SoundEncoder* sound,
                   std::vector<Coded>& packets) {
  AVFormatContext* made = nullptr;
  require_h264(avformat_alloc_output_context2(&made, nullptr, "mp4", file.c_str()), "mp4");
  const Output output(made);
  output->flags |= AVFMT_FLAG_BITEXACT;                        // no time of day
  output->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;  // FLAC in mp4, for older versions
  add_stream(*output, *video.context());
  if (sound != nullptr) add_stream(*output, *sound->context());
  const auto require = [&](int code) {
    if (code < 0) not_written(file, av::reason(code));
  };
  require(avio_open(&output->pb, file.c_str(), AVIO_FLAG_WRITE));
  require(avformat_write_header(output.get(), nullptr));
  std::stable_sort(packets.begin(), packets.end(),
                   [](const Coded& a, const Coded& b) { return a.seconds < b.seconds; });
  for (Coded& coded : packets) {
    const bool is_video = coded.packet->stream_index == 0;
    const AVCodecContext* codec = is_video ? video.context() : sound->context();
    av_packet_rescale_ts(coded.packet.get(), codec->time_base, output->streams[coded.packet->stream_index]->time_base);
    require(av_write_frame(output.get(), coded.packet.get()));
  }
  require(av_write_trailer(output.get()));
  require(output->pb->error);
  require(avio_closep(&output->pb));
}

void put_in_place(const std::filesystem::path& written, const std::filesystem::path& file) {
  std::error_code code;
  std::filesystem::rename(written, file, code);
  if (code) not_written(file, code.message());
}

/// Where `file` is written until it is whole. A device would be replaced by the renaming.
std::filesystem::path unfinished(const std::filesystem::path& file) {
  std::error_code code;
  if (std::filesystem::exists(file, code) && !std::filesystem::is_regular_file(file, code))
    not_written(file, "it is there and no regular file");
  return file.string() + ".part";
}

}  // namespace

void write_mp4(const std::filesystem::path& file, const Clip& clip, const Waveform* sound) {
  const auto refuse = [&](const char* why) { throw Error(ErrorKind::kData, file.string() + ": " + why); };
  if (clip.frames.empty()) refuse("no frames: an mp4 has at least one");
  const Image& first = *clip.frames.front();
  if (first.width < 1 || first.height < 1) refuse("frames without pixels");
  for (const auto& frame : clip.frames)
    if (frame->width != first.width || frame->height != first.height) refuse("frames of several sizes");
  if (!(clip.fps > 0)) refuse("no frame rate");
  if (sound != nullptr && sound->frames() == 0) sound = nullptr;
  if (sound != nullptr && sound->channels > kMostChannels) refuse("sound of more than 8 channels");
  if (sound != nullptr && std::any_of(sound->pcm.begin(), sound->pcm.end(), [](float x) { return std::isnan(x); }))
    throw Error(ErrorKind::kInternal, "waveform with NaN samples cannot be encoded");
  std::vector<Coded> packets;
  H264Encoder video(first.width, first.height, clip.fps, kCrf, true);
  encode_frames(video, clip, packets);
  std::optional<SoundEncoder> with;
  if (sound != nullptr) {
    with.emplace(*sound);
    with->encode(packets);
  }
  const auto part = unfinished(file);
  try {
    write_streams(part, video, with ? &*with : nullptr, packets);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw;
  }
  put_in_place(part, file);
}

void write_wav(const std::filesystem::path& file, const Waveform& sound) {
  const std::vector<std::uint8_t> bytes = encode_wav(sound);
  const auto part = unfinished(file);
  std::ofstream stream(part, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    not_written(file, "no room, or no permission");
  }
  put_in_place(part, file);
}

}  // namespace shakedown::media
