#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/registry.h"
#include "shakedown/perturb/synthetic.h"

namespace shakedown::perturb {

/// The built-ins. Never destroyed: test parameters point into it.
inline const Registry& builtins() {
  static const Registry* const kRegistry = [] {
    auto* registry = new Registry;
    register_builtins(*registry);
    return registry;
  }();
  return *kRegistry;
}

/// `whole`, whose external data hold `other` under every id.
class WithExternal final : public Corpus {
 public:
  WithExternal(const Corpus& whole, Sample other) : whole_(whole), other_(std::move(other)) {}
  std::size_t size() const override { return whole_.size(); }
  const SampleInfo& info(std::size_t index) const override { return whole_.info(index); }
  const std::vector<std::size_t>& by_id() const override { return whole_.by_id(); }
  Sample load(std::size_t index) const override { return whole_.load(index); }
  Shared<FeatureStatistics> statistics(Form form) const override { return whole_.statistics(form); }
  std::optional<Sample> external(const std::string&, const std::string& id) const override {
    Sample other = other_;
    other.id = id;
    return other;
  }

 private:
  const Corpus& whole_;
  Sample other_;
};

inline Part part_of(const std::string& name, const ParamMap& given, At at = {}) {
  Part part;
  part.spec = &builtins().find(name);
  part.params = part.spec->complete(given);
  part.perturbation = part.spec->create(part.params);
  part.at = std::move(at);
  return part;
}

inline At fraction(double from, double to) {
  At at;
  at.kind = At::Kind::kFraction;
  at.begin = from;
  at.end = to;
  return at;
}

inline Shared<Tokens> tokens(std::vector<std::int64_t> ids, std::size_t padded) {
  Tokens tokens;
  tokens.mask.assign(padded, 0);
  for (std::size_t i = 0; i < ids.size(); ++i) tokens.mask[i] = 1;
  tokens.ids = std::move(ids);
  tokens.ids.resize(padded, 0);
  tokens.segments.assign(padded, 0);
  return std::make_shared<Tokens>(std::move(tokens));
}

/// `length` valid rows with values 1, 2, 3, ... and `padding` rows of 0.
inline Shared<Sequence> ramp(std::size_t length, std::size_t dims, std::size_t padding = 0) {
  Sequence sequence{length + padding, dims, length, std::vector<float>((length + padding) * dims, 0.0F)};
  for (std::size_t i = 0; i < length * dims; ++i) sequence.values[i] = static_cast<float>(i + 1);
  return std::make_shared<Sequence>(std::move(sequence));
}

/// Steps whose rows differ.
inline std::vector<std::size_t> changed_rows(const Sequence& a, const Sequence& b) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < a.steps; ++i) {
    for (std::size_t d = 0; d < a.dims; ++d) {
      if (a.row(i)[d] != b.row(i)[d]) {
        rows.push_back(i);
        break;
      }
    }
  }
  return rows;
}

inline std::vector<std::size_t> changed_ids(const Tokens& a, const Tokens& b) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < a.ids.size(); ++i) {
    if (a.ids[i] != b.ids[i]) positions.push_back(i);
  }
  return positions;
}

}  // namespace shakedown::perturb
