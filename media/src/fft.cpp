#include "fft.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <new>
#include <string>

#include <fftw3.h>

#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"

namespace shakedown::media {
namespace {

/// Only executing a plan is thread-safe in FFTW; making and destroying one is not.
std::mutex& planner() {
  static std::mutex mutex;
  return mutex;
}

float* allocate(std::size_t n) {
  float* buffer = fftwf_alloc_real(n);
  if (buffer == nullptr) throw std::bad_alloc();
  return buffer;
}

}  // namespace

void RealFft::Free::operator()(float* buffer) const {
  fftwf_free(buffer);
}

void RealFft::DestroyPlan::operator()(fftwf_plan_s* plan) const {
  const std::lock_guard lock(planner());
  fftwf_destroy_plan(plan);
}

RealFft::RealFft(std::size_t n, Direction direction) : n_(n) {
  if (n == 0 || n > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorKind::kUsage,
                "Fourier transform of " + std::to_string(n) + " samples: 1 to 2^31 - 1 are accepted");
  }
  signal_.reset(allocate(n));
  bins_.reset(allocate(2 * (n / 2 + 1)));
  auto* complex_bins = reinterpret_cast<fftwf_complex*>(bins_.get());
  const std::lock_guard lock(planner());
  // FFTW_ESTIMATE: a measured plan would make the last bits depend on timing.
  plan_.reset(direction == Direction::kForward
                  ? fftwf_plan_dft_r2c_1d(static_cast<int>(n), signal_.get(), complex_bins, FFTW_ESTIMATE)
                  : fftwf_plan_dft_c2r_1d(static_cast<int>(n), complex_bins, signal_.get(), FFTW_ESTIMATE));
  if (!plan_) throw Error(ErrorKind::kInternal, "FFTW cannot plan a transform of " + std::to_string(n) + " samples");
}

void RealFft::run() {
  fftwf_execute(plan_.get());
}

void RealFft::run_into(std::span<float> bins) {
  if (fftwf_alignment_of(bins.data()) == fftwf_alignment_of(bins_.get())) {
    fftwf_execute_dft_r2c(plan_.get(), signal_.get(), reinterpret_cast<fftwf_complex*>(bins.data()));
  } else {  // the plan's instructions do not read from there
    run();
    std::copy(this->bins().begin(), this->bins().end(), bins.begin());
  }
}

std::vector<float> real_fft(std::span<const float> x) {
  if (x.empty()) return {};
  RealFft transform(x.size(), RealFft::Direction::kForward);
  std::copy(x.begin(), x.end(), transform.signal().begin());
  transform.run();
  return {transform.bins().begin(), transform.bins().end()};
}

std::vector<float> inverse_real_fft(std::span<const float> bins, std::size_t n) {
  const std::size_t expected = n == 0 ? 0 : 2 * (n / 2 + 1);
  if (bins.size() != expected) {
    throw Error(ErrorKind::kUsage, "inverse Fourier transform to " + std::to_string(n) +
                                       " samples: " + std::to_string(bins.size()) + " numbers given, " +
                                       std::to_string(expected) + " are accepted");
  }
  if (n == 0) return {};
  RealFft transform(n, RealFft::Direction::kInverse);
  std::copy(bins.begin(), bins.end(), transform.bins().begin());
  transform.run();
  std::vector<float> signal(transform.signal().begin(), transform.signal().end());
  for (float& value : signal) value /= static_cast<float>(n);
  return signal;
}

}  // namespace shakedown::media
