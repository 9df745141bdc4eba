/* Peer of fnv_hash in benches/kernels/themes/octets.py: the same operations in the same order. */
#include <stdint.h>

int64_t fnv_hash(const uint8_t *restrict data, int64_t n)
{
    uint32_t h = 2166136261u;
    for (int64_t i = 0; i < n; i++)
        h = (h ^ data[i]) * 16777619u;
    return h;
}
