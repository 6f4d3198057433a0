#include "inputs.h"

#include <fmt/format.h>

#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"

namespace training {

std::string manifest_text(const std::string& name, const std::vector<std::string>& trained_with) {
  std::vector<std::string> quoted;
  for (const std::string& entry : trained_with) quoted.push_back('"' + entry + '"');
  return fmt::format(R"(schema: shakedown.model/1
name: {}
task: {{kind: regression, convention: mosi, label: regression, primary: mae}}
inputs:
  - {{from: text.bert, length: {}, vocab: vocab.txt}}
  - {{from: audio.logmel, fft: 1024, hop: 320, mels: {}, low_hz: 60, high_hz: 7600, floor: 1e-6, length: {}}}
  - {{from: audio.lengths}}
  - {{from: video.faces, side: {}, fps: 8, margin: 0.1, length: {}}}
  - {{from: video.lengths}}
batch: any
trained_with: [{}]
)",
                     name, kTokens, kMels, kMelSteps, kSide, kFaces, shakedown::join(quoted, ", "));
}

std::vector<shakedown::models::InputSpec> input_specs(const std::string& vocabulary) {
  const auto yaml = shakedown::Yaml::parse(manifest_text("training", {}), "model.yaml");
  auto inputs = shakedown::models::Manifest::parse(yaml, {}).inputs;
  for (auto& input : inputs) {
    if (!input.vocab.empty()) input.vocab.content = std::make_shared<const std::string>(vocabulary);
  }
  return inputs;
}

}  // namespace training
