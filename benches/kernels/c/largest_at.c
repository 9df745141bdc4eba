/* Peer of largest_at in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t largest_at(const double *restrict a, int64_t n)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (a[i] > a[best])
            best = i;
    return best;
}
