#include "container.h"

#include <algorithm>
#include <cmath>
#include <memory>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

#include "av.h"
#include "checks.h"
#include "shakedown/core/text.h"
#include "shakedown/media/runtime.h"

namespace shakedown::media {
namespace {

constexpr const char* kFormats =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,wav,w64,aiff,caf,flac,mp3,aac,amr,"
    "ac3,eac3,au,ape,wv,tta,gsm,h264,hevc,m4v,ivf,mxf,dv,nut";

struct CloseFormat {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct FreeResampler {
  void operator()(SwrContext* context) const { swr_free(&context); }
};
struct FreeDictionary {
  void operator()(AVDictionary* dictionary) const { av_dict_free(&dictionary); }
};
using Format = std::unique_ptr<AVFormatContext, CloseFormat>;
using Resampler = std::unique_ptr<SwrContext, FreeResampler>;

std::string opening_reason(int code) {
  // The former is FFmpeg's answer for a format beyond kFormats, the latter for none at all or a file without its index.
  if (code != AVERROR(EINVAL) && code != AVERROR_INVALIDDATA) return av::reason(code);
  return "not a whole file of a format that is accepted (mp4, mkv, avi, mpeg, wav, flac, ogg, mp3, ...)";
}

Format open_container(const std::filesystem::path& file) {
  silence_libraries();
  AVDictionary* given = nullptr;
  av_dict_set(&given, "format_whitelist", kFormats, 0);
  av_dict_set(&given, "protocol_whitelist", "file", 0);
  AVFormatContext* context = nullptr;
  // An absolute path cannot be mistaken for an address such as "concat:...".
  const int opened = avformat_open_input(&context, std::filesystem::absolute(file).c_str(), nullptr, &given);
  const std::unique_ptr<AVDictionary, FreeDictionary> left_over(given);
  if (opened < 0) throw refusal(file, opening_reason(opened));
  Format format(context);
  if (const int found = avformat_find_stream_info(format.get(), nullptr); found < 0) {
    throw refusal(file, "cannot be read as a media file: " + av::reason(found));
  }
  return format;
}

const AVStream* best_stream(const AVFormatContext& format, AVMediaType type) {
  const int index = av_find_best_stream(const_cast<AVFormatContext*>(&format), type, -1, -1, nullptr, 0);
  if (index < 0) return nullptr;
  const AVStream* stream = format.streams[index];
  // Cover art is a picture, not a video.
  return (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0 ? nullptr : stream;
}

/// Seconds that the container promises for a stream; 0 where it only guesses from the bit rate.
double promised_seconds(const AVFormatContext& format, const AVStream& stream) {
  if (format.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return 0;
  if (stream.duration != AV_NOPTS_VALUE) return static_cast<double>(stream.duration) * av_q2d(stream.time_base);
  return format.duration == AV_NOPTS_VALUE ? 0 : static_cast<double>(format.duration) / AV_TIME_BASE;
}

av::CodecContext open_decoder(const std::filesystem::path& file, const AVStream& stream) {
  const AVCodec* decoder = avcodec_find_decoder(stream.codecpar->codec_id);
  if (decoder == nullptr) {
    throw refusal(file, std::string("no decoder for its sound (") + avcodec_get_name(stream.codecpar->codec_id) + ")");
  }
  av::CodecContext codec(av::allocated(avcodec_alloc_context3(decoder)));
  int code = avcodec_parameters_to_context(codec.get(), stream.codecpar);
  codec->pkt_timebase = stream.time_base;  // needed to trim encoder delay
  codec->thread_count = 1;
  if (code >= 0) code = avcodec_open2(codec.get(), decoder, nullptr);
  if (code < 0) throw refusal(file, "its sound cannot be decoded: " + av::reason(code));
  return codec;
}

/// Collects decoded frames as interleaved floats at the stream's own rate and channels.
class Collector {
 public:
  Collector(const std::filesystem::path& file, const DecodeLimits& limits) : file_(file), limits_(limits) {}

  void add(const AVFrame& frame) {
    if (!resampler_) {
      start(frame);
    } else if (frame.sample_rate != waveform_.sample_rate_hz || frame.ch_layout.nb_channels != waveform_.channels ||
               frame.format != format_) {
      throw refusal(file_, "its sound changes format in the middle: one rate and channel layout is accepted");
    }
    const auto channels = static_cast<std::size_t>(waveform_.channels);
    const std::size_t before = waveform_.pcm.size();
    require_sound_fits(file_, static_cast<double>(waveform_.frames()) + frame.nb_samples, waveform_.channels,
                       waveform_.sample_rate_hz, limits_);
    waveform_.pcm.resize(before + static_cast<std::size_t>(frame.nb_samples) * channels);
    auto* out = reinterpret_cast<std::uint8_t*>(waveform_.pcm.data() + before);
    // FFmpeg 7 made the parameter's constness deeper; the cast serves both.
    auto** in = const_cast<const std::uint8_t**>(frame.extended_data);
    const int converted = swr_convert(resampler_.get(), &out, frame.nb_samples, in, frame.nb_samples);
    if (converted < 0) throw refusal(file_, "its sound cannot be converted: " + av::reason(converted));
    waveform_.pcm.resize(before + static_cast<std::size_t>(converted) * channels);
    const auto first = waveform_.pcm.begin() + static_cast<std::ptrdiff_t>(before);
    if (!std::all_of(first, waveform_.pcm.end(), [](float value) { return std::isfinite(value); })) {
      throw refusal(file_, "NaN or infinite samples: finite samples are accepted");
    }
  }

  [[nodiscard]] Waveform& waveform() { return waveform_; }

 private:
  void start(const AVFrame& frame) {
    require_sound_format(file_, frame.ch_layout.nb_channels, frame.sample_rate);
    waveform_.channels = frame.ch_layout.nb_channels;
    waveform_.sample_rate_hz = frame.sample_rate;
    format_ = frame.format;
    AVChannelLayout layout{};  // the same on both sides: only the sample format is converted
    av_channel_layout_default(&layout, waveform_.channels);
    SwrContext* context = nullptr;
    int code = swr_alloc_set_opts2(&context, &layout, AV_SAMPLE_FMT_FLT, waveform_.sample_rate_hz, &layout,
                                   static_cast<AVSampleFormat>(frame.format), waveform_.sample_rate_hz, 0, nullptr);
    av_channel_layout_uninit(&layout);
    resampler_.reset(context);
    if (code >= 0) code = swr_init(resampler_.get());
    if (code < 0) throw refusal(file_, "its sound cannot be converted: " + av::reason(code));
  }

  const std::filesystem::path& file_;
  const DecodeLimits& limits_;
  Resampler resampler_;
  Waveform waveform_;
  int format_ = -1;
};

/// Sends one packet (nullptr: the end) and collects what comes out. Returns FFmpeg's error for a broken packet.
int decode_packet(AVCodecContext& codec, const AVPacket* packet, AVFrame& frame, Collector& collector) {
  if (const int sent = avcodec_send_packet(&codec, packet); sent < 0) return sent;
  for (;;) {
    const int received = avcodec_receive_frame(&codec, &frame);
    if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return 0;
    if (received < 0) return received;
    collector.add(frame);
  }
}

}  // namespace

ContainerInfo probe_container(const std::filesystem::path& file) {
  require_content(file);
  const Format format = open_container(file);
  ContainerInfo info;
  info.has_audio = best_stream(*format, AVMEDIA_TYPE_AUDIO) != nullptr;
  if (const AVStream* video = best_stream(*format, AVMEDIA_TYPE_VIDEO)) {
    info.has_video = true;
    info.width = video->codecpar->width;
    info.height = video->codecpar->height;
    info.video_seconds = promised_seconds(*format, *video);
    info.video_fps = video->avg_frame_rate.den > 0 ? av_q2d(video->avg_frame_rate) : 0;
  }
  return info;
}

Waveform decode_container_sound(const std::filesystem::path& file, const DecodeLimits& limits) {
  const Format format = open_container(file);
  const AVStream* stream = best_stream(*format, AVMEDIA_TYPE_AUDIO);
  if (stream == nullptr) throw refusal(file, "has no audio stream: a file with sound is accepted");
  const double promised = promised_seconds(*format, *stream);
  require_duration(file, promised, limits);
  const av::CodecContext codec = open_decoder(file, *stream);
  const av::Packet packet(av::allocated(av_packet_alloc()));
  const av::Frame frame(av::allocated(av_frame_alloc()));

  Collector collector(file, limits);
  // A stream cut from a longer one may begin or end in the middle of a packet; a broken one in between is damage.
  int broken = 0;
  int read = 0;
  while ((read = av_read_frame(format.get(), packet.get())) >= 0) {
    const std::size_t before = collector.waveform().frames();
    const bool ours = packet->stream_index == stream->index;
    const int code = ours ? decode_packet(*codec, packet.get(), *frame, collector) : 0;
    av_packet_unref(packet.get());
    if (code < 0 && before > 0) broken = code;
    if (broken < 0 && collector.waveform().frames() > before) {
      throw refusal(file, "its sound is damaged before " + format_number(collector.waveform().seconds()) +
                              " s: " + av::reason(broken));
    }
  }
  if (read != AVERROR_EOF) throw refusal(file, "truncated or damaged: " + av::reason(read));
  if (broken == 0) decode_packet(*codec, nullptr, *frame, collector);  // what the decoder still holds
  Waveform& waveform = collector.waveform();
  if (waveform.pcm.empty()) throw refusal(file, "its sound cannot be decoded: no packet of it is whole");
  // Encoders pad and trim by some milliseconds; more than that is missing sound.
  if (waveform.seconds() < 0.9 * promised - 0.25) {
    throw refusal(file, "truncated: " + format_number(waveform.seconds()) + " s of sound where " +
                            format_number(promised) + " s are announced");
  }
  return std::move(waveform);
}

}  // namespace shakedown::media
