#include "properties/subject.h"

#include <algorithm>
#include <cmath>

#include "forms.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb {

ParamMap Subject::at_dose(double dose, const ParamMap& variant) const {
  ParamMap given = variant;
  given[spec.dose_at(variant).parameter] = format_number(dose);
  return params(given);
}

std::vector<ParamMap> Subject::dosed_variants() const {
  std::vector<ParamMap> variants = {{}};
  for (const auto& option : spec.dose_options) variants.push_back({{option.parameter, option.value}});
  return variants;
}

std::vector<ParamMap> Subject::variants() const {
  std::vector<ParamMap> variants = {params()};
  for (const ParamSpec& param : spec.params) {
    const auto values = param.type == "boolean" ? std::vector<std::string>{"true", "false"} : param.choices;
    for (const std::string& value : values) {
      if (value == variants.front().at(param.name)) continue;
      try {
        const ParamMap variant = params({{param.name, value}});
        (void)spec.create(variant);
        variants.push_back(variant);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kUsage) throw;
      }
    }
  }
  return variants;
}

Part Subject::part(const ParamMap& complete, At at) const {
  Part part;
  part.spec = &spec;
  part.params = complete;
  part.perturbation = spec.create(complete);
  part.at = std::move(at);
  return part;
}

Applied Subject::apply(const Sample& sample, const Part& part, std::uint64_t seed, int replicate) const {
  return apply_parts(sample, {part}, corpus, seed, replicate);
}

Digest content_of(const Sample& sample) {
  Sample nothing;
  nothing.id = sample.id;
  Applied whole;
  whole.sample = sample;
  Hasher hasher;
  hasher.add(digest(nothing, whole).media).add(sample.id);
  if (sample.transcript) {
    for (const auto& word : sample.transcript->times) hasher.add(word.start_s).add(word.end_s);
  }
  if (sample.faces) {
    for (const auto& box : sample.faces->boxes) hasher.add(box ? static_cast<double>(box->x) : -1.0);
  }
  return hasher.finish();
}

namespace {

// Root mean square deviation over the root mean square of `a`; what is longer in one counts in full.
template <class T>
double deviation(const std::vector<T>& a, const std::vector<T>& b, double& squares, double& power) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const double x = i < a.size() ? static_cast<double>(a[i]) : 0.0;
    const double y = i < b.size() ? static_cast<double>(b[i]) : 0.0;
    if (!std::isfinite(x) || !std::isfinite(y)) continue;
    squares += (x - y) * (x - y);
    power += x * x;
  }
  return power > 0 ? std::sqrt(squares / power) : std::sqrt(squares);
}

double damage_in(Form form, const Sample& before, const Sample& after) {
  double squares = 0, power = 0;
  switch (form) {
    case Form::kTranscript:
      return static_cast<double>(edit_distance(before.transcript->text, after.transcript->text)) /
             std::max<double>(1, static_cast<double>(before.transcript->text.size()));
    case Form::kTokens: {
      double changed = 0;
      const auto &a = before.tokens->ids, &b = after.tokens->ids;
      for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (i >= a.size() || i >= b.size() || a[i] != b[i]) ++changed;
      }
      return changed / std::max<double>(1, static_cast<double>(before.tokens->length()));
    }
    case Form::kWaveform: return deviation(before.waveform->pcm, after.waveform->pcm, squares, power);
    case Form::kFrames: {
      const auto &a = before.clip->frames, &b = after.clip->frames;
      double result = 0;
      for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        static const std::vector<std::uint8_t> kNone;
        result = deviation(i < a.size() ? a[i]->pixels : kNone, i < b.size() ? b[i]->pixels : kNone, squares, power);
      }
      return result;
    }
    case Form::kEmbedding:
    case Form::kAudioFeatures:
    case Form::kVisionFeatures: {
      // Dimension by dimension, since their scales have nothing to do with each other.
      const Sequence &a = *sequence_of(before, form), &b = *sequence_of(after, form);
      double sum = 0;
      for (std::size_t d = 0; d < a.dims; ++d) {
        std::vector<float> x, y;
        for (std::size_t i = 0; i < a.length; ++i) x.push_back(a.row(i)[d]);
        for (std::size_t i = 0; i < b.length && d < b.dims; ++i) y.push_back(b.row(i)[d]);
        double s = 0, p = 0;
        sum += deviation(x, y, s, p);
      }
      return a.dims == 0 ? 0 : sum / static_cast<double>(a.dims);
    }
  }
  return 0;
}

}  // namespace

double damage(const Sample& before, const Sample& after) {
  double sum = 0;
  for (const Form form : (before.present() & after.present() & replaced_forms(before, after)).list()) {
    sum += damage_in(form, before, after);
  }
  return sum;
}

std::string describe(const PerturbationSpec& spec, const ParamMap& params) {
  std::string text;
  for (const ParamSpec& param : spec.params) {
    const auto found = params.find(param.name);
    if (found != params.end() && found->second != param.default_value) {
      text += (text.empty() ? "" : " ") + param.name + "=" + found->second;
    }
  }
  return text.empty() ? "at its defaults" : "at " + text;
}

}  // namespace shakedown::perturb
