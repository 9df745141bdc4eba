/* Peer of ackermann in benches/kernels/themes/recursion.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t ackermann(int64_t m, int64_t n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}
