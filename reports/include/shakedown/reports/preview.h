#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "shakedown/core/preview.h"

namespace shakedown::reports {

/// One offline page with a sample before and after each cell: words with what changed, sound to play with its
/// spectrogram, frames of the clip, features as a map. Built cell by cell, so that only what the page shows is kept.
class PreviewPage {
 public:
  /// @param media_bytes  bound on sound and pictures together; what does not fit is left out and counted on the page
  PreviewPage(const Preview& preview, std::size_t media_bytes);
  ~PreviewPage();
  void add(const PreviewCell& cell);
  [[nodiscard]] std::string html() const;

 private:
  class Builder;
  std::unique_ptr<Builder> builder_;
};

}  // namespace shakedown::reports
