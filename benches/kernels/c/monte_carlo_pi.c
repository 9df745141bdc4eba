/* Peer of monte_carlo_pi in benches/kernels/themes/sampling.py:
   the same operations in the same order. */
#include <stdint.h>

double monte_carlo_pi(int64_t seed, int64_t n)
{
    uint32_t state = (uint32_t)seed;
    int64_t inside = 0;
    for (int64_t i = 0; i < n; i++) {
        state = 1664525u * state + 1013904223u;
        double x = state * 2.3283064365386963e-10;
        state = 1664525u * state + 1013904223u;
        double y = state * 2.3283064365386963e-10;
        inside += x * x + y * y < 1.0;
    }
    return 4.0 * (double)inside / (double)n;
}
