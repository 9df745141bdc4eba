/* Peer of logarithms in benches/kernels/themes/elementary.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void logarithms(const double *restrict x, int64_t n, double *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = log(x[i]);
}
