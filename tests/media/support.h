#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "shakedown/core/error.h"

namespace shakedown::media {

/// A folder of its own for each test, removed afterwards.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "shakedown-media-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::filesystem::path folder_;
};

inline std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::filesystem::path test_data(const std::string& name) {
  return std::filesystem::path(SHAKEDOWN_TEST_DATA) / "media" / name;
}

/// Folder of the real data; nothing where it is not at hand.
inline std::optional<std::filesystem::path> real_data() {
  const char* folder = std::getenv("SHAKEDOWN_REAL_DATA");
  if (folder == nullptr || !std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

/// The message of the Error that `function` throws; "" when it throws none.
inline std::string error_of(const std::function<void()>& function) {
  try {
    function();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "errors are one line";
    return error.what();
  }
  return "";
}

/// The generator of tests/data/media/make_golden.py: exact in float, uniform in [-1, 1).
inline std::vector<float> noise(std::size_t n, std::uint32_t seed, float gain = 1) {
  std::vector<float> out(n);
  for (float& value : out) {
    seed = 1664525U * seed + 1013904223U;
    value = gain * (static_cast<float>(seed >> 16U) - 32768) / 32768;
  }
  return out;
}

inline std::vector<float> sine(std::size_t n, double hz, int sample_rate_hz, double amplitude = 1) {
  std::vector<float> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] =
        static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / sample_rate_hz));
  }
  return out;
}

struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
};

/// Matrices by name, as make_golden.py writes them.
inline std::map<std::string, Matrix> read_golden(const std::string& name) {
  std::ifstream stream(test_data(name));
  std::map<std::string, Matrix> result;
  for (std::string key; stream >> key;) {
    Matrix& matrix = result[key];
    stream >> matrix.rows >> matrix.columns;
    matrix.values.resize(matrix.rows * matrix.columns);
    for (double& value : matrix.values) stream >> value;
  }
  return result;
}

}  // namespace shakedown::media
