/* Peer of integer_total in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t integer_total(const int64_t *restrict a, int64_t n)
{
    int64_t s = 0;
    for (int64_t i = 0; i < n; i++)
        s += a[i] & 1023;
    return s;
}
