// `at:`: everything outside the window stays bit for bit.
#include <fmt/format.h>

#include "forms.h"
#include "properties/subject.h"
#include "shakedown/core/error.h"
#include "window.h"

namespace shakedown::perturb {
namespace {

constexpr double kFrom = 0.25, kTo = 0.75;

// `range` of a row blanked out, so that two rows can be compared outside it.
template <class T>
std::vector<T> without(std::vector<T> values, Window::Range range, std::size_t width) {
  for (std::size_t i = range.begin * width; i < range.end * width && i < values.size(); ++i) values[i] = T{};
  return values;
}

bool equal_outside(Form form, const Sample& a, const Sample& b, const Window& window) {
  const auto rows = [&](Window::Range range) {
    const Sequence &x = *sequence_of(a, form), &y = *sequence_of(b, form);
    return x.length == y.length && without(x.values.all(), range, x.dims) == without(y.values.all(), range, y.dims);
  };
  switch (form) {
    case Form::kTranscript: {
      const std::string &x = a.transcript->text, &y = b.transcript->text;
      return y.size() >= window.text.begin + window.text_tail &&
             x.substr(0, window.text.begin) == y.substr(0, window.text.begin) &&
             x.substr(x.size() - window.text_tail) == y.substr(y.size() - window.text_tail);
    }
    case Form::kTokens: return without(a.tokens->ids, window.tokens, 1) == without(b.tokens->ids, window.tokens, 1);
    case Form::kEmbedding: return rows(window.embedding);
    case Form::kAudioFeatures: return rows(window.audio_features);
    case Form::kVisionFeatures: return rows(window.vision_features);
    case Form::kWaveform: {
      const auto channels = static_cast<std::size_t>(a.waveform->channels);
      return without(a.waveform->pcm, window.samples, channels) == without(b.waveform->pcm, window.samples, channels);
    }
    case Form::kFrames: {
      // The same pictures, not only equal ones.
      return without(a.clip->frames, window.frames, 1) == without(b.clip->frames, window.frames, 1);
    }
  }
  return false;
}

std::string outside_stays(const Subject& subject) {
  At at;
  at.kind = At::Kind::kFraction;
  at.begin = kFrom;
  at.end = kTo;
  const DoseSpec& dose = subject.spec.dose;
  const Part whole = subject.part(dose.ladder.empty() ? subject.variants().back() : subject.at_severity(4));
  Part part = whole;
  part.at = at;
  bool applied_whole = false, applied_inside = false;
  for (const Sample& sample : subject.samples) {
    Applied applied;
    try {
      applied = subject.apply(sample, part);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kUsage) return "";  // it says that it cannot be used with at:
      throw;
    }
    const Window window = std::get<Window>(place(at, sample, Stream(0, 0)));
    for (const Form form : (replaced_forms(sample, applied.sample) & applied.sample.present()).list()) {
      if (!equal_outside(form, sample, applied.sample, window)) {
        return fmt::format("{}: {} changed outside the window", sample.id, form_name(form));
      }
    }
    applied_inside = applied_inside || applied.effects.front().state == State::kApplied;
    applied_whole = applied_whole || subject.apply(sample, whole).effects.front().state == State::kApplied;
    (void)measure_part(applied, {part}, 0, {}, 1, 0);
  }
  return applied_whole && !applied_inside ? "it does nothing inside a window" : "";
}

}  // namespace

std::vector<Property> window_properties() {
  return {{"inside a window leaves the rest bit for bit", outside_stays}};
}

}  // namespace shakedown::perturb
