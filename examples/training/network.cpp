#include "network.h"

#include <cmath>

#include "inputs.h"

namespace training {
namespace {

constexpr std::int64_t kHeads = 4;

// A transformer layer, normalised first (Xiong et al., ICML 2020). Steps where `valid` is 0 are not looked at.
constexpr const char* kLayer = R"(
def forward(self, x: Tensor, valid: Tensor) -> Tensor:
    batch, steps, width = x.size(0), x.size(1), x.size(2)
    h = torch.layer_norm(x, [width], self.norm1_weight, self.norm1_bias)
    qkv = torch.linear(h, self.qkv_weight, self.qkv_bias).reshape(batch, steps, 3, self.heads, width // self.heads)
    q, k, v = qkv[:, :, 0].transpose(1, 2), qkv[:, :, 1].transpose(1, 2), qkv[:, :, 2].transpose(1, 2)
    scores = torch.matmul(q, k.transpose(2, 3)) / (width // self.heads) ** 0.5
    scores = scores.masked_fill(valid[:, None, None, :] == 0, -1e4)
    weights = torch.dropout(torch.softmax(scores, -1), 0.1, self.training)
    h = torch.matmul(weights, v).transpose(1, 2).reshape(batch, steps, width)
    x = x + torch.dropout(torch.linear(h, self.out_weight, self.out_bias), 0.1, self.training)
    h = torch.layer_norm(x, [width], self.norm2_weight, self.norm2_bias)
    h = torch.dropout(torch.relu(torch.linear(h, self.up_weight, self.up_bias)), 0.1, self.training)
    return x + torch.dropout(torch.linear(h, self.down_weight, self.down_bias), 0.1, self.training)
)";

constexpr const char* kNetwork = R"(
def pooled(self, x: Tensor, valid: Tensor) -> Tensor:
    w = valid.to(x.dtype)[:, :, None]
    return (x * w).sum(1) / w.sum(1).clamp(min=1.0)

def words(self, text: Tensor) -> Tensor:
    valid = text[:, 1]
    x = torch.embedding(self.word_weight, text[:, 0].long()) + self.word_places[:text.size(2)]
    x = torch.dropout(x, 0.2, self.training)
    return self.pooled(self.word_layer2.forward(self.word_layer.forward(x, valid), valid), valid)

def voice(self, mel: Tensor, lengths: Tensor) -> Tensor:
    heard = torch.arange(mel.size(1))[None, :] < lengths[:, None]
    x = (mel - self.mel_mean) / self.mel_deviation * heard.to(mel.dtype)[:, :, None]
    x = torch.relu(torch.conv1d(x.transpose(1, 2), self.voice1_weight, self.voice1_bias, [2], [3]))
    x = torch.relu(torch.conv1d(x, self.voice2_weight, self.voice2_bias, [2], [2])).transpose(1, 2)
    valid = torch.arange(x.size(1))[None, :] * 4 < lengths[:, None]
    x = torch.dropout(x + self.voice_places[:x.size(1)], 0.2, self.training)
    return self.pooled(self.voice_layer.forward(x, valid), valid)

def face(self, faces: Tensor, lengths: Tensor) -> Tensor:
    batch, steps = faces.size(0), faces.size(1)
    x = (faces.mean(2).reshape(batch * steps, 1, faces.size(3), faces.size(4)) - 0.45) * 4.0
    x = torch.relu(torch.conv2d(x, self.face1_weight, self.face1_bias, [2, 2], [2, 2]))
    x = torch.relu(torch.conv2d(x, self.face2_weight, self.face2_bias, [2, 2], [1, 1]))
    x = torch.relu(torch.conv2d(x, self.face3_weight, self.face3_bias, [2, 2], [1, 1]))
    x = torch.dropout(x.flatten(1), 0.3, self.training)
    x = torch.linear(x, self.face4_weight, self.face4_bias).reshape(batch, steps, -1)
    valid = torch.arange(steps)[None, :] < lengths[:, None]
    return self.pooled(self.face_layer.forward(x + self.face_places[:steps], valid), valid)

def views(self, text: Tensor, mel: Tensor, mel_lengths: Tensor, faces: Tensor, face_lengths: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    said = torch.stack([self.words(text), self.voice(mel, mel_lengths), self.face(faces, face_lengths)], 1)
    alone = (torch.layer_norm(said, [said.size(2)], None, None) * self.alone_weight).sum(2) + self.alone_bias
    x = self.joint_layer.forward(said + self.joint_places, torch.ones_like(said[:, :, 0]))
    together = torch.layer_norm(x, [x.size(2)], self.joint_weight, self.joint_bias).flatten(1)
    h = torch.dropout(torch.relu(torch.linear(together, self.head1_weight, self.head1_bias)), 0.2, self.training)
    return torch.linear(h, self.head2_weight, self.head2_bias)[:, 0], alone, together

def forward(self, text: Tensor, mel: Tensor, mel_lengths: Tensor, faces: Tensor, face_lengths: Tensor) -> Tensor:
    return self.views(text, mel, mel_lengths, faces, face_lengths)[0]
)";

class Builder {
 public:
  Builder(const std::string& name, const std::shared_ptr<torch::jit::CompilationUnit>& unit)
      : module_(c10::QualifiedName("__torch__." + name), unit, /*shouldMangle=*/true) {
    module_.register_attribute("training", c10::BoolType::get(), true);
  }

  /// Weights drawn so that the layer keeps its input's variance (He et al., ICCV 2015, gain 1), and no bias.
  void linear(const std::string& name, std::vector<std::int64_t> shape) {
    std::int64_t inputs = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) inputs *= shape[i];
    const std::int64_t outputs = shape.front();
    normal(name + "_weight", std::move(shape), 1 / std::sqrt(static_cast<double>(inputs)));
    parameter(name + "_bias", torch::zeros({outputs}));
  }
  void normal(const std::string& name, std::vector<std::int64_t> shape, double deviation) {
    parameter(name, torch::randn(shape) * deviation);
  }
  void norm(const std::string& name, std::int64_t width = kWidth) {
    parameter(name + "_weight", torch::ones({width}));
    parameter(name + "_bias", torch::zeros({width}));
  }
  void parameter(const std::string& name, const torch::Tensor& value) {
    module_.register_parameter(name, value.detach().requires_grad_(true), /*is_buffer=*/false);
  }
  torch::jit::Module& module() { return module_; }

 private:
  torch::jit::Module module_;
};

torch::jit::Module make_layer(const std::shared_ptr<torch::jit::CompilationUnit>& unit) {
  Builder layer("Layer", unit);
  layer.module().register_attribute("heads", c10::IntType::get(), kHeads);
  layer.norm("norm1");
  layer.linear("qkv", {3 * kWidth, kWidth});
  layer.linear("out", {kWidth, kWidth});
  layer.norm("norm2");
  layer.linear("up", {2 * kWidth, kWidth});
  layer.linear("down", {kWidth, 2 * kWidth});
  layer.module().define(kLayer);
  return layer.module();
}

}  // namespace

torch::jit::Module make_network(std::int64_t vocabulary, const torch::Tensor& mel_mean,
                                const torch::Tensor& mel_deviation) {
  const auto unit = std::make_shared<torch::jit::CompilationUnit>();
  Builder network("TalkingHeads", unit);
  for (const char* layer : {"word_layer", "word_layer2", "voice_layer", "face_layer", "joint_layer"}) {
    network.module().register_module(layer, make_layer(unit));
  }
  network.normal("word_weight", {vocabulary, kWidth}, 0.5);
  network.normal("word_places", {kTokens, kWidth}, 0.1);
  network.module().register_buffer("mel_mean", mel_mean);
  network.module().register_buffer("mel_deviation", mel_deviation);
  network.linear("voice1", {kWidth, kMels, 7});
  network.linear("voice2", {kWidth, kWidth, 5});
  network.normal("voice_places", {(kMelSteps + 3) / 4, kWidth}, 0.1);
  network.linear("face1", {12, 1, 5, 5});
  network.linear("face2", {24, 12, 3, 3});
  network.linear("face3", {32, 24, 3, 3});
  network.linear("face4", {kWidth, 32 * (kSide / 8) * (kSide / 8)});
  network.normal("face_places", {kFaces, kWidth}, 0.1);
  network.normal("alone_weight", {3, kWidth}, 0.05);
  network.parameter("alone_bias", torch::zeros({3}));
  network.normal("joint_places", {3, kWidth}, 0.1);
  network.norm("joint");
  network.linear("head1", {kWidth, 3 * kWidth});
  network.linear("head2", {1, kWidth});
  network.module().define(kNetwork);
  return network.module();
}

}  // namespace training
