#include "summary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

constexpr std::size_t kFewGroups = 5;  // below, no interval by groups is of use
constexpr std::size_t kMaxShownClasses = 20;

bool is_regression(std::string_view label) {
  return label.starts_with("regression");
}

bool is_of_one_modality(std::string_view label) {
  return label == "regression_T" || label == "regression_A" || label == "regression_V";
}

std::string describe_numbers(const std::vector<double>& values, std::size_t missing) {
  if (values.empty()) return "none given";
  double sum = 0;
  for (const double value : values) sum += value;
  const auto [low, high] = std::ranges::minmax(values);
  const auto n = static_cast<double>(values.size());
  const auto zeros = static_cast<double>(std::ranges::count(values, 0.0));
  std::string text =
      fmt::format("range {:.6g} to {:.6g}, mean {:.4f}, exactly 0 in {}", low, high, sum / n, percent(zeros / n));
  if (missing > 0) text += fmt::format(", none for {} samples", missing);
  return text;
}

std::string describe_classes(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) {
    if (parts.size() == kMaxShownClasses) {
      parts.push_back(fmt::format("and {} more", counts.size() - kMaxShownClasses));
      break;
    }
    parts.push_back(fmt::format("{} {}", name.empty() ? "(none)" : name, count));
  }
  return join(parts, ", ");
}

}  // namespace

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

Label label_from_text(std::string_view label, const std::string& text) {
  const std::string trimmed(trim(text));
  const std::optional<double> value = parse_number(trimmed);
  Label made;
  if (value) made.value = *value;
  if (!is_regression(label)) {
    made.name = trimmed;
  } else if (!value && !trimmed.empty() && trimmed != "nan" && trimmed != "NaN") {
    throw Error(ErrorKind::kData,
                fmt::format("label '{}' is '{}': a number is expected", label, trimmed.substr(0, 40)));
  }
  return made;
}

Label label_from_number(std::string_view label, double value) {
  return {value, is_regression(label) || std::isnan(value) ? std::string() : format_number(value)};
}

void require_unique_ids(const std::vector<SampleInfo>& infos) {
  std::unordered_map<std::string_view, std::size_t> rows;
  for (std::size_t row = 0; row < infos.size(); ++row) {
    const auto [first, fresh] = rows.emplace(infos[row].id, row);
    if (fresh) continue;
    throw Error(ErrorKind::kData, fmt::format("id '{}' is given twice, by samples {} and {} of the split (counted "
                                              "from 0); ids must be unique",
                                              infos[row].id, first->second, row));
  }
}

void require_labels(const std::vector<SampleInfo>& infos, const std::vector<std::string>& labels) {
  for (const std::string& name : labels) {
    std::size_t bad = 0, first = 0;
    for (std::size_t row = 0; row < infos.size(); ++row) {
      const Label& label = infos[row].labels.at(name);
      const bool absent = std::isnan(label.value) && label.name.empty();
      if (!std::isinf(label.value) && (!absent || is_of_one_modality(name))) continue;
      if (bad++ == 0) first = row;
    }
    if (bad == 0) continue;
    const bool infinite = std::isinf(infos[first].labels.at(name).value);
    throw Error(ErrorKind::kData,
                fmt::format("label '{}' of sample '{}' is {} ({} of {} samples); leave these samples out, or the label "
                            "with 'labels:' in data.yaml",
                            name, infos[first].id, infinite ? "infinite" : "missing or NaN", bad, infos.size()));
  }
}

std::string group_of_id(std::string_view id) {
  const std::size_t mark = id.find("$_$");
  return mark == std::string_view::npos ? std::string() : std::string(id.substr(0, mark));
}

std::size_t count_groups(const std::vector<SampleInfo>& infos) {
  std::set<std::string_view> groups;
  for (const SampleInfo& info : infos) groups.insert(info.group);
  return groups.size();
}

Facts label_facts(const std::vector<SampleInfo>& infos, const std::vector<std::string>& labels) {
  Facts facts;
  for (const std::string& name : labels) {
    std::vector<double> values;
    std::map<std::string, std::size_t> classes;
    for (const SampleInfo& info : infos) {
      const Label& label = info.labels.at(name);
      if (!std::isnan(label.value)) values.push_back(label.value);
      ++classes[label.name];
    }
    // A named label with many different numbers is a measurement, not a class.
    const bool numbers = is_regression(name) || (values.size() == infos.size() && classes.size() > kMaxShownClasses);
    facts.emplace_back("label " + name,
                       numbers ? describe_numbers(values, infos.size() - values.size()) : describe_classes(classes));
  }
  return facts;
}

std::vector<Warning> group_warnings(const std::vector<SampleInfo>& infos, std::size_t ungrouped) {
  std::vector<Warning> warnings;
  if (ungrouped > 0) {
    warnings.push_back(
        {"unknown_groups",
         fmt::format("{} of {} samples name no group (no ids, or ids of another form than video$_$clip), so "
                     "that each is its own: intervals do not know which clips belong together; name "
                     "'group:' in data.yaml",
                     ungrouped, infos.size()),
         {}});
  }
  const std::size_t groups = count_groups(infos);
  if (groups < kFewGroups) {
    warnings.push_back({"few_groups",
                        fmt::format("the split has {} group{} (videos, dialogues): intervals and verdicts need at "
                                    "least {}",
                                    groups, groups == 1 ? "" : "s", kFewGroups),
                        {}});
  }
  return warnings;
}

}  // namespace shakedown::datasets
