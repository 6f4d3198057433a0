#include "missing/protocols.h"

#include <algorithm>
#include <cmath>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb {
namespace {

MaskSeeds same(std::uint32_t seed) {
  return {seed, seed, seed};
}

}  // namespace

const std::vector<Protocol>& protocols() {
  using Loss = Protocol::Loss;
  using Source = Protocol::Source;
  static const std::vector<MaskSeeds> kTfr = {{111, 1111, 11111}};
  static const std::vector<MaskSeeds> kNiat = {same(1), same(11), same(111), same(1111), same(11111)};
  static const std::vector<MaskSeeds> kOpenVna = {same(1111)};
  static const BlockRule kInner = {.inner = 2, .first = 1};
  static const std::vector<Protocol> kProtocols = {
      {.name = "tfrnet", .source = Source::kReseeded, .seeds = kTfr},
      {.name = "emt-dlfr", .source = Source::kReseeded, .seeds = kTfr},
      {.name = "lnln", .source = Source::kReseeded, .seeds = kOpenVna},
      {.name = "niat-random", .aligned = true, .protect = "ends", .seeds = kNiat},
      {.name = "niat-temporal", .aligned = true, .one_mask = true, .protect = "ends", .seeds = kNiat},
      {.name = "niat-block",
       .loss = Loss::kBlock,
       .aligned = true,
       .one_mask = true,
       .protect = "ends",
       .text_block = kInner,
       .other_block = kInner,
       .seeds = kNiat},
      {.name = "niat-block-compat",
       .loss = Loss::kBlock,
       .aligned = true,
       .one_mask = true,
       .piles_up = true,
       .protect = "ends",
       .text_block = kInner,
       .other_block = kInner,
       .seeds = kNiat},
      {.name = "openvna-random", .linspace = true, .seeds = kOpenVna},
      // SEP is out of the block's reach; CLS is not.
      {.name = "openvna-structural",
       .loss = Loss::kBlock,
       .linspace = true,
       .protect = "sep",
       .text_block = {.inner = 2, .first = 0},
       .seeds = kOpenVna},
      {.name = "meta-na-random", .source = Source::kOurs, .linspace = true},
      {.name = "meta-na-block", .loss = Loss::kBlock, .source = Source::kOurs, .linspace = true},
  };
  return kProtocols;
}

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const Protocol& protocol : protocols()) names.emplace_back(protocol.name);
  return names;
}

const Protocol& protocol_named(std::string_view name) {
  for (const Protocol& protocol : protocols()) {
    if (protocol.name == name) return protocol;
  }
  throw Error(ErrorKind::kInternal, "no protocol is named '" + std::string(name) + "'");
}

MaskSeeds seeds_of(const std::vector<MaskSeeds>& published, int replicate) {
  const auto last = static_cast<int>(published.size()) - 1;
  MaskSeeds seeds = published[static_cast<std::size_t>(std::min(replicate, last))];
  for (std::uint32_t& seed : seeds) seed += static_cast<std::uint32_t>(std::max(0, replicate - last));
  return seeds;
}

std::vector<MaskSeeds> parse_seeds(const std::string& text) {
  const auto fail = [&] {
    throw Error(ErrorKind::kUsage, "seeds: '" + text +
                                       "': whole numbers in [0, 4294967295] are accepted, one a replicate, or "
                                       "text/audio/vision: [1, 11] or 111/1111/11111");
  };
  std::vector<MaskSeeds> all;
  for (const std::string& item : split(text, '+')) {
    const auto parts = split(item, '/');
    if (parts.size() != 1 && parts.size() != 3) fail();
    MaskSeeds seeds{};
    for (std::size_t m = 0; m < seeds.size(); ++m) {
      const auto value = parse_number(trim(parts[parts.size() == 1 ? 0 : m]));
      if (!value || !(*value >= 0 && *value <= 4294967295.0) || *value != std::floor(*value)) fail();
      seeds[m] = static_cast<std::uint32_t>(*value);
    }
    all.push_back(seeds);
  }
  return all;
}

double rate_in_grid(const Protocol& protocol, double rate) {
  if (!protocol.linspace) return rate;
  const double step = std::nearbyint(rate * 10);
  if (std::abs(rate * 10 - step) > 1e-9) return rate;
  return step == 10 ? 1.0 : step * 0.1;
}

}  // namespace shakedown::perturb
