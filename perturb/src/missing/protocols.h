#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::perturb {

/// Seeds of the masks of text, audio and vision.
using MaskSeeds = std::array<std::uint32_t, 3>;

/// Where a lost block may begin and how long it is: B = round_half_even((L - inner) rate) of L steps, first
/// step drawn from [first, L - B).
struct BlockRule {
  int inner = 0;
  int first = 0;
};

/// How a published system draws its masks; docs/protocols.md has a section on each.
struct Protocol {
  enum class Loss { kEach, kBlock };                ///< each step by itself where u <= rate, or one block a sample
  enum class Source { kReseeded, kSeeded, kOurs };  ///< NumPy seeded anew for each modality, once; our own stream
  std::string_view name;
  Loss loss = Loss::kEach;
  Source source = Source::kSeeded;
  bool aligned = false;                   ///< one length for all modalities, that of the text
  bool one_mask = false;                  ///< drawn once and laid over all modalities
  bool piles_up = false;                  ///< a replicate carries the blocks of those before it
  bool linspace = false;                  ///< rates are those of np.linspace(0, 1, 11) or np.arange: 0.3 is 3 * 0.1
  std::string_view protect = "specials";  ///< as TrackOptions::protect
  BlockRule text_block = {}, other_block = {};
  std::vector<MaskSeeds> seeds = {};  ///< by replicate
};

[[nodiscard]] const std::vector<Protocol>& protocols();
[[nodiscard]] std::vector<std::string> protocol_names();
/// @pre `name` is one of protocol_names()
[[nodiscard]] const Protocol& protocol_named(std::string_view name);

/// Seeds of one replicate: the published ones; replicates beyond them count up from the last.
[[nodiscard]] MaskSeeds seeds_of(const std::vector<MaskSeeds>& published, int replicate);

/// "1+11+111" or "111/1111/11111" (text/audio/vision): one entry a replicate. @throws Error(kUsage)
[[nodiscard]] std::vector<MaskSeeds> parse_seeds(const std::string& text);

/// `rate` as the authors' loop spells it.
[[nodiscard]] double rate_in_grid(const Protocol& protocol, double rate);

}  // namespace shakedown::perturb
