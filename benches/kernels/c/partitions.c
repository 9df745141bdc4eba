/* Peer of partitions in benches/kernels/themes/recursion.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t partitions(int64_t n, int64_t largest)
{
    if (n == 0)
        return 1;
    int64_t count = 0, end = n < largest ? n : largest;
    for (int64_t part = 1; part <= end; part++)
        count += partitions(n - part, part);
    return count;
}
