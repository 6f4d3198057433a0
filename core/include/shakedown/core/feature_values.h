#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <vector>

namespace shakedown {

/// The numbers of a feature sequence, a vector of floats. One whose rows a cell set to zero may be kept as the original
/// and a list of rows: a copy is made only when somebody asks for all numbers in one piece, which the functions of a
/// vector do. Thread-safe while const, as a vector is.
class FeatureValues {
 public:
  using value_type = float;
  using iterator = std::vector<float>::iterator;
  using const_iterator = std::vector<float>::const_iterator;

  FeatureValues() = default;
  FeatureValues(std::vector<float> values) : own_(std::move(values)) {}  // NOLINT(google-explicit-constructor)
  FeatureValues(std::initializer_list<float> values) : own_(values) {}   // NOLINT(google-explicit-constructor)

  /// `whole` with the rows (of `dims` numbers) set to zero for which `zero` is not 0; `zero` has an entry a row.
  [[nodiscard]] static FeatureValues blanked(std::shared_ptr<const FeatureValues> whole, std::size_t dims,
                                             std::vector<std::uint8_t> zero);

  /// The sequence that rows were taken from; null where the numbers are kept as they are.
  [[nodiscard]] const FeatureValues* original() const { return blanked_ ? blanked_->whole.get() : nullptr; }
  /// One entry a row, 1 where it was set to zero. Only where original() is not null.
  [[nodiscard]] const std::vector<std::uint8_t>& zero_rows() const { return blanked_->zero; }
  /// `dims` numbers of row `row`, without asking for the others: rows need not follow each other.
  [[nodiscard]] const float* row(std::size_t row, std::size_t dims) const {
    if (!blanked_) return own_.data() + row * dims;
    return blanked_->zero[row] != 0 ? blanked_->zeros.data() : blanked_->whole->row(row, dims);
  }

  /// One entry a row of `dims` numbers, 1 where all of them are 0: found when it is first asked for and kept until the
  /// numbers are asked for to be changed. Every cell of a batch asks it of the same sequences.
  [[nodiscard]] const std::vector<std::uint8_t>& empty_rows(std::size_t dims) const;

  [[nodiscard]] const std::vector<float>& all() const { return blanked_ ? filled_in() : own_; }
  [[nodiscard]] std::vector<float>& all();

  [[nodiscard]] std::size_t size() const { return blanked_ ? blanked_->whole->size() : own_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const float* data() const { return all().data(); }
  [[nodiscard]] float* data() { return all().data(); }
  [[nodiscard]] const_iterator begin() const { return all().begin(); }
  [[nodiscard]] const_iterator end() const { return all().end(); }
  [[nodiscard]] iterator begin() { return all().begin(); }
  [[nodiscard]] iterator end() { return all().end(); }
  [[nodiscard]] float operator[](std::size_t i) const { return all()[i]; }
  [[nodiscard]] float& operator[](std::size_t i) { return all()[i]; }
  [[nodiscard]] float& front() { return all().front(); }
  [[nodiscard]] float& back() { return all().back(); }
  void resize(std::size_t size, float value = 0) { all().resize(size, value); }
  void assign(std::size_t size, float value) { replace(std::vector<float>(size, value)); }
  template <class Iterator>
  void assign(Iterator first, Iterator last) {
    replace(std::vector<float>(first, last));
  }
  void push_back(float value) { all().push_back(value); }

  friend bool operator==(const FeatureValues& a, const FeatureValues& b) { return a.all() == b.all(); }

 private:
  struct Blanked {
    std::shared_ptr<const FeatureValues> whole;  ///< never blanked itself
    std::vector<std::uint8_t> zero;
    std::vector<float> zeros;  ///< one row of them
    std::once_flag asked;
    std::vector<float> made;
  };
  /// Rows that were found empty; a copy of the numbers finds them anew.
  class EmptyRows {
   public:
    EmptyRows() = default;
    ~EmptyRows() { forget(); }
    EmptyRows(const EmptyRows& /*other*/) noexcept {}
    EmptyRows& operator=(const EmptyRows& other) noexcept {
      if (this != &other) forget();
      return *this;
    }
    void forget() { delete found_.exchange(nullptr, std::memory_order_acq_rel); }
    template <class Find>
    const std::vector<std::uint8_t>& get(Find&& find) const;

   private:
    mutable std::atomic<const std::vector<std::uint8_t>*> found_{nullptr};
  };
  [[nodiscard]] const std::vector<float>& filled_in() const;
  void replace(std::vector<float> values) {
    blanked_.reset();
    empty_.forget();
    own_ = std::move(values);
  }

  std::vector<float> own_;
  std::shared_ptr<Blanked> blanked_;
  EmptyRows empty_;
};

}  // namespace shakedown
