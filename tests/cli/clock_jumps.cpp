// Preloaded: the clock of the day jumps back by years and forth again, at every look; that which only counts does not.
#include <atomic>
#include <ctime>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

time_t jump() {
  constexpr time_t kTenYears = time_t{10} * 365 * 86400;
  static std::atomic<unsigned> looks = 0;
  return looks++ % 2 == 0 ? -kTenYears : 86400;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* out) {
  const auto code = static_cast<int>(syscall(SYS_clock_gettime, clock, out));
  if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += jump();
  return code;
}

__attribute__((visibility("default"))) int gettimeofday(timeval* out, void*) {
  timespec now{};
  const int code = clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return code;
}

__attribute__((visibility("default"))) time_t time(time_t* out) {
  timespec now{};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}
}
