#pragma once

/// Before a plain function with a loop that is worth it: compiled for AVX2 too, and chosen when the program is loaded.
/// Without fused multiply-add, so that the results are the same to the last bit. Nothing where the compiler or a
/// sanitizer does not go with it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SHAKEDOWN_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SHAKEDOWN_CLONES
#endif
