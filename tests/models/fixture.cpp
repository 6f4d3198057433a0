#include "models/fixture.h"

#include <atomic>
#include <caffe2/serialize/inline_container.h>
#include <fstream>
#include <unistd.h>

#include <torch/script.h>

// LibTorch does not free the zip reader of a file that it refuses.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions() {
  return "leak:libtorch_cpu.so\n";
}

namespace shakedown::models {

Folder::Folder() {
  static std::atomic<int> count{0};
  path_ = std::filesystem::temp_directory_path() /
          ("shakedown-models-" + std::to_string(getpid()) + "-" + std::to_string(++count));
  std::filesystem::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return path_ / name;
}

void save_module(const std::filesystem::path& file, const std::string& code,
                 const std::map<std::string, Weights>& weights, const std::map<std::string, std::string>& extra) {
  torch::jit::Module module("fixture");
  for (const auto& [name, weight] : weights) {
    module.register_buffer(name, at::tensor(weight.values).reshape(weight.shape));
  }
  module.register_attribute("training", c10::BoolType::get(), true);
  if (!code.empty()) module.define(code);
  module.save(file.string(), {extra.begin(), extra.end()});
}

void rewrite_module(const std::filesystem::path& from, const std::filesystem::path& to,
                    const std::function<std::string(const std::string&, std::string)>& edit, std::uint64_t version) {
  caffe2::serialize::PyTorchStreamReader reader(from.string());
  caffe2::serialize::PyTorchStreamWriter writer(to.string());
  for (const std::string& name : reader.getAllRecords()) {
    if (name == "version" || name == "byteorder" || name.starts_with(".")) continue;  // written by the writer
    const auto [data, size] = reader.getRecord(name);
    const std::string bytes = edit(name, {static_cast<const char*>(data.get()), size});
    writer.writeRecord(name, bytes.data(), bytes.size());
  }
  if (version > 0) writer.setMinVersion(version);
  writer.writeEndOfFile();
}

Shared<Sequence> ramp(std::size_t steps, std::size_t dims, std::size_t length, float start) {
  Sequence sequence{steps, dims, length, std::vector<float>(steps * dims, 0.0F)};
  for (std::size_t t = 0; t < length; ++t) {
    for (std::size_t d = 0; d < dims; ++d) {
      sequence.row(t)[d] = start + 10.0F * static_cast<float>(t) + static_cast<float>(d);
    }
  }
  return std::make_shared<const Sequence>(std::move(sequence));
}

Shared<Tokens> tokens(const std::vector<std::int64_t>& ids, std::size_t padded) {
  Tokens made;
  made.ids = ids;
  made.mask.assign(ids.size(), 1);
  for (auto* row : {&made.ids, &made.mask, &made.segments}) row->resize(padded, 0);
  return std::make_shared<const Tokens>(std::move(made));
}

std::vector<Request> same_views(const std::vector<Sample>& samples) {
  std::vector<Request> requests;
  for (const Sample& sample : samples) requests.push_back({sample, sample});
  return requests;
}

std::unique_ptr<Model> load_module(const Folder& folder, const std::string& code, const std::string& manifest,
                                   const std::map<std::string, Weights>& weights) {
  save_module(folder.path() / "m.pt", code, weights);
  const auto file = folder.write("model.yaml", "schema: shakedown.model/1\ntorchscript: m.pt\n" + manifest);
  return std::move(load(file, {}).at(0));
}

}  // namespace shakedown::models
