#include "fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/nn.h>
#include <torch/optim.h>

#include "inputs.h"
#include "network.h"

namespace training {
namespace {

constexpr std::int64_t kBatch = 32;
constexpr double kRate = 1.5e-3, kWeightDecay = 2e-2, kWarmUp = 0.1;
constexpr double kCorrupted = 0.5;  // chance of a modality to be corrupted in the incomplete view
constexpr double kMissing = 0.3;    // chance that the incomplete view lacks one or two modalities
constexpr double kAloneWeight = 0.3, kAttraction = 0.2;

struct Views {
  torch::Tensor prediction, alone, together;
};

/// Mean and standard deviation of each band over the valid steps of the clean clips.
std::pair<torch::Tensor, torch::Tensor> mel_statistics(const Split& train) {
  const auto valid = torch::arange(kMelSteps).unsqueeze(0) < train.mel_lengths.select(1, 0).unsqueeze(1);
  const auto steps = train.mel.select(1, 0).index({valid});
  return {steps.mean(0), steps.std(0).clamp_min(0.1)};
}

torch::Tensor clean_rows(std::int64_t clips) {
  return torch::zeros({clips, kModalities}, torch::kInt64);
}

/// Rows of the incomplete view: each modality corrupted by chance, and by chance one or two of them gone.
torch::Tensor incomplete_rows(std::int64_t clips, const Split& split, const torch::Tensor& absent) {
  const std::int64_t corrupted = split.rows() - 2;
  auto rows = torch::randint(1, 1 + corrupted, {clips, kModalities}, torch::kInt64);
  rows.masked_fill_(torch::rand({clips, kModalities}) >= kCorrupted, 0);
  if (absent.size(0) == 0) return rows;
  const auto gone = absent.index_select(0, torch::randint(absent.size(0), {clips}, torch::kInt64));
  return rows.masked_fill(gone & (torch::rand({clips, 1}) < kMissing), split.rows() - 1);
}

class Trainer {
 public:
  Trainer(const Pool& pool, const FitOptions& options) : pool_(pool), options_(options) {
    torch::manual_seed(options.seed);
    const auto [mean, deviation] = mel_statistics(pool.train);
    const auto words = std::count(pool.vocabulary.begin(), pool.vocabulary.end(), '\n');
    network_ = make_network(words, mean, deviation);
    namespace nn = torch::nn;
    predictor_ = nn::Sequential(nn::Linear(3 * kWidth, kWidth), nn::ReLU(), nn::Linear(kWidth, 3 * kWidth));
    for (const auto& parameter : network_.parameters()) parameters_.push_back(parameter);
    for (const auto& parameter : predictor_->parameters()) parameters_.push_back(parameter);
  }

  torch::jit::Module train() {
    torch::optim::AdamW optimiser(parameters_, torch::optim::AdamWOptions(kRate).weight_decay(kWeightDecay));
    const std::int64_t batches = (pool_.train.size() + kBatch - 1) / kBatch;
    const double total = static_cast<double>(batches * options_.epochs);
    std::int64_t step = 0;
    double best = std::numeric_limits<double>::infinity();
    torch::jit::Module kept;
    for (int epoch = 0; epoch < options_.epochs; ++epoch) {
      const auto start = std::chrono::steady_clock::now();
      network_.train();
      double sum = 0;
      for (const auto& clips : torch::randperm(pool_.train.size(), torch::kInt64).split(kBatch)) {
        const double done = static_cast<double>(step++) / total;
        const double rate =
            done < kWarmUp ? done / kWarmUp : 0.5 * (1 + std::cos(M_PI * (done - kWarmUp) / (1 - kWarmUp)));
        for (auto& group : optimiser.param_groups()) group.options().set_lr(std::max(kRate * rate, 1e-6));
        optimiser.zero_grad();
        const auto loss = this->loss(clips);
        loss.backward();
        torch::nn::utils::clip_grad_norm_(parameters_, 1.0);
        optimiser.step();
        sum += loss.item<double>() * static_cast<double>(clips.size(0));
      }
      const auto [clean, stressed] = validate();
      const double score = options_.robust ? (clean + stressed) / 2 : clean;
      if (score < best) {
        best = score;
        kept = network_.deepcopy();
      }
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      std::cerr << fmt::format("{} epoch {:2}: loss {:.3f}, valid MAE clean {:.3f}, stressed {:.3f}{} ({:.1f} s)\n",
                               options_.name, epoch + 1, sum / static_cast<double>(pool_.train.size()), clean, stressed,
                               score == best ? " *" : "", seconds.count());
    }
    kept.eval();
    return kept;
  }

 private:
  Views ask(const Batch& batch) {
    const auto result =
        network_.get_method("views")({batch.text, batch.mel, batch.mel_lengths, batch.faces, batch.face_lengths});
    const auto& items = result.toTupleRef().elements();
    return {items[0].toTensor(), items[1].toTensor(), items[2].toTensor()};
  }

  /// Error of the prediction and, where the modality is there and has a label of its own, of each one's alone.
  static torch::Tensor task_loss(const Split& split, const torch::Tensor& clips, const torch::Tensor& there,
                                 const torch::Tensor& prediction, const torch::Tensor& alone) {
    const auto together = torch::smooth_l1_loss(prediction, split.label.index_select(0, clips));
    const auto labels = split.modality_label.index_select(0, clips);
    const auto counts = there & labels.isfinite();
    if (!counts.any().item<bool>()) return together;
    return together + kAloneWeight * torch::smooth_l1_loss(alone.index({counts}), labels.index({counts}));
  }

  torch::Tensor loss(const torch::Tensor& clips) {
    const Split& split = pool_.train;
    const std::int64_t n = clips.size(0);
    const Batch complete = gather(split, clips, clean_rows(n));
    const auto all_there = torch::ones({n, kModalities}, torch::kBool);
    if (!options_.robust) {
      const Views views = ask(complete);
      return task_loss(split, clips, all_there, views.prediction, views.alone);
    }
    const auto rows = incomplete_rows(n, split, pool_.absent);
    const Views both = ask(join(complete, gather(split, clips, rows)));
    const auto first = [&](const torch::Tensor& x) { return x.narrow(0, 0, n); };
    const auto second = [&](const torch::Tensor& x) { return x.narrow(0, n, n); };
    const auto towards = [&](const torch::Tensor& from, const torch::Tensor& to) {
      return -torch::cosine_similarity(predictor_->forward(from), to.detach(), 1).mean();
    };
    const auto attraction =
        (towards(first(both.together), second(both.together)) + towards(second(both.together), first(both.together))) /
        2;
    return task_loss(split, clips, all_there, first(both.prediction), first(both.alone)) +
           task_loss(split, clips, rows != split.rows() - 1, second(both.prediction), second(both.alone)) +
           kAttraction * attraction;
  }

  /// MAE on the valid split: clean, and with one corrupted row a clip and modality in turn.
  std::pair<double, double> validate() {
    const torch::NoGradGuard no_gradients;
    network_.eval();
    const auto mae = [&](const torch::Tensor& rows) {
      double sum = 0;
      for (const auto& clips : torch::arange(pool_.valid.size(), torch::kInt64).split(kBatch)) {
        const auto prediction = ask(gather(pool_.valid, clips, rows.index_select(0, clips))).prediction;
        sum += (prediction - pool_.valid.label.index_select(0, clips)).abs().sum().item<double>();
      }
      return sum / static_cast<double>(pool_.valid.size());
    };
    auto stressed = clean_rows(pool_.valid.size());
    for (std::int64_t clip = 0; clip < pool_.valid.size(); ++clip) {
      stressed[clip][clip % kModalities] = 1 + clip / kModalities % (pool_.valid.rows() - 1);
    }
    return {mae(clean_rows(pool_.valid.size())), mae(stressed)};
  }

  const Pool& pool_;
  const FitOptions& options_;
  torch::jit::Module network_;
  torch::nn::Sequential predictor_;
  std::vector<torch::Tensor> parameters_;
};

}  // namespace

void fit(const Pool& pool, const FitOptions& options, const std::filesystem::path& out) {
  torch::set_num_threads(1);
  torch::jit::setGraphExecutorOptimize(false);  // no profiling run, no fusion: every step computes the same way
  Trainer trainer(pool, options);
  const auto network = trainer.train();
  const auto trained_with = options.robust ? pool.trained_with : std::vector<std::string>();
  const torch::jit::ExtraFilesMap extra{{"shakedown/model.yaml", manifest_text(options.name, trained_with)},
                                        {"shakedown/vocab.txt", pool.vocabulary}};
  network.save(out.string(), extra);
}

}  // namespace training
