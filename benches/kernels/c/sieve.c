/* Peer of sieve in benches/kernels/themes/integers.py: the same operations in the same order. */
#include <stdint.h>

int64_t sieve(int64_t n, uint8_t *restrict composite, int64_t n_composite)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        composite[i] = 0;
    for (int64_t i = 2; i < n; i++) {
        if (composite[i] == 0) {
            count++;
            for (int64_t j = i * i; j < n; j += i)
                composite[j] = 1;
        }
    }
    return count;
}
