#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/lexicon.h"

namespace shakedown::perturb {

/// The entries of one lexicon file. What it is follows from its first lines: VADER's (word, mean, deviation, ratings),
/// the DUTIR emotion ontology as a CSV or TSV export with its header, else tab-separated (Lexicon says how).
/// @throws Error(kUsage) "KIND NAME:LINE: what is wrong; what is accepted"
[[nodiscard]] std::vector<LexiconEntry> entries_of(std::string_view text, const std::string& name);

/// The entries of a folder with a list of positive and one of negative words, as those of Hu and Liu and NTUSD: the
/// files with "positive" and "negative" in their names, a word a line. A word that is in both is left out.
/// @throws Error(kUsage)
[[nodiscard]] std::vector<LexiconEntry> entries_of_lists(const std::string& folder);

/// No lexicon is larger.
inline constexpr std::size_t kMostLexiconBytes = std::size_t{64} << 20U;
[[nodiscard]] std::string read_lexicon_file(const std::string& path);  ///< @throws Error(kUsage)

}  // namespace shakedown::perturb
