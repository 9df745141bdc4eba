/* Peer of extent in benches/kernels/themes/reductions.py: the same operations in the same order. */
#include <stdint.h>

double extent(const double *restrict a, int64_t n)
{
    double low = a[0], high = a[0];
    for (int64_t i = 0; i < n; i++) {
        low = a[i] < low ? a[i] : low;
        high = a[i] > high ? a[i] : high;
    }
    return high - low;
}
