#pragma once

#include <filesystem>
#include <string>

#include "pool.h"

namespace training {

struct FitOptions {
  std::string name = "plain";
  bool robust = false;  ///< corrupted and incomplete inputs, two views
  int epochs = 40;
  std::uint64_t seed = 1111;
};

/// Trains one network on pool.train, keeps the epoch that is best on pool.valid, and writes a TorchScript file with
/// manifest and vocabulary inside. One thread; the same pool, options and CPU type give the same file.
///
/// `robust` follows noise-imitation training (Yuan et al., NIAT, IEEE TMM 2024: corrupted inputs beside clean ones) and
/// the high-level half of EMT-DLFR (Sun et al., IEEE TAC 2023): the complete and the incomplete view of a clip are both
/// asked for the label, and what the modalities say together is drawn towards each other in the two views by SimSiam's
/// loss. The reconstruction of low-level features is left out.
void fit(const Pool& pool, const FitOptions& options, const std::filesystem::path& out);

}  // namespace training
