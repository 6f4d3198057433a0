// libFuzzer target: the restricted unpickler on any bytes. Every value that it builds is read; an Error is a refusal.
#include <cstdint>
#include <deque>
#include <string_view>

#include "read_all.h"
#include "shakedown/core/error.h"
#include "unpickler.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shakedown;
  std::deque<datasets::PickleObject> objects;
  try {
    datasets::fuzz::read_all(*datasets::Unpickler({reinterpret_cast<const char*>(data), size}, objects).run(), 4);
  } catch (const Error&) {
  }
  return 0;
}
