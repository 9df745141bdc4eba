/* Peer of metropolis in benches/kernels/themes/sampling.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void metropolis(int64_t seed, int64_t steps, double *restrict out, int64_t n_out)
{
    uint32_t state = (uint32_t)seed;
    double x = 0.0;
    for (int64_t step = 0; step < steps; step++) {
        state = 1664525u * state + 1013904223u;
        double proposal = x + 4.0 * (state * 2.3283064365386963e-10) - 2.0;
        state = 1664525u * state + 1013904223u;
        if (state * 2.3283064365386963e-10 < exp(0.5 * (x * x - proposal * proposal)))
            x = proposal;
        out[step] = x;
    }
}
