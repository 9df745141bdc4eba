/* Peer of byte_counts in benches/kernels/themes/octets.py:
   the same operations in the same order. */
#include <stdint.h>

void byte_counts(const uint8_t *restrict data, int64_t n, int64_t *restrict counts,
                 int64_t n_counts)
{
    for (int64_t k = 0; k < 256; k++)
        counts[k] = 0;
    for (int64_t i = 0; i < n; i++)
        counts[data[i]]++;
}
