#include "sample_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "figures.h"
#include "shakedown/core/text.h"
#include "word_diff.h"

namespace shakedown::reports {
namespace {

/// Units or seconds: whole numbers as they are, others to the millisecond.
std::string amount(double value) {
  return format_number(std::round(value * 1000) / 1000);
}

}  // namespace

std::string label_text(const Label& label) {
  return !label.name.empty() ? label.name : std::isfinite(label.value) ? exact(label.value) : "none";
}

Json diff_view(const std::string& before, const std::string& after) {
  Json runs = Json::array();
  for (const auto& run : word_diff(before, after)) {
    runs.push_back({{"text", run.text},
                    {"apart", run.apart},
                    {"same", run.kind == DiffRun::Kind::kSame},
                    {"removed", run.kind == DiffRun::Kind::kRemoved},
                    {"added", run.kind == DiffRun::Kind::kAdded}});
  }
  return runs;
}

std::string dose_text(const DoseInfo& info, const Dose& dose) {
  if (info.name.empty()) return "";
  std::string text = info.name + " " + show_dose(info, info.requested) + " asked for";
  if (dose.eligible > 0) {
    text += "; " + amount(dose.taken) + " of " + amount(dose.eligible) + " taken here";
  } else if (!std::isnan(dose.realised)) {
    text += "; " + show_measured(info, dose.realised) + " measured here";
  }
  return text;
}

std::string measures_text(const std::map<std::string, double>& measures) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : measures) parts.push_back(name + " " + plain(value));
  return join(parts, ", ");
}

std::size_t changed_tokens(const Tokens& before, const Tokens& after) {
  std::size_t changed = 0;
  for (std::size_t i = 0; i < std::max(before.ids.size(), after.ids.size()); ++i)
    changed += i >= before.ids.size() || i >= after.ids.size() || before.ids[i] != after.ids[i] ? 1 : 0;
  return changed;
}

}  // namespace shakedown::reports
