#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shakedown {

// What a run holds once a sample and cell, so that it must be small.

/// A text of which there are few different ones: each is held once in the process and never given back.
class SharedText {
 public:
  SharedText();
  SharedText(std::string_view text);  // NOLINT(google-explicit-constructor): used where a string was
  SharedText(const std::string& text) : SharedText(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  SharedText(const char* text) : SharedText(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  operator const std::string&() const { return *text_; }                       // NOLINT(google-explicit-constructor)
  [[nodiscard]] const std::string& str() const { return *text_; }
  [[nodiscard]] bool empty() const { return text_->empty(); }
  void clear() { *this = SharedText(); }
  friend bool operator==(const SharedText& a, const SharedText& b) { return a.text_ == b.text_; }

 private:
  const std::string* text_;
};

/// The numbers that a model gave for one sample. A single one needs no memory of its own.
class Outputs {
 public:
  using value_type = double;
  using iterator = double*;
  using const_iterator = const double*;
  Outputs() = default;
  Outputs(std::initializer_list<double> values) { assign(values.begin(), values.end()); }
  Outputs(std::span<const double> values) {  // NOLINT(google-explicit-constructor)
    assign(values.data(), values.data() + values.size());
  }
  Outputs(const std::vector<double>& values)  // NOLINT(google-explicit-constructor)
      : Outputs(std::span<const double>(values)) {}
  Outputs(const Outputs& other) { assign(other.begin(), other.end()); }
  Outputs(Outputs&& other) noexcept { swap(other); }
  Outputs& operator=(Outputs other) noexcept {
    swap(other);
    return *this;
  }
  ~Outputs() = default;

  /// @param first, last  not within this object
  void assign(const double* first, const double* last);
  void clear() { assign(nullptr, nullptr); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const double* data() const { return size_ == 1 ? &one_ : several_.get(); }
  [[nodiscard]] double* data() { return size_ == 1 ? &one_ : several_.get(); }
  [[nodiscard]] const double* begin() const { return data(); }
  [[nodiscard]] const double* end() const { return data() + size_; }
  [[nodiscard]] double* begin() { return data(); }
  [[nodiscard]] double* end() { return data() + size_; }
  [[nodiscard]] double operator[](std::size_t at) const { return data()[at]; }
  [[nodiscard]] double& operator[](std::size_t at) { return data()[at]; }
  [[nodiscard]] double at(std::size_t at) const;  ///< @throws std::out_of_range

 private:
  void swap(Outputs& other) noexcept {
    std::swap(size_, other.size_);
    std::swap(one_, other.one_);
    std::swap(several_, other.several_);
  }
  std::size_t size_ = 0;
  double one_ = 0;
  std::unique_ptr<double[]> several_;  // NOLINT(modernize-avoid-c-arrays)
};

/// Named numbers, ordered by name.
class Measures {
 public:
  using Entry = std::pair<SharedText, double>;
  Measures() = default;
  Measures(std::initializer_list<std::pair<std::string_view, double>> entries);
  Measures(const std::map<std::string, double>& entries);  // NOLINT(google-explicit-constructor)

  double& operator[](std::string_view name);                      ///< added as 0 where it is not there
  [[nodiscard]] const double* find(std::string_view name) const;  ///< null where it is not there
  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] double at(std::string_view name) const;  ///< @throws std::out_of_range
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }
  [[nodiscard]] std::map<std::string, double> map() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace shakedown
