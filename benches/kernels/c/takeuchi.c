/* Peer of takeuchi in benches/kernels/themes/recursion.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t takeuchi(int64_t x, int64_t y, int64_t z)
{
    if (y >= x)
        return z;
    return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}
