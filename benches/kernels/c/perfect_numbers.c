/* Peer of perfect_numbers in benches/kernels/themes/integers.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t perfect_numbers(int64_t limit)
{
    int64_t total = 0;
    for (int64_t n = 2; n < limit; n++) {
        int64_t s = 1;
        for (int64_t d = 2; d * d <= n; d++) {
            if (n % d == 0) {
                s += d;
                if (d * d != n)
                    s += n / d;
            }
        }
        if (s == n)
            total += n;
    }
    return total;
}
