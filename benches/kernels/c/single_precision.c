/* Peer of single_precision in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <stdint.h>

void single_precision(const float *restrict a, int64_t n, const float *restrict b, int64_t n_b,
                      float *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] * a[i] * 0.5f + b[i] * 2.0f - a[i] * b[i];
}
