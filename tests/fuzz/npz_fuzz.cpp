// libFuzzer target: the .npz reader on any bytes, checksums off so that damage gets past them. Every array is read.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "npz.h"
#include "read_all.h"
#include "shakedown/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shakedown;
  const datasets::NpzLimits limits{.inflated_bytes = std::size_t{1} << 24, .checksums = false};
  std::deque<datasets::PickleObject> objects;
  std::deque<std::string> inflated;
  try {
    datasets::fuzz::read_all(
        *datasets::read_npz({reinterpret_cast<const char*>(data), size}, limits, objects, inflated), 5);
  } catch (const Error&) {
  }
  return 0;
}
