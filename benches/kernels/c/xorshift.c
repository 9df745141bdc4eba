/* Peer of xorshift in benches/kernels/themes/sampling.py: the same operations in the same order. */
#include <stdint.h>

void xorshift(int64_t seed, double *restrict out, int64_t n)
{
    uint32_t state = (uint32_t)seed;
    for (int64_t i = 0; i < n; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out[i] = state * 2.3283064365386963e-10;
    }
}
