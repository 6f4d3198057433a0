#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "forms.h"
#include "shakedown/core/rng.h"
#include "shakedown/perturb/synthetic.h"

namespace shakedown::perturb {
namespace {

constexpr int kRate = 16000;
constexpr double kFps = 12;
constexpr int kWidth = 96, kHeight = 72;
constexpr std::array<std::string_view, 24> kWords = {
    "the",   "film",  "was", "not",    "really", "good",   "but",     "people", "seem", "to",   "love", "its",
    "music", "story", "and", "actors", "while",  "others", "thought", "that",   "it",   "felt", "too",  "long"};
// Sentences of a language: words at random, and a predicate that says something.
struct Language {
  std::string_view tag, space, comma, stop;
  std::array<std::string_view, 24> words;
  std::array<std::string_view, 4> predicate;
};
constexpr std::array<Language, 3> kLanguages = {
    {{"en", " ", ", ", ".", kWords, {"the", "music", "was", "good"}},
     {"zh",
      "",
      "，",
      "。",
      {"这部", "电影", "不",   "非常", "喜欢", "好", "但是", "人们", "觉得", "他们", "音乐", "故事",
       "和",   "演员", "我们", "别人", "认为", "那", "它",   "感到", "太",   "长",   "时间", "问题"},
      {"这个", "音乐", "很", "好"}},
     {"es",
      " ",
      ", ",
      ".",
      {"la",       "pel\u00edcula", "fue",     "no",    "muy",         "buena",       "pero", "gente",
       "caro",     "carro",         "pero",    "perro", "m\u00fasica", "historia",    "y",    "actores",
       "mientras", "otros",         "pensaba", "que",   "lo",          "sinti\u00f3", "casa", "caza"},
      {"la", "m\u00fasica", "fue", "buena"}}}};

Stream stream_of(std::size_t index, std::string_view what) {
  return Rng({.suite_seed = 1,
              .perturbation = "synthetic",
              .version = 1,
              .compose_index = 0,
              .sample_id = std::to_string(index),
              .replicate = 0})
      .stream(what);
}

double seconds_of(std::size_t index) {
  return 1.2 + 0.1 * static_cast<double>(index % 7);
}

Shared<Transcript> transcript_of(std::size_t index, const Language& language) {
  const Stream stream = stream_of(index, "words");
  auto transcript = std::make_shared<Transcript>();
  transcript->language = language.tag;
  const std::size_t count = 6 + stream.below(10, 1000);
  const double step = seconds_of(index) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) transcript->text += i % 6 == 0 ? language.comma : language.space;
    // Half of the clauses begin with a predicate that says something.
    const bool predicate = i % 6 < language.predicate.size() && stream.below(2, 2000 + i / 6) == 0;
    const auto word = predicate ? language.predicate[i % 6] : language.words[stream.below(language.words.size(), i)];
    const std::size_t begin = transcript->text.size();
    transcript->text += word;
    const double start = step * static_cast<double>(i);
    transcript->times.push_back({begin, transcript->text.size(), start, start + 0.9 * step});
  }
  transcript->text += language.stop;
  return transcript;
}

Shared<Tokens> tokens_of(std::size_t index, std::size_t words) {
  constexpr std::size_t kPadded = 24;
  constexpr std::int64_t kCls = 101, kSep = 102;
  const Stream stream = stream_of(index, "tokens");
  auto tokens = std::make_shared<Tokens>();
  tokens->ids.assign(kPadded, 0);
  tokens->mask.assign(kPadded, 0);
  tokens->segments.assign(kPadded, 0);
  const std::size_t length = words + 2;
  for (std::size_t i = 0; i < length; ++i) {
    tokens->ids[i] = 2000 + static_cast<std::int64_t>(stream.below(20000, i));
    tokens->mask[i] = 1;
  }
  tokens->ids.front() = kCls;
  tokens->ids[length - 1] = kSep;
  return tokens;
}

Shared<Sequence> sequence_of_length(std::size_t length, std::size_t dims) {
  return std::make_shared<Sequence>(Sequence{length + 5, dims, length, std::vector<float>((length + 5) * dims, 0.0F)});
}

// Noise of unit variance around 0.5, which changes slowly from step to step as features do (first-order
// autoregressive).
double slow_noise(const Stream& stream, std::size_t step, std::size_t d) {
  constexpr double kMemory = 0.9;
  double value = stream.normal(0, d);
  for (std::size_t t = 1; t <= step; ++t) {
    value = kMemory * value + std::sqrt(1 - kMemory * kMemory) * stream.normal(t, d);
  }
  return 0.5 + value;
}

Shared<Sequence> features_of(std::size_t index, std::string_view what, std::size_t length, std::size_t dims) {
  const Stream stream = stream_of(index, what);
  auto sequence = std::make_shared<Sequence>(*sequence_of_length(length, dims));
  for (std::size_t i = 0; i < length * dims; ++i) {
    const double scale = std::pow(10.0, static_cast<double>(i % dims) - 1);  // dimensions on unlike scales
    sequence->values[i] = static_cast<float>(scale * slow_noise(stream, i / dims, i % dims));
  }
  return sequence;
}

// Three dimensions of no meaning, and the pitch in hertz: 0 in the third of the frames that is unvoiced.
constexpr std::size_t kPitch = 3;
Shared<Sequence> audio_of(std::size_t index, std::size_t length) {
  const Shared<Sequence> plain = features_of(index, "audio", length, kPitch);
  auto audio = std::make_shared<Sequence>(*sequence_of_length(length, kPitch + 1));
  const Stream stream = stream_of(index, "pitch");
  for (std::size_t step = 0; step < length; ++step) {
    std::copy_n(plain->row(step), kPitch, audio->row(step));
    if (step % 9 < 6) audio->row(step)[kPitch] = static_cast<float>(140 + 15 * slow_noise(stream, step, 0));
  }
  return audio;
}

// Four dimensions of no meaning, and x and y of a triangle of landmarks that wanders.
constexpr std::size_t kLandmarks = 4;
constexpr std::array kTriangleX = {0.0, 30.0, 15.0}, kTriangleY = {0.0, 2.0, 40.0};
Shared<Sequence> vision_of(std::size_t index, std::size_t length) {
  const Shared<Sequence> plain = features_of(index, "vision", length, kLandmarks);
  auto vision = std::make_shared<Sequence>(*sequence_of_length(length, kLandmarks + 6));
  const Stream stream = stream_of(index, "landmarks");
  for (std::size_t step = 0; step < length; ++step) {
    std::copy_n(plain->row(step), kLandmarks, vision->row(step));
    for (std::size_t i = 0; i < kTriangleX.size(); ++i) {
      vision->row(step)[kLandmarks + i] = static_cast<float>(100 + kTriangleX[i] + 6 * slow_noise(stream, step, 0));
      vision->row(step)[kLandmarks + 3 + i] = static_cast<float>(80 + kTriangleY[i] + 4 * slow_noise(stream, step, 1));
    }
  }
  return vision;
}

// Gain of the resonances of a neutral vocal tract, 500, 1500, 2500 and 3500 Hz, 80 Hz wide.
double tract_gain(double hz) {
  double gain = 1;
  for (const double centre : {500.0, 1500.0, 2500.0, 3500.0}) {
    const double s = centre * centre - hz * hz;
    gain *= centre * centre / std::hypot(s, 80 * hz);
  }
  return gain;
}

// Voiced syllables: harmonics of the speaker's pitch through a vocal tract, under a 4 Hz envelope, with a pause in the
// middle.
Shared<Waveform> speech_of(std::size_t index, std::size_t speaker) {
  auto waveform = std::make_shared<Waveform>();
  waveform->sample_rate_hz = kRate;
  const auto count = static_cast<std::size_t>(seconds_of(index) * kRate);
  const double pitch = 105 + 35 * static_cast<double>(speaker) + 3 * static_cast<double>(index % 5);
  const Stream breath = stream_of(index, "breath");
  waveform->pcm.resize(count);
  std::vector<double> amplitudes;
  for (int harmonic = 1; harmonic * pitch < 5500; ++harmonic) {
    amplitudes.push_back(tract_gain(harmonic * pitch) / harmonic);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / kRate;
    const double place = static_cast<double>(i) / static_cast<double>(count);
    const double envelope = place > 0.45 && place < 0.6 ? 0 : std::pow(std::sin(4 * std::numbers::pi * t), 2);
    // sin((k + 1) a) = 2 cos(a) sin(k a) - sin((k - 1) a)
    const double angle = 2 * std::numbers::pi * pitch * t, twice = 2 * std::cos(angle);
    double value = 0, previous = 0, now = std::sin(angle);
    for (const double amplitude : amplitudes) {
      value += amplitude * now;
      previous = std::exchange(now, twice * now - previous);
    }
    waveform->pcm[i] = static_cast<float>(0.05 * envelope * value + 0.0005 * (breath.uniform(i) - 0.5));
  }
  return waveform;
}

FaceTrack::Box face_at(std::size_t index, std::size_t frame) {
  const double phase = 0.3 * static_cast<double>(frame) + static_cast<double>(index);
  return {static_cast<float>(30 + 8 * std::sin(phase)), static_cast<float>(14 + 3 * std::cos(phase)), 34, 42, false};
}

Shared<Image> picture_of(std::size_t index, std::size_t frame, const FaceTrack::Box& face) {
  auto image = std::make_shared<Image>();
  image->width = kWidth;
  image->height = kHeight;
  image->pixels.resize(static_cast<std::size_t>(kWidth) * kHeight * 3);
  const Stream grain = stream_of(index, fmt::format("grain/{}", frame));
  const auto ellipse = [](double x, double y, double cx, double cy, double rx, double ry) {
    return std::pow((x - cx) / rx, 2) + std::pow((y - cy) / ry, 2) <= 1;
  };
  std::size_t at = 0;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double u = (x - double{face.x}) / face.width, v = (y - double{face.y}) / face.height;
      double blue = 90 + 40.0 * x / kWidth, green = 100, red = 110 - 40.0 * y / kHeight;
      if (ellipse(u, v, 0.5, 0.5, 0.5, 0.5)) {
        const double shade = 80 * (u - 0.5) + 50 * (v - 0.5);  // light from the side: a face is nowhere even
        blue = 110 + shade, green = 135 + shade, red = 175 + shade;
      }
      if (ellipse(u, v, 0.3, 0.4, 0.08, 0.05) || ellipse(u, v, 0.7, 0.4, 0.08, 0.05)) blue = green = red = 30;
      if (ellipse(u, v, 0.5, 0.75, 0.2, 0.06)) blue = 70, green = 60, red = 160;
      const double noise =
          12 * (grain.uniform(static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)) - 0.5);
      for (const double channel : {blue, green, red}) {
        image->pixels[at++] = static_cast<std::uint8_t>(std::nearbyint(channel + noise));
      }
    }
  }
  return image;
}

FeatureStatistics statistics_over(const std::vector<Sample>& samples, Form form) {
  const std::size_t dims = sequence_of(samples.front(), form)->dims;
  std::vector<double> sum(dims, 0), squares(dims, 0);
  double count = 0;
  for (const Sample& sample : samples) {
    const Sequence& sequence = *sequence_of(sample, form);
    count += static_cast<double>(sequence.length);
    for (std::size_t i = 0; i < sequence.length * dims; ++i) {
      sum[i % dims] += sequence.values[i];
      squares[i % dims] += static_cast<double>(sequence.values[i]) * sequence.values[i];
    }
  }
  FeatureStatistics statistics;
  statistics.split = "synthetic";
  for (std::size_t d = 0; d < dims; ++d) {
    const double mean = sum[d] / count;
    statistics.mean.push_back(mean);
    statistics.standard_deviation.push_back(std::sqrt(std::max(0.0, squares[d] / count - mean * mean)));
  }
  return statistics;
}

Sample sample_of(std::size_t index, const Language& language) {
  const std::size_t speaker = index % 4;
  Sample sample;
  sample.id = fmt::format("synthetic_{:04}", index);
  sample.group = sample.speaker = fmt::format("speaker_{}", speaker);
  sample.index = index;
  sample.transcript = transcript_of(index, language);
  const std::size_t words = sample.transcript->times.size();
  sample.tokens = tokens_of(index, words);
  sample.embedding = features_of(index, "embedding", words + 2, 6);
  sample.waveform = speech_of(index, speaker);
  sample.audio_features = audio_of(index, 30 + index % 23);
  sample.vision_features = vision_of(index, 18 + index % 11);
  auto clip = std::make_shared<Clip>();
  auto faces = std::make_shared<FaceTrack>();
  clip->fps = kFps;
  for (std::size_t i = 0; i < static_cast<std::size_t>(seconds_of(index) * kFps); ++i) {
    const FaceTrack::Box face = face_at(index, i);
    clip->frames.push_back(picture_of(index, i, face));
    faces->boxes.emplace_back(face);
  }
  sample.clip = std::move(clip);
  sample.faces = std::move(faces);
  const double value = stream_of(index, "label").uniform(0) * 6 - 3;
  sample.labels["regression"] = {value, ""};
  return sample;
}

// Hears a word of the list in each quarter of a second, by how often the sound crosses zero there; nothing in silence.
class WordsByCrossings final : public Recogniser {
 public:
  std::string recognise(const Utterance& utterance) const override {
    const Waveform& sound = utterance.waveform;
    const auto channels = static_cast<std::size_t>(sound.channels);
    const auto window = static_cast<std::size_t>(sound.sample_rate_hz) / 4;
    std::string words;
    for (std::size_t begin = 0; begin < sound.frames(); begin += window) {
      std::size_t crossings = 0;
      bool silent = true;
      for (std::size_t i = begin; i < std::min(begin + window, sound.frames()); ++i) {
        silent = silent && sound.pcm[i * channels] == 0;
        crossings += i > begin && (sound.pcm[i * channels] < 0) != (sound.pcm[(i - 1) * channels] < 0) ? 1 : 0;
      }
      if (silent) continue;
      words += (words.empty() ? "" : " ") + std::string(kWords[crossings % kWords.size()]);
    }
    return words;
  }
  std::vector<std::pair<std::string, std::filesystem::path>> files() const override { return {}; }
};

class SyntheticCorpus final : public Corpus {
 public:
  SyntheticCorpus(std::size_t count, const Language& language) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
      samples_.push_back(sample_of(i, language));
      const Sample& sample = samples_.back();
      infos_.push_back({sample.id, sample.group, sample.speaker, sample.labels, sample.metadata});
    }
    by_id_.resize(samples_.size());
    std::iota(by_id_.begin(), by_id_.end(), std::size_t{0});  // ids are zero-padded: file order is id order
    for (const Form form : {Form::kEmbedding, Form::kAudioFeatures, Form::kVisionFeatures}) {
      statistics_[form] = std::make_shared<FeatureStatistics>(statistics_over(samples_, form));
    }
  }

  std::size_t size() const override { return samples_.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_.at(index); }
  const std::vector<std::size_t>& by_id() const override { return by_id_; }
  Sample load(std::size_t index) const override { return samples_.at(index); }

  Shared<FeatureStatistics> statistics(Form form) const override {
    const auto found = statistics_.find(form);
    return found == statistics_.end() ? nullptr : found->second;
  }

  std::vector<ColumnBlock> columns() const override {
    return {{Form::kAudioFeatures, "pitch", kPitch, kPitch + 1},
            {Form::kVisionFeatures, "landmarks_x", kLandmarks, kLandmarks + 3},
            {Form::kVisionFeatures, "landmarks_y", kLandmarks + 3, kLandmarks + 6}};
  }

  std::optional<Sample> external(const std::string&, const std::string& id) const override {
    const auto found = std::find_if(samples_.begin(), samples_.end(), [&](const Sample& s) { return s.id == id; });
    if (found == samples_.end()) return std::nullopt;
    Sample other = *found;
    auto shifted = std::make_shared<Sequence>(*other.audio_features);
    for (float& value : shifted->values) value += 1.0F;
    other.audio_features = std::move(shifted);
    return other;
  }

  Shared<Recogniser> recogniser(const std::string&) const override { return recogniser_; }

 private:
  Shared<Recogniser> recogniser_ = std::make_shared<WordsByCrossings>();
  std::vector<Sample> samples_;
  std::vector<SampleInfo> infos_;
  std::vector<std::size_t> by_id_;
  std::map<Form, Shared<FeatureStatistics>> statistics_;
};

}  // namespace

std::unique_ptr<Corpus> synthetic_corpus(std::size_t samples, const std::string& language) {
  const auto* known =
      std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& each) { return each.tag == language; });
  return std::make_unique<SyntheticCorpus>(samples, known == kLanguages.end() ? kLanguages.front() : *known);
}

}  // namespace shakedown::perturb
