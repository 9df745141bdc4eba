/* Peer of clipped in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <stdint.h>

void clipped(const double *restrict a, int64_t n, double low, double high, double *restrict out,
             int64_t n_out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] < low ? low : a[i] > high ? high : a[i];
}
