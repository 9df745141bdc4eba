/* Peer of dot in benches/kernels/themes/reductions.py: the same operations in the same order. */
#include <stdint.h>

double dot(const double *restrict a, int64_t n, const double *restrict b, int64_t n_b)
{
    double s = 0.0;
    for (int64_t i = 0; i < n; i++)
        s += a[i] * b[i];
    return s;
}
