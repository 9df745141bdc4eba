/* Peer of population_count in benches/kernels/themes/integers.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t population_count(const int64_t *restrict a, int64_t n)
{
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t x = a[i];
        while (x != 0) {
            x &= x - 1;
            total++;
        }
    }
    return total;
}
