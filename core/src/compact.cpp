#include "shakedown/core/compact.h"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <unordered_set>

namespace shakedown {
namespace {

const std::string kNothing;

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

const std::string* held(std::string_view text) {
  static std::mutex mutex;
  static auto& texts = *new std::unordered_set<std::string, Hash, std::equal_to<>>();  // outlives whoever holds one
  const std::scoped_lock lock(mutex);
  auto known = texts.find(text);
  if (known == texts.end()) known = texts.emplace(text).first;
  return &*known;
}

}  // namespace

SharedText::SharedText() : text_(&kNothing) {}

SharedText::SharedText(std::string_view text) : text_(&kNothing) {
  if (text.empty()) return;
  // The same few come again and again: looked up without the lock.
  thread_local std::array<const std::string*, 64> recent{};
  const std::string*& slot = recent[Hash()(text) % recent.size()];
  if (slot == nullptr || *slot != text) slot = held(text);
  text_ = slot;
}

void Outputs::assign(const double* first, const double* last) {
  const auto count = static_cast<std::size_t>(last - first);
  if (count > 1 && count != size_) several_ = std::make_unique<double[]>(count);  // NOLINT(modernize-avoid-c-arrays)
  if (count <= 1) several_.reset();
  size_ = count;
  std::copy(first, last, data());
}

double Outputs::at(std::size_t at) const {
  if (at >= size_) throw std::out_of_range("Outputs::at");
  return data()[at];
}

Measures::Measures(std::initializer_list<std::pair<std::string_view, double>> entries) {
  for (const auto& [name, value] : entries) (*this)[name] = value;
}

Measures::Measures(const std::map<std::string, double>& entries) : entries_(entries.begin(), entries.end()) {}

double& Measures::operator[](std::string_view name) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), name,
                                   [](const Entry& entry, std::string_view key) { return entry.first.str() < key; });
  if (at != entries_.end() && at->first.str() == name) return at->second;
  return entries_.insert(at, {SharedText(name), 0.0})->second;
}

const double* Measures::find(std::string_view name) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), name,
                                   [](const Entry& entry, std::string_view key) { return entry.first.str() < key; });
  return at != entries_.end() && at->first.str() == name ? &at->second : nullptr;
}

double Measures::at(std::string_view name) const {
  const double* const found = find(name);
  if (found == nullptr) throw std::out_of_range("Measures::at: " + std::string(name));
  return *found;
}

std::map<std::string, double> Measures::map() const {
  std::map<std::string, double> all;
  for (const auto& [name, value] : entries_) all.emplace(name.str(), value);
  return all;
}

}  // namespace shakedown
