/* Peer of powers in benches/kernels/themes/elementary.py: the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void powers(const double *restrict x, int64_t n, const double *restrict y, int64_t n_y,
            double *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = pow(x[i], y[i]);
}
