#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shakedown/core/sample.h"

namespace shakedown {

/// What is to be written down.
struct Utterance {
  const Waveform& waveform;      ///< as it was corrupted, any rate and number of channels
  const std::string& sample_id;  ///< of the sample that it belongs to
  const std::string& cell;       ///< id of the cell whose sound it is: "clean#0", "audio.gain@severity=3#0"
};

/// A speech recogniser. Deterministic and thread-safe: the same utterance gives the same words whatever was recognised
/// before and on whichever thread.
class Recogniser {
 public:
  virtual ~Recogniser() = default;
  /// The words as the recogniser prints them, well-formed UTF-8 between single spaces; "" where it hears none.
  /// @throws Error(kData) with the reason when it gives no transcript
  [[nodiscard]] virtual std::string recognise(const Utterance& utterance) const = 0;
  /// Files that the answers depend on, each with the part that it plays ("torchscript", "program").
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::filesystem::path>> files() const = 0;
  /// False where the answer follows the sample's id and cell instead of the sound.
  [[nodiscard]] virtual bool hears() const { return true; }
};

/// `printed` by a recogniser as its words between single spaces. @throws Error(kData) when it is not UTF-8
[[nodiscard]] std::string words_of(std::string_view printed);

}  // namespace shakedown
