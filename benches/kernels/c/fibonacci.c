/* Peer of fibonacci in benches/kernels/themes/recursion.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t fibonacci(int64_t n)
{
    if (n < 2)
        return n;
    return fibonacci(n - 1) + fibonacci(n - 2);
}
