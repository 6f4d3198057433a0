#include "shakedown/perturb/schema.h"

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::perturb::detail {

std::string render(double value) {
  return format_number(value);
}
std::string render(int value) {
  return std::to_string(value);
}
std::string render(bool value) {
  return value ? "true" : "false";
}
std::string render(const std::string& value) {
  return value;
}

void read(const std::string& text, double& value) {
  const auto number = parse_number(text);
  if (!number) throw Error(ErrorKind::kInternal, "'" + text + "' is no canonical number");
  value = *number;
}

void read(const std::string& text, int& value) {
  double number = 0;
  read(text, number);
  value = static_cast<int>(number);
}

void read(const std::string& text, bool& value) {
  value = text == "true";
}

void read(const std::string& text, std::string& value) {
  value = text;
}

}  // namespace shakedown::perturb::detail
