#include <algorithm>

#include "entry_reader.h"

namespace shakedown::suites {
namespace {

using perturb::At;

constexpr const char* kForms =
    "at: takes {start: 0.5, end: 1.2} in seconds, {from: 0.2, to: 0.4} as fractions, {words: [3, 5]} or {random: 0.3}";

At range(const Yaml& yaml, At::Kind kind, const char* begin, const char* end) {
  yaml.only({begin, end});
  return {kind, yaml.require(begin).number(), yaml.require(end).number(), 0, {}};
}

// A name is part of the cell's id.
bool is_plain(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

At read_at(const Yaml& yaml) {
  if (!yaml) return {};
  if (yaml.kind() != Yaml::Kind::kMap) yaml.fail(kForms);
  yaml.only({"start", "end", "from", "to", "words", "random", "name"});
  if (yaml.has("start") || yaml.has("end")) {
    auto at = range(yaml, At::Kind::kSeconds, "start", "end");
    if (!(at.begin >= 0 && at.end > at.begin && at.end < 1e9)) yaml.fail("at: start must be 0 or more and below end");
    return at;
  }
  if (yaml.has("from") || yaml.has("to")) {
    auto at = range(yaml, At::Kind::kFraction, "from", "to");
    if (!(at.begin >= 0 && at.end > at.begin && at.end <= 1)) yaml.fail("at: 0 <= from < to <= 1 is accepted");
    return at;
  }
  if (yaml.has("words")) {
    yaml.only({"words"});
    const auto words = yaml.get("words");
    if (words.kind() != Yaml::Kind::kList || words.size() != 2)
      words.fail("words: takes [first, last], counted from 0");
    const auto first = words.at(0).integer(), last = words.at(1).integer();
    if (first < 0 || last < first) words.fail("words: takes [first, last], counted from 0, first not behind last");
    return {At::Kind::kWords, static_cast<double>(first), static_cast<double>(last), 0, {}};
  }
  if (yaml.has("random")) {
    yaml.only({"random", "name"});
    At at{At::Kind::kRandom, 0, 0, yaml.get("random").number(), {}};
    if (!(at.length > 0 && at.length <= 1))
      yaml.get("random").fail("random: a share of the clip in (0, 1] is accepted");
    if (yaml.has("name")) {
      at.name = yaml.get("name").text();
      if (!is_plain(at.name)) yaml.get("name").fail("name: letters, digits, _ and - are accepted");
    }
    return at;
  }
  yaml.fail(kForms);
}

}  // namespace shakedown::suites
