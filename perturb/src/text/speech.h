#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "text/phones.h"

namespace shakedown::perturb {

/// Reads words aloud: espeak-ng's letter-to-sound rules. Thread-safe; one at a time, as the library demands.
class Speech {
 public:
  /// @throws Error(kData) naming the package, when the library finds no data
  static const Speech& installed();

  /// Where its data are.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// The name of the voice for a language ("de", "pt-BR"): its own, else that of the language without the region; ""
  /// where espeak-ng has none.
  [[nodiscard]] std::string voice_for(const std::string& language) const;

  /// The phones of a text; none where it is not read aloud (punctuation, symbols). @param voice as voice_for() gives it
  [[nodiscard]] Phones phones(const std::string& voice, const std::string& text) const;

 private:
  Speech();
  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  mutable std::string voice_;
};

}  // namespace shakedown::perturb
