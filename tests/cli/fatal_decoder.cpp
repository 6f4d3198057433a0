// Preloaded into shakedown by a test: opening a container whose name holds "fatal" dies as a broken decoder
// would, by a write through a null pointer.
#include <cstring>
#include <dlfcn.h>

extern "C" __attribute__((visibility("default"))) int avformat_open_input(void** context, const char* url,
                                                                          const void* format, void** options);

extern "C" int avformat_open_input(void** context, const char* url, const void* format, void** options) {
  if (url != nullptr && std::strstr(url, "fatal") != nullptr) {
    volatile int* nowhere = nullptr;
    *nowhere = 1;
  }
  using Open = int (*)(void**, const char*, const void*, void**);
  static const auto real = reinterpret_cast<Open>(dlsym(RTLD_NEXT, "avformat_open_input"));
  return real(context, url, format, options);
}
