/* Peer of collatz in benches/kernels/themes/integers.py: the same operations in the same order. */
#include <stdint.h>

int64_t collatz(int64_t limit)
{
    int64_t best = 0, longest = 0;
    for (int64_t start = 1; start < limit; start++) {
        int64_t n = start, steps = 0;
        while (n != 1) {
            if (n % 2 == 0)
                n = n / 2;
            else
                n = 3 * n + 1;
            steps++;
        }
        if (steps > longest) {
            longest = steps;
            best = start;
        }
    }
    return best;
}
