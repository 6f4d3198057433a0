#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/core/preview.h"

namespace shakedown::reports {

/// What the catalogue says of a perturbation, beside what it shows.
struct CatalogueEntry {
  struct Ladder {
    std::string dose, unit, where;  ///< parameter that carries it; "axis: pitch" for another than that of the defaults
    std::vector<std::string> values;  ///< at severities 1, 2, ...
    std::string identity, valid_to;   ///< "" where every dose is valid
    bool fraction = false;            ///< a share of the eligible units of all samples
  };
  struct Parameter {
    std::string name, default_value, accepted, doc;
  };
  std::string name, modality, doc, source, label_effect, reads, writes, needs;
  int version = 1;
  std::vector<Ladder> ladders;
  std::vector<Parameter> parameters;
  std::vector<NotTested> not_shown;  ///< cells, or all of it, with the reason
  std::string shown_on;              ///< "sample 3 of clips"; "" where it is not shown
};

/// File of an entry's page in the catalogue's folder: "audio.gain.html".
[[nodiscard]] std::string catalogue_file(const CatalogueEntry& entry);

/// The page of one perturbation; `preview` and `cells` are ignored where the entry is not shown.
/// @param own_data     the sample belongs to a data set of the user: a banner says so
/// @param media_bytes  bound on sound and pictures; what does not fit is left out and counted on the page
[[nodiscard]] std::string catalogue_page(const CatalogueEntry& entry, const Preview& preview,
                                         const std::vector<PreviewCell>& cells, bool own_data, std::size_t media_bytes);

/// The index by modality, with links to the pages beside it and those that could not be shown.
/// @param data  what they are shown on, one clause
/// @throws Error(kInternal) for a modality other than text, audio, video and cross
[[nodiscard]] std::string catalogue_index(const std::vector<CatalogueEntry>& entries, const std::string& version,
                                          const std::string& data, std::uint64_t seed);

}  // namespace shakedown::reports
