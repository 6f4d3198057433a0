#pragma once

#include <cstddef>

#include "json_values.h"
#include "shakedown/core/preview.h"

namespace shakedown::reports {

/// One sample as it is and in one cell after another, as templates/takes.mustache reads it: words with what changed,
/// sound with its spectrogram, frames, features as maps. Cells of one family that follow each other are a group.
class SampleGroups {
 public:
  /// @param media_bytes  bound on sound and pictures together; what does not fit is left out and counted
  SampleGroups(const Sample& clean, std::size_t media_bytes);
  void add(const PreviewCell& cell);
  [[nodiscard]] const Json& groups() const { return groups_; }  ///< the first is the clean sample
  [[nodiscard]] std::size_t cells() const { return cells_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  void start_group(const std::string& family, const std::string& doc);
  void put(Json view);
  std::string embed(const char* type, const std::vector<std::uint8_t>& bytes);
  std::string embed(const std::optional<Image>& picture);
  void picture(Json& pictures, const char* what, const std::optional<Image>& image);
  Json forms_view(const Sample& sample, const Sample* clean);

  Sample clean_;
  std::size_t left_, left_out_ = 0, cells_ = 0;
  double top_db_ = 0;
  Json groups_ = Json::array();
};

/// What templates/takes.mustache reads of data and missing cells.
[[nodiscard]] Json not_shown_view(const std::vector<NotTested>& missing);

}  // namespace shakedown::reports
