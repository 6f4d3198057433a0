#include "shakedown/core/yaml.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"

namespace shakedown {

struct Yaml::Node {
  Kind kind = Kind::kNull;
  std::shared_ptr<const std::string> file;
  int line = 0;
  std::string scalar;
  std::vector<Yaml> items;
  std::vector<std::pair<std::string, Yaml>> entries;
};

struct YamlBuilder {
  std::shared_ptr<const std::string> file;
  std::size_t nodes = 0;

  Yaml build(const YAML::Node& node, int depth) {
    auto made = std::make_shared<Yaml::Node>();
    made->file = file;
    made->line = std::max(0, node.Mark().line) + 1;  // an empty document has no mark
    // Aliases share nodes, so a few bytes can stand for billions of values.
    if (depth > 64 || ++nodes > 1'000'000)
      fail(made, "nested too deep or too large: at most 64 levels and 1,000,000 values");
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: break;
      case YAML::NodeType::Scalar:
        made->kind = Yaml::Kind::kScalar;
        made->scalar = node.Scalar();
        break;
      case YAML::NodeType::Sequence:
        made->kind = Yaml::Kind::kList;
        for (const auto& item : node) made->items.push_back(build(item, depth + 1));
        break;
      case YAML::NodeType::Map: {
        made->kind = Yaml::Kind::kMap;
        std::set<std::string> seen;
        for (const auto& entry : node) {
          if (!entry.first.IsScalar()) fail(made, "a key must be plain text");
          const auto& key = entry.first.Scalar();
          auto value = build(entry.second, depth + 1);
          if (!seen.insert(key).second) value.fail("'" + key + "' is given twice");
          made->entries.emplace_back(key, std::move(value));
        }
        break;
      }
    }
    return Yaml(std::move(made));
  }

  [[noreturn]] static void fail(std::shared_ptr<const Yaml::Node> node, const std::string& message) {
    Yaml(std::move(node)).fail(message);
  }
};

Yaml Yaml::parse(std::string_view text, const std::string& name) {
  if (!is_utf8(text)) throw Error(ErrorKind::kUsage, name + ": is not UTF-8 text");
  try {
    YamlBuilder builder{std::make_shared<const std::string>(name)};
    const auto documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) throw Error(ErrorKind::kUsage, name + ": holds several YAML documents: one is accepted");
    return builder.build(documents.empty() ? YAML::Node() : documents.front(), 0);
  } catch (const YAML::Exception& error) {
    throw Error(ErrorKind::kUsage, name + ":" + std::to_string(error.mark.line + 1) + ": is not YAML: " + error.msg);
  }
}

Yaml Yaml::load(const std::filesystem::path& file) {
  return parse(read_text_file(file, kMostYamlBytes), file.string());
}

Yaml::Kind Yaml::kind() const {
  return node_->kind;
}
const std::string& Yaml::file() const {
  return *node_->file;
}
std::string Yaml::where() const {
  return *node_->file + ":" + std::to_string(node_->line);
}
void Yaml::fail(const std::string& message) const {
  throw Error(ErrorKind::kUsage, where() + ": " + message);
}

std::string Yaml::text() const {
  if (node_->kind != Kind::kScalar) fail("text is expected here");
  return node_->scalar;
}

double Yaml::number() const {
  const auto value = parse_number(text());
  if (!value) fail("'" + node_->scalar + "' is not a number");
  return *value;
}

std::int64_t Yaml::integer() const {
  const double value = number();
  if (std::nearbyint(value) != value || std::abs(value) > 0x1.0p53)
    fail("'" + node_->scalar + "' is not a whole number");
  return static_cast<std::int64_t>(value);
}

bool Yaml::boolean() const {
  const auto word = text();
  if (word == "true") return true;
  if (word == "false") return false;
  fail("'" + word + "' is not true or false");
}

std::size_t Yaml::size() const {
  return node_->kind == Kind::kMap ? node_->entries.size() : node_->items.size();
}

Yaml Yaml::at(std::size_t index) const {
  if (node_->kind != Kind::kList) fail("a list is expected here");
  if (index >= node_->items.size()) fail("the list has only " + std::to_string(node_->items.size()) + " entries");
  return node_->items[index];
}

std::vector<Yaml> Yaml::items() const {
  if (node_->kind == Kind::kScalar) return {*this};
  if (node_->kind != Kind::kList) fail("a list is expected here");
  return node_->items;
}

bool Yaml::has(std::string_view key) const {
  return static_cast<bool>(get(key));
}

Yaml Yaml::get(std::string_view key) const {
  for (const auto& [name, value] : node_->entries)
    if (name == key) return value;
  auto absent = std::make_shared<Node>();
  absent->file = node_->file;
  absent->line = node_->line;
  return Yaml(std::move(absent));
}

Yaml Yaml::require(std::string_view key) const {
  if (node_->kind != Kind::kMap) fail("a map with '" + std::string(key) + "' is expected here");
  auto value = get(key);
  if (!value) fail("'" + std::string(key) + ":' is missing");
  return value;
}

std::vector<std::pair<std::string, Yaml>> Yaml::entries() const {
  if (node_->kind == Kind::kNull) return {};
  if (node_->kind != Kind::kMap) fail("a map is expected here");
  return node_->entries;
}

void Yaml::only(const std::vector<std::string>& known) const {
  for (const auto& [key, value] : entries()) {
    bool found = false;
    for (const auto& name : known) found = found || name == key;
    if (!found) value.fail("unknown key '" + key + "'" + suggestion(key, known) + "; known keys: " + join(known, ", "));
  }
}

void Yaml::require_schema(std::string_view expected) const {
  const auto schema = require("schema");
  if (schema.text() != expected)
    schema.fail("schema is '" + schema.text() + "': this version reads " + std::string(expected));
}

}  // namespace shakedown
