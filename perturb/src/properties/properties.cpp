#include "shakedown/perturb/properties.h"

#include <exception>

#include "properties/subject.h"
#include "shakedown/perturb/synthetic.h"

namespace shakedown::perturb {
namespace {

constexpr std::size_t kSamples = 12;

std::vector<Property> all_properties() {
  std::vector<Property> all;
  for (auto make : {declaration_properties, dose_properties, draw_properties, safety_properties, window_properties}) {
    for (Property& property : make()) all.push_back(std::move(property));
  }
  return all;
}

Digest content_of_all(const std::vector<Sample>& samples) {
  Hasher hasher;
  for (const Sample& sample : samples) hasher.add(content_of(sample).hex());
  return hasher.finish();
}

}  // namespace

std::vector<PropertyResult> check_properties(const PerturbationSpec& spec, const Registry&, int replicates,
                                             const std::string& language) {
  const auto corpus =
      synthetic_corpus(kSamples, language);  // of its own: a perturbation that spoils it spoils no other's
  Subject subject{spec, *corpus, {}, replicates};
  for (std::size_t i = 0; i < corpus->size(); ++i) subject.samples.push_back(corpus->load(i));
  const Digest pristine = content_of_all(subject.samples);
  std::vector<PropertyResult> results;
  for (const Property& property : all_properties()) {
    PropertyResult result{spec.name, property.name, false, ""};
    try {
      result.detail = property.check(subject);
      if (result.detail.empty() && content_of_all(subject.samples) != pristine) result.detail = "the input changed";
      result.passed = result.detail.empty();
    } catch (const std::exception& error) {
      result.detail = error.what();
    }
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<PropertyResult> check_all(const Registry& registry) {
  std::vector<PropertyResult> all;
  for (const PerturbationSpec* spec : registry.all()) {
    for (PropertyResult& result : check_properties(*spec, registry)) all.push_back(std::move(result));
  }
  return all;
}

}  // namespace shakedown::perturb
