/* Peer of array_expression in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void array_expression(const double *restrict a, int64_t n, const double *restrict b, int64_t n_b,
                      const double *restrict c, int64_t n_c, const double *restrict d, int64_t n_d,
                      const double *restrict e, int64_t n_e, double *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] * b[i] + c[i] * d[i] - sqrt(e[i]);
}
