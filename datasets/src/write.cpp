#include "shakedown/datasets/write.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "pickle_writer.h"
#include "shakedown/core/error.h"

namespace shakedown::datasets {
namespace {

[[noreturn]] void uneven(const Sample& sample, const char* what) {
  throw Error(ErrorKind::kData, fmt::format("sample '{}' has {} other than the first sample", sample.id, what));
}

class SplitWriter {
 public:
  SplitWriter(PickleWriter& out, const std::vector<Sample>& samples) : out_(out), samples_(samples) {}

  void write() {
    const Sample& first = samples_.front();
    for (const Sample& sample : samples_) {
      if (sample.present() != first.present()) uneven(sample, "forms");
    }
    out_.text("id");
    out_.list(samples_.size(), [&](std::size_t i) { out_.text(samples_[i].id); });
    if (first.transcript) {
      out_.text("raw_text");
      out_.list(samples_.size(), [&](std::size_t i) { out_.text(samples_[i].transcript->text); });
    }
    if (first.tokens) tokens();
    if (first.embedding) sequences("text", &Sample::embedding, false);
    if (first.audio_features) sequences("audio", &Sample::audio_features, true);
    if (first.vision_features) sequences("vision", &Sample::vision_features, true);
    for (const auto& [name, label] : first.labels) labels(name);
  }

 private:
  void tokens() {
    std::size_t steps = 0;
    for (const Sample& sample : samples_) steps = std::max(steps, sample.tokens->padded());
    out_.text("text_bert");
    out_.array("f4", {samples_.size(), 3, steps}, sizeof(float), [&](std::size_t i) {
      const Tokens& tokens = *samples_[i].tokens;
      for (const auto* const row : {&tokens.ids, &tokens.mask, &tokens.segments}) {
        std::vector<float> values(row->begin(), row->end());
        values.resize(steps, 0.0F);
        out_.raw(values.data(), values.size() * sizeof(float));
      }
    });
  }

  void sequences(const std::string& key, Shared<Sequence> Sample::*form, bool lengths) {
    const std::size_t dims = (samples_.front().*form)->dims;
    std::size_t steps = 0;
    for (const Sample& sample : samples_) {
      if ((sample.*form)->dims != dims) uneven(sample, "dimensions");
      steps = std::max(steps, (sample.*form)->steps);
    }
    std::vector<std::size_t> shape{samples_.size(), steps, dims};
    if (steps == 1) shape.erase(shape.begin() + 1);
    out_.text(key);
    out_.array("f4", shape, sizeof(float), [&](std::size_t i) {
      std::vector<float> values = (samples_[i].*form)->values.all();
      values.resize(steps * dims, 0.0F);
      out_.raw(values.data(), values.size() * sizeof(float));
    });
    if (!lengths || steps == 1) return;
    out_.text(key + "_lengths");
    out_.list(samples_.size(),
              [&](std::size_t i) { out_.integer(static_cast<std::int64_t>((samples_[i].*form)->length)); });
  }

  void labels(const std::string& name) {
    const bool text =
        std::ranges::any_of(samples_, [&](const Sample& sample) { return !label(sample, name).name.empty(); });
    out_.text(key_of(name));
    if (text) {
      out_.list(samples_.size(), [&](std::size_t i) { out_.text(label(samples_[i], name).name); });
      return;
    }
    out_.array("f8", {samples_.size()}, sizeof(double), [&](std::size_t i) {
      const double value = label(samples_[i], name).value;
      out_.raw(&value, sizeof(value));
    });
  }

  static const Label& label(const Sample& sample, const std::string& name) {
    const auto found = sample.labels.find(name);
    if (found == sample.labels.end()) uneven(sample, "labels");
    return found->second;
  }

  static std::string key_of(const std::string& label) {
    if (label == "annotation") return "annotations";
    if (label == "classification") return "classification_labels";
    return label.starts_with("regression") ? "regression_labels" + label.substr(10) : label;
  }

  PickleWriter& out_;
  const std::vector<Sample>& samples_;
};

}  // namespace

void write_feature_pickle(const std::filesystem::path& file, const std::string& split,
                          const std::vector<Sample>& samples) {
  in_context(file.string(), [&] {
    if (samples.empty()) throw Error(ErrorKind::kData, "no sample to write");
    std::ofstream stream(file, std::ios::binary);
    PickleWriter out(stream);
    out.dict([&] {
      out.text(split);
      out.dict([&] { SplitWriter(out, samples).write(); });
    });
    out.finish();
    stream.close();
    if (!stream) throw Error(ErrorKind::kIncomplete, "cannot be written");
  });
}

}  // namespace shakedown::datasets
