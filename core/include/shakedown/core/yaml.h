#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shakedown {

/// A value of a YAML document with the file and line it came from. Errors raised through it are one
/// line: "file:line: what was given: what is accepted". Copies are cheap.
class Yaml {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };

  /// @throws Error(kData) when the file cannot be read, Error(kUsage) when it is not YAML, has a
  /// repeated key, or nests deeper than 64
  static Yaml load(const std::filesystem::path& file);
  /// `name` stands for the file in errors. @throws Error(kUsage) as load()
  static Yaml parse(std::string_view text, const std::string& name);

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] std::string where() const;  ///< "file:line"
  [[nodiscard]] const std::string& file() const;
  /// @throws Error(kUsage) with the position in front
  [[noreturn]] void fail(const std::string& message) const;

  // Scalars. `what` names the value in errors. All throw Error(kUsage).
  [[nodiscard]] std::string text() const;
  [[nodiscard]] double number() const;  ///< finite, or inf spelled inf / .inf
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] bool boolean() const;

  // Lists.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Yaml at(std::size_t index) const;
  [[nodiscard]] std::vector<Yaml> items() const;  ///< of a list; a scalar is a list of itself

  // Maps, in file order.
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] Yaml get(std::string_view key) const;  ///< null value when absent; see require()
  [[nodiscard]] Yaml require(std::string_view key) const;
  [[nodiscard]] std::vector<std::pair<std::string, Yaml>> entries() const;
  /// Every key must be among `known`; else an error with file, line and the nearest known key.
  void only(const std::vector<std::string>& known) const;
  /// `schema:` must equal `expected` ("shakedown.suite/1").
  void require_schema(std::string_view expected) const;

  explicit operator bool() const { return kind() != Kind::kNull; }

 private:
  struct Node;
  explicit Yaml(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
  friend struct YamlBuilder;
};

}  // namespace shakedown
