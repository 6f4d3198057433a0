// What a run costs beside its model: the time of a whole run, from its first unit to its last stored prediction,
// over that of as many bare forward calls on batches already in memory, with the same number of workers and threads. Of
// a sweep whose arguments do not fit into memory the first calls are made again and again. The yardstick is the setting
// whose bare calls are the fastest: see sweep.sh.
//   run_ratio MODEL DATA SUITE [JOBS [BATCH_SIZE [REPEATS [THREADS_PER_CALL]]]]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "session.h"
#include "shakedown/core/error.h"
#include "shakedown/media/runtime.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/runners/executor.h"
#include "shakedown/runners/run.h"

namespace {

using namespace shakedown;

constexpr std::size_t kMostPrepared = 64;  // far more than a cache holds

/// The first forward calls of the run, their arguments built.
std::vector<std::unique_ptr<models::Model::Prepared>> prepare_some(const runners::Session& session) {
  std::vector<std::unique_ptr<models::Model::Prepared>> calls;
  for (std::size_t b = 0; b < session.batch_count(); ++b) {
    const auto batch = session.make_batch(b);
    std::vector<Sample> clean;
    for (std::size_t i = 0; i < batch->samples.size(); ++i) {
      auto loaded = session.load(session.first_sample + batch->first_sample + i);
      if (!loaded.sample)
        throw Error(ErrorKind::kData, "the benchmark needs data without unreadable clips: " + loaded.failure);
      clean.push_back(std::move(*loaded.sample));
    }
    for (const auto& cell : session.cells) {
      if (calls.size() == kMostPrepared) return calls;
      std::vector<Sample> inputs;
      for (const auto& sample : clean)
        inputs.push_back(
            perturb::apply_parts(sample, cell.cell.parts, *session.corpus, session.suite.seed, cell.cell.row.replicate)
                .sample);
      while (inputs.size() < session.batch_size) inputs.push_back(inputs.front());
      std::vector<models::Request> requests;
      for (const auto& input : inputs) requests.push_back({input, input});
      calls.push_back(session.models.front().model->prepare(requests));
    }
  }
  return calls;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x[x.size() / 2];
}

int measure(int argc, char** argv) {
  media::configure_opencv_single_thread();
  perturb::Registry registry;
  perturb::register_builtins(registry);
  runners::RunOptions options;
  options.models = {argv[1]};
  options.data = argv[2];
  options.suite = argv[3];
  options.jobs = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 2;
  options.batch_size = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 32;
  const int repeats = argc > 6 ? std::atoi(argv[6]) : 5;
  if (argc > 7) options.threads_per_call = std::atoi(argv[7]);
  const auto session = runners::open_session(options, registry);
  const auto calls = prepare_some(session);
  const std::size_t number = session.batch_count() * session.cells.size();
  const auto folder = std::filesystem::temp_directory_path() / ("shakedown-ratio-" + std::to_string(std::rand()));
  std::vector<double> bare, whole, ratios;
  for (int i = 0; i < repeats; ++i) {
    std::atomic<std::size_t> next = 0;
    bare.push_back(seconds_of([&] {
      runners::make_executor()->run(session.jobs, [&](std::size_t worker) {
        std::size_t own = worker % calls.size();  // a call belongs to one worker
        for (std::size_t call = next++; call < number; call = next++) {
          (void)calls[own]->run();
          own = own + session.jobs < calls.size() ? own + session.jobs : worker % calls.size();
        }
      });
    }));
    options.out = folder / std::to_string(i);
    whole.push_back(runners::run(options, registry).first_call_to_last_store_s);
    ratios.push_back(whole.back() / bare.back());
  }
  std::filesystem::remove_all(folder);
  std::printf("%zu samples x %zu cells, %zu workers of %d threads, batches of %zu, %d repeats\n", session.sample_count,
              session.cells.size(), session.jobs, options.threads_per_call, session.batch_size, repeats);
  const double a_call_ms = median(bare) * static_cast<double>(session.jobs) / static_cast<double>(number) * 1000;
  std::printf(
      "bare forward calls: median %.3f s (%.1f ms a call); run: median %.3f s; ratio: median %.2f, from %.2f to "
      "%.2f\n",
      median(bare), a_call_ms, median(whole), median(ratios), *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: run_ratio MODEL DATA SUITE [JOBS [BATCH_SIZE [REPEATS [THREADS_PER_CALL]]]]\n");
    return 2;
  }
  try {
    return measure(argc, argv);
  } catch (const shakedown::Error& error) {
    std::fprintf(stderr, "run_ratio: %s\n", error.what());
    return shakedown::exit_code(error.kind());
  }
}
