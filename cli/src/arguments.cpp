#include "arguments.h"

#include <algorithm>
#include <cmath>

#include <boost/program_options.hpp>

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::cli {
namespace {

namespace po = boost::program_options;

[[noreturn]] void refuse(const std::string& name, const std::string& given, const std::string& accepted) {
  throw Error(ErrorKind::kUsage, "--" + name + ": '" + given + "': " + accepted + " is accepted");
}

/// A number with one of the given unit letters behind it; the factor of the letter is applied.
double with_unit(const std::string& name, std::string text, const std::vector<std::pair<std::string, double>>& units,
                 const std::string& accepted) {
  const auto given = text;
  double factor = 1;
  for (const auto& [unit, value] : units) {
    if (text.size() <= unit.size() || text.substr(text.size() - unit.size()) != unit) continue;
    factor = value;
    text.resize(text.size() - unit.size());
    break;
  }
  const auto number = parse_number(text);
  if (!number || !std::isfinite(*number) || *number < 0) refuse(name, given, accepted);
  return *number * factor;
}

po::options_description describe(const std::vector<Option>& options) {
  po::options_description description;
  for (const auto& option : options) {
    if (option.value.empty()) {
      description.add_options()(option.name.c_str(), option.doc.c_str());
    } else {
      description.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), option.doc.c_str());
    }
  }
  return description;
}

}  // namespace

Arguments Arguments::parse(const std::string& command, const std::vector<Option>& options,
                           const std::string& positional, const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.options_ = options;
  arguments.words_ = words;
  try {
    const auto parsed = po::command_line_parser(words)
                            .options(describe(options))
                            .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                            .run();
    for (const auto& option : parsed.options) {
      if (option.position_key >= 0) {
        arguments.free_.insert(arguments.free_.end(), option.value.begin(), option.value.end());
        continue;
      }
      const auto known =
          std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == option.string_key; });
      if (known != options.end() && !known->repeated && arguments.has(option.string_key) && known->initial.empty())
        throw Error(ErrorKind::kUsage, "--" + option.string_key + " is given twice");
      arguments.given_.emplace_back(option.string_key, option.value.empty() ? "" : option.value.front());
    }
  } catch (const po::unknown_option& error) {
    std::vector<std::string> names;
    for (const auto& option : options) names.push_back("--" + option.name);
    throw Error(ErrorKind::kUsage, command + ": unknown option '" + error.get_option_name() + "'" +
                                       suggestion(error.get_option_name(), names) + "; see 'shakedown " + command +
                                       " --help'");
  } catch (const po::error& error) {
    throw Error(ErrorKind::kUsage, command + ": " + error.what());
  }
  if (positional.empty() && !arguments.free_.empty()) {
    throw Error(ErrorKind::kUsage, command + ": '" + arguments.free_.front() + "' is not expected; see 'shakedown " +
                                       command + " --help'");
  }
  return arguments;
}

bool Arguments::has(const std::string& name) const {
  return std::any_of(given_.begin(), given_.end(), [&](const auto& entry) { return entry.first == name; });
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : given_)
    if (key == name) values.push_back(value);
  return values;
}

std::string Arguments::text(const std::string& name) const {
  const auto values = all(name);
  if (!values.empty()) return values.back();
  const auto option = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.name == name; });
  return option == options_.end() ? "" : option->initial;
}

std::string Arguments::required(const std::string& name) const {
  auto value = text(name);
  if (value.empty()) throw Error(ErrorKind::kUsage, "--" + name + " is missing");
  return value;
}

std::uint64_t Arguments::count(const std::string& name) const {
  const auto given = required(name);
  const auto number = parse_number(given);
  if (!number || *number < 0 || *number > 0x1.0p53 || *number != std::floor(*number))
    refuse(name, given, "a whole number, 0 or more,");
  return static_cast<std::uint64_t>(*number);
}

double Arguments::share(const std::string& name) const {
  const auto given = required(name);
  const double value = with_unit(name, given, {{"%", 0.01}}, "a share such as 2% or 0.02");
  if (value > 1) refuse(name, given, "a share of at most 100%");
  return value;
}

std::size_t Arguments::bytes(const std::string& name) const {
  const double value =
      with_unit(name, required(name), {{"G", 0x1.0p30}, {"M", 0x1.0p20}, {"K", 0x1.0p10}}, "a size such as 4G or 512M");
  if (value > 0x1.0p60) refuse(name, required(name), "at most 2^60 bytes");
  return static_cast<std::size_t>(value);
}

double Arguments::seconds(const std::string& name) const {
  return with_unit(name, required(name), {{"h", 3600}, {"m", 60}, {"s", 1}}, "a time such as 30m, 90s or 2h");
}

std::string help(const std::string& command, const std::string& doc, const std::vector<Option>& options,
                 const std::string& positional) {
  std::string text =
      "usage: shakedown " + command + (positional.empty() ? "" : " " + positional) + " [options]\n\n" + doc + "\n";
  std::size_t width = 0;
  const auto left = [](const Option& option) {
    return "  --" + option.name + (option.value.empty() ? "" : " " + option.value);
  };
  for (const auto& option : options) width = std::max(width, left(option).size());
  if (!options.empty()) text += "\n";
  for (const auto& option : options) {
    auto line = left(option);
    line.resize(width + 2, ' ');
    text += line + option.doc + (option.initial.empty() ? "" : " [" + option.initial + "]") +
            (option.repeated ? " (may be repeated)" : "") + "\n";
  }
  return text;
}

}  // namespace shakedown::cli
