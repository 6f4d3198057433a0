#pragma once

#include <string>

#include "media_support.h"

namespace shakedown::perturb::testing {

/// A sample of nothing but a transcript.
inline Sample said(const std::string& text, const std::string& language = "en", const std::string& id = "a") {
  Sample sample;
  sample.id = id;
  sample.transcript = std::make_shared<const Transcript>(Transcript{text, {}, language});
  return sample;
}

/// The transcript after `name` at full dose.
inline std::string in_full(const std::string& name, const std::string& text, const std::string& language = "en",
                           perturb::ParamMap params = {}) {
  params["fraction"] = "1";
  return apply_to(said(text, language), name, params).after.transcript->text;
}

}  // namespace shakedown::perturb::testing
