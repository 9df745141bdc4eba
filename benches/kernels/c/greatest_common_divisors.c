/* Peer of greatest_common_divisors in benches/kernels/themes/integers.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t greatest_common_divisors(const int64_t *restrict a, int64_t n, const int64_t *restrict b,
                                 int64_t n_b)
{
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t x = a[i], y = b[i];
        while (y != 0) {
            int64_t rest = x % y;
            x = y;
            y = rest;
        }
        total += x;
    }
    return total;
}
