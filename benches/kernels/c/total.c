/* Peer of total in benches/kernels/themes/reductions.py: the same operations in the same order. */
#include <stdint.h>

double total(const double *restrict a, int64_t n)
{
    double s = 0.0;
    for (int64_t i = 0; i < n; i++)
        s += a[i];
    return s;
}
