#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shakedown/core/feature_values.h"

namespace shakedown {

/// Parts of a sample are shared and immutable: a cell copies only what it changes.
template <class T>
using Shared = std::shared_ptr<const T>;

/// Half-open interval [begin, end); the unit is stated where it is used.
struct Span {
  double begin = 0, end = 0;
};

/// A transcript as people read it.
struct Transcript {
  struct Word {
    std::size_t begin = 0, end = 0;  ///< bytes of `text`
    double start_s = 0, end_s = 0;   ///< seconds in the clip
  };
  std::string text;         ///< UTF-8
  std::vector<Word> times;  ///< empty where no word times are known
  std::string language;     ///< BCP 47, "" when unknown
};

/// Where a tokenizer family puts what is no text, and the ids for it; the defaults are BERT's.
struct TokenLayout {
  std::size_t before = 1;  ///< special tokens in front of the text; the first is CLS
  std::size_t after = 1;   ///< behind it: SEP; the last is CLS where none stands in front and there are two (XLNet)
  bool pads_left = false;  ///< padding stands in front
  std::int64_t unknown = 100, pad = 0;
};

/// What stands at a position of Tokens.
enum class TokenRole : std::uint8_t { kText, kCls, kSep, kPadding };

/// Token ids as a model reads them. All three rows have the padded length T.
struct Tokens {
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> mask;      ///< 1 for real tokens, 0 for padding
  std::vector<std::int64_t> segments;  ///< token type ids
  TokenLayout layout = {};
  std::vector<std::uint8_t> observed = {};  ///< as Sequence::observed

  [[nodiscard]] std::size_t padded() const { return ids.size(); }
  /// Number of positions up to the last whose mask is not 0.
  [[nodiscard]] std::size_t length() const;
  /// Positions in front of the first whose mask is not 0: padding on the left. 0 where no mask is set.
  [[nodiscard]] std::size_t leading_padding() const;
  /// One entry for each of the first length() positions. Where the token type rises once within the text, two texts
  /// stand there (A, B) and the last token of A is SEP.
  [[nodiscard]] std::vector<TokenRole> roles() const;
};

/// A feature sequence, steps x dims, row-major. Rows from `length` on are padding.
/// Features without a time axis are sequences of one step.
struct Sequence {
  std::size_t steps = 0, dims = 0;
  std::size_t length = 0;  ///< valid steps, <= steps
  FeatureValues values;
  /// 0 at the steps that a cell took away, 1 at the others, one entry a step; empty where none was taken. What
  /// was zero before it was taken cannot be told from the values.
  std::vector<std::uint8_t> observed = {};
  bool mask_lost = false;  ///< steps taken away are out of the mask as well, for models that take one

  [[nodiscard]] const float* row(std::size_t step) const { return values.data() + step * dims; }
  [[nodiscard]] float* row(std::size_t step) { return values.data() + step * dims; }
};

struct Waveform {
  std::vector<float> pcm;  ///< frames x channels, interleaved, full scale is [-1, 1]
  int channels = 1;
  int sample_rate_hz = 16000;

  [[nodiscard]] std::size_t frames() const {
    return channels > 0 ? pcm.size() / static_cast<std::size_t>(channels) : 0;
  }
  [[nodiscard]] double seconds() const { return static_cast<double>(frames()) / sample_rate_hz; }
};

/// 8-bit picture, height x width x 3, order B G R, sRGB transfer.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

/// Decoded frames. Each frame is shared by itself: dropping or darkening some copies only those.
struct Clip {
  std::vector<Shared<Image>> frames;
  double fps = 25.0;  ///< frames per second
};

/// Face boxes of the original clip, one entry a frame. Doses are set by it in every cell.
struct FaceTrack {
  struct Box {
    float x = 0, y = 0, width = 0, height = 0;  ///< pixels; x, y is the top left corner
    bool interpolated = false;                  ///< filled in from neighbouring frames
  };
  std::vector<std::optional<Box>> boxes;  ///< nothing where no face was found

  [[nodiscard]] std::size_t found() const;
  /// Median width in pixels of the boxes; 0 when there is none.
  [[nodiscard]] double median_width() const;
};

/// The forms in which a modality may be present. Values of one modality written by a perturbation make
/// its other forms stale; those are removed (see drop_stale) or computed again downstream.
enum class Form {
  kTranscript,
  kTokens,
  kEmbedding,  // text
  kWaveform,
  kAudioFeatures,  // audio
  kFrames,
  kVisionFeatures  // video
};
inline constexpr std::size_t kFormCount = 7;
[[nodiscard]] std::string_view form_name(Form form);  ///< "text.transcript", ..., "vision.features"

enum class Modality { kText, kAudio, kVideo, kCross };
[[nodiscard]] std::string_view modality_name(Modality modality);  ///< "text", "audio", "video", "cross"
[[nodiscard]] Modality modality_of(Form form);

/// A set of forms.
class Forms {
 public:
  constexpr Forms() = default;
  constexpr Forms(std::initializer_list<Form> forms) {
    for (const Form form : forms) bits_ |= bit(form);
  }
  constexpr void add(Form form) { bits_ |= bit(form); }
  [[nodiscard]] constexpr bool has(Form form) const { return (bits_ & bit(form)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr Forms operator&(Forms other) const { return Forms(bits_ & other.bits_); }
  [[nodiscard]] constexpr Forms operator|(Forms other) const { return Forms(bits_ | other.bits_); }
  [[nodiscard]] constexpr Forms operator-(Forms other) const { return Forms(bits_ & ~other.bits_); }
  friend constexpr bool operator==(Forms, Forms) = default;
  [[nodiscard]] std::vector<Form> list() const;
  [[nodiscard]] std::string describe() const;  ///< names joined by ", "

 private:
  explicit constexpr Forms(unsigned bits) : bits_(bits) {}
  static constexpr unsigned bit(Form form) { return 1U << static_cast<unsigned>(form); }
  unsigned bits_ = 0;
};

/// A label as the data gives it. Regression labels have a value; class labels have a name (and a value
/// when the name spells a number). NaN and "" mean that the data has none for this sample.
struct Label {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::string name;
};

/// One utterance. A null part is absent from the data (or was made stale); an empty one is present and
/// empty. Copying a Sample copies pointers, never media.
struct Sample {
  std::string id;         ///< unique within the split; a string even when it looks like a number
  std::string group;      ///< cluster for statistics (video, dialogue)
  std::string speaker;    ///< what donors must differ in; the group where the data names none
  std::size_t index = 0;  ///< position in the split's file order

  Shared<Transcript> transcript;
  Shared<Tokens> tokens;
  Shared<Sequence> embedding;
  Shared<Waveform> waveform;
  Shared<Sequence> audio_features;
  Shared<Clip> clip;
  Shared<Sequence> vision_features;
  Shared<FaceTrack> faces;  ///< of the original clip; kept when frames are written

  std::map<std::string, Label> labels;          ///< "regression", "regression_T", "emotion", ...
  std::map<std::string, std::string> metadata;  ///< further columns of the data, as text

  [[nodiscard]] Forms present() const;
  void remove(Form form);
};

/// Removes from `sample` every form of the modalities in `written` that is not itself in `written`.
void drop_stale(Sample& sample, Forms written);

/// What a model takes of each form; positions beyond are cut before the model sees them.
struct InputLimits {
  std::optional<std::size_t> tokens, embedding, audio_features, vision_features;  ///< steps
  std::optional<double> waveform_s, frames_s;                                     ///< seconds
};

/// Whether cut_to() would leave `sample` as it is.
[[nodiscard]] bool fits(const Sample& sample, const InputLimits& limits);
/// `sample` cut to `limits`: forms within the limit stay shared.
[[nodiscard]] Sample cut_to(const Sample& sample, const InputLimits& limits);

}  // namespace shakedown
