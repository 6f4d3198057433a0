#pragma once

namespace shakedown {

/// Metadata by which data.yaml's `keys: {mask: ...}` reaches a run: "0" is an utterance that is context for others (a
/// donor, a neighbour) and scored nowhere, "1" any other.
inline constexpr const char* kUtteranceMask = "utterance_mask";

}  // namespace shakedown
