/* Peer of queens in benches/kernels/themes/recursion.py: the same operations in the same order. */
#include <stdint.h>

int64_t queens(int64_t n, int64_t columns, int64_t left, int64_t right)
{
    int64_t every = (1LL << n) - 1, count = 0;
    if (columns == every)
        return 1;
    int64_t free = every & ~(columns | left | right);
    while (free != 0) {
        int64_t place = free & -free;
        free ^= place;
        count += queens(n, columns | place, ((left | place) << 1) & every, (right | place) >> 1);
    }
    return count;
}
