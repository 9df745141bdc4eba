/* Peer of shuffled in benches/kernels/themes/sampling.py: the same operations in the same order. */
#include <stdint.h>

void shuffled(int64_t seed, int64_t *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = i;
    uint32_t state = (uint32_t)seed;
    for (int64_t i = n - 1; i > 0; i--) {
        state = 1664525u * state + 1013904223u;
        int64_t j = ((int64_t)state * (i + 1)) >> 32;
        int64_t held = out[i];
        out[i] = out[j];
        out[j] = held;
    }
}
