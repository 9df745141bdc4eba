/* Peer of linear_congruential in benches/kernels/themes/sampling.py:
   the same operations in the same order. */
#include <stdint.h>

void linear_congruential(int64_t seed, int64_t *restrict out, int64_t n)
{
    uint32_t state = (uint32_t)seed;
    for (int64_t i = 0; i < n; i++) {
        state = (1103515245u * state + 12345u) & 0x7FFFFFFFu;
        out[i] = state;
    }
}
