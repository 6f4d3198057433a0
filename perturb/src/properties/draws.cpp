// Randomness: a pure function of seed, perturbation, part, sample and replicate.
#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "properties/subject.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kThreads = 8;

Part harsh_part(const Subject& subject, const ParamMap& variant) {
  return subject.part(subject.spec.dose_at(variant).ladder.empty() ? variant : subject.at_severity(3, variant));
}

std::string threads_and_order(const Subject& subject) {
  for (const ParamMap& variant : subject.variants()) {
    const Part part = harsh_part(subject, variant);
    // Whole at the defaults; options that only choose what is done there get by with a few samples.
    const auto count = std::min(subject.samples.size(), variant == subject.params() ? subject.samples.size() : 3);
    std::vector<Digest> forwards(count), parallel(count);
    std::vector<std::string> errors(kThreads);
    for (std::size_t i = 0; i < count; ++i) forwards[i] = content_of(subject.apply(subject.samples[i], part).sample);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = count - std::min(t, count); i-- > 0;) {  // last one first, from another one on each thread
          try {
            const Digest digest = content_of(subject.apply(subject.samples[i], part).sample);
            if (digest != forwards[i]) errors[t] = subject.samples[i].id;
          } catch (const std::exception& error) {
            errors[t] = error.what();
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& error : errors) {
      if (!error.empty()) return fmt::format("{}: {} differs", describe(subject.spec, variant), error);
    }
  }
  return "";
}

// What becomes of the whole corpus when its ids carry `suffix` and other parts stand in front.
Digest outcome(const Subject& subject, const Part& part, std::uint64_t seed, int replicate, const std::string& suffix,
               bool behind_another) {
  std::vector<Part> parts = {part};
  if (behind_another) {
    parts.insert(parts.begin(), part);
    parts.front().identity = true;
  }
  Hasher hasher;
  for (const Sample& sample : subject.samples) {
    Sample renamed = sample;
    renamed.id += suffix;
    Sample result = apply_parts(renamed, parts, subject.corpus, seed, replicate).sample;
    result.id = sample.id;
    hasher.add(content_of(result).hex());
  }
  return hasher.finish();
}

// A perturbation that draws shows it under another seed; then every part of the key must matter.
std::string independent(const Subject& subject) {
  for (const ParamMap& variant : subject.variants()) {
    const Part part = harsh_part(subject, variant);
    const Digest first = outcome(subject, part, 1, 0, "", false);
    if (first == outcome(subject, part, 2, 0, "", false)) continue;
    const std::string at = describe(subject.spec, variant);
    if (first == outcome(subject, part, 1, 1, "", false)) return at + ": replicates draw alike";
    if (first == outcome(subject, part, 1, 0, "x", false)) return at + ": samples draw alike";
    if (first == outcome(subject, part, 1, 0, "", true)) return at + ": parts of a composition draw alike";
  }
  return "";
}

}  // namespace

std::vector<Property> draw_properties() {
  return {{"gives the same bytes on 1 and 8 threads and in any order", threads_and_order},
          {"draws anew for every sample, replicate and part", independent}};
}

}  // namespace shakedown::perturb
