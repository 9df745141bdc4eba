/* Peer of count_between in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t count_between(const double *restrict a, int64_t n, double low, double high)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += low <= a[i] && a[i] < high;
    return count;
}
