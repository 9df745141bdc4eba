/* Peer of expression_sum in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <stdint.h>

double expression_sum(const double *restrict a, int64_t n, const double *restrict b, int64_t n_b,
                      const double *restrict c, int64_t n_c)
{
    double s = 0.0;
    for (int64_t i = 0; i < n; i++)
        s += (a[i] - b[i]) * (a[i] - b[i]) * c[i];
    return s;
}
