/* Peer of wave in benches/kernels/themes/stencils.py: the same operations in the same order. */
#include <stdint.h>

void wave(const double *restrict start, int64_t n, int64_t steps, double speed, double *restrict a,
          int64_t n_a, double *restrict b, int64_t n_b, double *restrict c, int64_t n_c)
{
    for (int64_t i = 0; i < n; i++)
        a[i] = b[i] = c[i] = start[i];
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t i = 1; i < n - 1; i++)
            c[i] = 2.0 * b[i] - a[i] + speed * (b[i - 1] - 2.0 * b[i] + b[i + 1]);
        for (int64_t i = 0; i < n; i++) {
            a[i] = b[i];
            b[i] = c[i];
        }
    }
}
